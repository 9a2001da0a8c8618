package effect

import (
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
	"golang.org/x/time/rate"
)

// Limits of what one plugin writes to the log.
const (
	maxLogLine   = 4 << 10 // bytes; longer lines are cut
	logPerSecond = 50
	logBurst     = 200
)

// Log is a plugin's way to the host's log: rate-limited, its lines capped. It
// is safe for use by many lanes.
type Log struct {
	logger  hclog.Logger
	limiter *rate.Limiter

	mu         sync.Mutex
	suppressed int
	recent     []LogLine // a ring for the plugin's page
}

// LogLine is one line that a plugin wrote.
type LogLine struct {
	Time  time.Time `json:"time"`
	Level string    `json:"level"`
	Text  string    `json:"text"`
}

const recentLines = 100

// NewLog makes the log of one plugin; its lines are named plugin.NAME.
func NewLog(parent hclog.Logger, plugin string) *Log {
	return &Log{logger: parent.Named("plugin." + plugin), limiter: rate.NewLimiter(logPerSecond, logBurst)}
}

// Recent returns the last lines, oldest first.
func (l *Log) Recent() []LogLine {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]LogLine(nil), l.recent...)
}

// Guest writes one line of the guest's own output.
func (l *Log) Guest(level hclog.Level, text string) {
	if !l.limiter.Allow() {
		l.mu.Lock()
		l.suppressed++
		l.mu.Unlock()
		return
	}
	l.mu.Lock()
	suppressed := l.suppressed
	l.suppressed = 0
	if len(l.recent) == recentLines {
		l.recent = append(l.recent[:0], l.recent[1:]...)
	}
	l.recent = append(l.recent, LogLine{Time: time.Now(), Level: level.String(), Text: text})
	l.mu.Unlock()
	if suppressed > 0 {
		l.logger.Warn("log lines suppressed", "lines", suppressed, "limit_per_second", logPerSecond)
	}
	l.logger.Log(level, text)
}

// host writes a line about the plugin, with data in keys.
func (l *Log) host(level hclog.Level, message string, args ...any) {
	if l.limiter.Allow() {
		l.logger.Log(level, message, args...)
	}
}

var logLevels = [...]hclog.Level{
	abi.LogTrace: hclog.Trace,
	abi.LogDebug: hclog.Debug,
	abi.LogInfo:  hclog.Info,
	abi.LogWarn:  hclog.Warn,
	abi.LogError: hclog.Error,
}

func logLine(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	level := int32(p[0])
	if level < 0 || int(level) >= len(logLevels) {
		return abi.Invalid
	}
	r.env.Log.Guest(logLevels[level], Line(bytesAt(g, p, 1)))
	return abi.OK
}

// Line makes guest bytes fit for a log: valid UTF-8, one line, capped.
func Line(b []byte) string {
	cut := len(b) > maxLogLine
	if cut {
		b = b[:maxLogLine]
		for len(b) > 0 && !utf8.RuneStart(b[len(b)-1]) {
			b = b[:len(b)-1]
		}
	}
	text := strings.ToValidUTF8(string(b), "\uFFFD")
	text = strings.Map(func(c rune) rune {
		if c == '\n' || c == '\t' {
			return ' '
		}
		if c < ' ' || c == 0x7f || (c >= 0x80 && c < 0xa0) {
			return -1
		}
		return c
	}, text)
	if cut {
		text += "…"
	}
	return text
}

func logLevel(r *Recorder, _ *wasm.Guest, _ []uint64) abi.Code {
	own := r.env.Log.logger.GetLevel()
	for level, l := range logLevels {
		if l >= own {
			return abi.Code(level)
		}
	}
	return abi.Code(abi.LogError)
}
