package effect

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/wasm"
	"golang.org/x/time/rate"
)

// Limits of what one plugin writes to the log.
const (
	maxLogLine   = 4 << 10 // bytes; longer lines are cut
	logPerSecond = 50      // of the host's own lines about the plugin
	logBurst     = 4       // seconds' worth of lines at once
)

// Log is a plugin's way to the host's log: rate-limited, its lines capped. It
// is safe for use by many lanes.
type Log struct {
	logger  hclog.Logger
	limiter *rate.Limiter // of the guest's lines
	own     *rate.Limiter // of the host's lines about the plugin

	mu         sync.Mutex
	suppressed int
	at         config.Location // of limits.log_lines
}

// NewLog makes the log of one plugin; its lines are named plugin.NAME.
func NewLog(parent hclog.Logger, plugin string) *Log {
	return &Log{logger: parent.Named("plugin." + plugin), limiter: rate.NewLimiter(logPerSecond, logBurst*logPerSecond), own: rate.NewLimiter(logPerSecond, logBurst*logPerSecond)}
}

// Limit bounds the guest's lines: limits.log_lines, which stands at a place of
// the configuration. Zero changes nothing.
func (l *Log) Limit(r config.Rate, at config.Location) {
	if r.N == 0 {
		return
	}
	perSecond := float64(r.N) / r.Per.Seconds()
	l.limiter.SetLimit(rate.Limit(perSecond))
	l.limiter.SetBurst(max(r.N, int(logBurst*perSecond)))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = at
}

// Unlimited lets every line through, for one who looks at what a plugin does.
func (l *Log) Unlimited() {
	l.limiter.SetLimit(rate.Inf)
	l.own.SetLimit(rate.Inf)
}

// Guest writes one line of the guest's own output: made fit for a log, or, when
// there were too many of late, not looked at at all.
func (l *Log) Guest(level hclog.Level, line []byte) {
	if !l.limiter.Allow() {
		l.mu.Lock()
		l.suppressed++
		first, at := l.suppressed == 1, l.at
		l.mu.Unlock()
		if first {
			l.host(hclog.Warn, "limit reached", "wanted", "limits.log_lines", "change", at.Prefix()+"raise log_lines in the block \"limits\", or log less")
		}
		return
	}
	l.mu.Lock()
	suppressed := l.suppressed
	l.suppressed = 0
	l.mu.Unlock()
	if suppressed > 0 {
		l.logger.Warn("log lines suppressed", "lines", suppressed)
	}
	l.logger.Log(level, Line(line))
}

// host writes a line about the plugin, with data in keys.
func (l *Log) host(level hclog.Level, message string, args ...any) {
	if l.own.Allow() {
		l.logger.Log(level, message, args...)
	}
}

// logLevel translates a level of the contract; NoLevel is none.
func logLevel(level int32) hclog.Level {
	switch level {
	case abi.LogTrace:
		return hclog.Trace
	case abi.LogDebug:
		return hclog.Debug
	case abi.LogInfo:
		return hclog.Info
	case abi.LogWarn:
		return hclog.Warn
	case abi.LogError:
		return hclog.Error
	}
	return hclog.NoLevel
}

func logLine(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	line := bytesAt(g, p, 1)
	level := logLevel(int32(p[0]))
	if level == hclog.NoLevel {
		return abi.Invalid
	}
	r.env.Log.Guest(level, line)
	return abi.OK
}

// leastLevel answers the least level that is shown.
func leastLevel(r *Recorder, _ *wasm.Guest, _ []uint64) abi.Code {
	own := r.env.Log.logger.GetLevel()
	for level := abi.LogTrace; level < abi.LogError; level++ {
		if logLevel(level) >= own {
			return abi.Code(level)
		}
	}
	return abi.Code(abi.LogError)
}

// Line makes guest bytes fit for a log: valid UTF-8, one line, capped.
func Line(b []byte) string {
	return strings.Map(func(c rune) rune {
		if c == '\n' || c == '\t' {
			return ' '
		}
		if c < ' ' || c == 0x7f || (c >= 0x80 && c < 0xa0) {
			return -1
		}
		return c
	}, text(b, maxLogLine))
}

// text makes guest bytes valid UTF-8 of at most most bytes and an ellipsis.
func text(b []byte, most int) string {
	if len(b) <= most {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	b = b[:most]
	for i := 1; i <= min(utf8.UTFMax, len(b)); i++ { // leave no character cut in two
		if last := b[len(b)-i:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				b = b[:len(b)-i]
			}
			break
		}
	}
	return strings.ToValidUTF8(string(b), "\uFFFD") + "…"
}
