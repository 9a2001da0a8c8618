package host

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/admin"
)

// LogSinks are where lines of the log can be had at other levels than the
// process writes; an hclog.InterceptLogger has them.
type LogSinks interface {
	RegisterSink(hclog.SinkAdapter)
	DeregisterSink(hclog.SinkAdapter)
}

// Bounds of what is kept of the log. Nobody who logs waits for whoever reads.
const (
	keptLines    = 500  // for those who come later, from info on
	waitingLines = 2000 // for one follower
	maxFollowers = 16
)

// journalist keeps the last lines of the log and tells followers of new ones.
type journalist struct {
	sinks     LogSinks // nil: the log cannot be had
	own       *logSink
	followers atomic.Int64

	mu     sync.Mutex
	recent []logged // oldest first
}

// logged is a line with what followers choose by.
type logged struct {
	plugin string
	level  hclog.Level
	doc    []byte // as hclog writes JSON
}

// open begins to keep lines.
func (j *journalist) open() {
	if j.sinks != nil {
		j.own = newLogSink(hclog.Info, j.keep)
		j.sinks.RegisterSink(j.own)
	}
}

// close ends that.
func (j *journalist) close() {
	if j.own != nil {
		j.sinks.DeregisterSink(j.own)
	}
}

func (j *journalist) keep(l logged) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.recent = append(j.recent, l); len(j.recent) > 2*keptLines {
		j.recent = slices.Clone(j.recent[len(j.recent)-keptLines:])
	}
}

// A logSink writes lines as JSON and hands them on one by one.
type logSink struct {
	json hclog.SinkAdapter
	take func(logged)

	mu   sync.Mutex
	line logged // being written
}

func newLogSink(level hclog.Level, take func(logged)) *logSink {
	s := &logSink{take: take}
	s.json = hclog.NewSinkAdapter(&hclog.LoggerOptions{Level: level, Output: s, JSONFormat: true})
	return s
}

// Accept takes a line of the log, whatever its level.
func (s *logSink) Accept(name string, level hclog.Level, msg string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line = logged{plugin: pluginOf(name, args), level: level}
	for i := 1; i < len(args); i += 2 {
		if d, ok := args[i].(time.Duration); ok { // hclog would write nanoseconds
			args = slices.Clone(args)
			args[i] = d.String()
		}
	}
	s.json.Accept(name, level, msg, args...)
}

// Write gets the line as JSON while Accept runs, if its level is high enough.
func (s *logSink) Write(doc []byte) (int, error) {
	s.line.doc = slices.Clone(doc)
	s.take(s.line)
	return len(doc), nil
}

// pluginOf is the plugin that a line is about, or that wrote it.
func pluginOf(name string, args []any) string {
	const prefix = "plugin."
	if len(name) > len(prefix) && name[:len(prefix)] == prefix {
		return name[len(prefix):]
	}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "plugin" {
			if plugin, ok := args[i+1].(string); ok {
				return plugin
			}
		}
	}
	return ""
}

// follower is one client that reads the log.
type follower struct {
	j       *journalist
	sink    *logSink
	lines   chan []byte
	dropped atomic.Uint64
}

// FollowLog gives the lines that are kept, and with follow those that come.
func (h *Host) FollowLog(req admin.LogRequest) (admin.LogSource, error) {
	j := &h.logs
	if j.sinks == nil {
		return nil, &admin.Error{Code: admin.CodeFailed, Message: "the log of this host cannot be read over its API: look where it is written"}
	}
	level := hclog.LevelFromString(req.Level)
	if level == hclog.NoLevel {
		return nil, &admin.Error{Code: admin.CodeBadRequest, Message: "the level is trace, debug, info, warn or error"}
	}
	if j.followers.Add(1) > maxFollowers {
		j.followers.Add(-1)
		return nil, &admin.Error{Code: admin.CodeBusy, Message: "too many are reading the log already: end one of them"}
	}
	f := &follower{j: j, lines: make(chan []byte, waitingLines)}
	wanted := func(l logged) bool {
		return l.level >= level && (len(req.Plugins) == 0 || slices.Contains(req.Plugins, l.plugin))
	}
	j.mu.Lock()
	for _, l := range j.recent[max(0, len(j.recent)-keptLines):] {
		if wanted(l) {
			f.lines <- l.doc // there is room
		}
	}
	j.mu.Unlock()
	if req.Follow {
		f.sink = newLogSink(level, func(l logged) {
			if !wanted(l) {
				return
			}
			select {
			case f.lines <- l.doc:
			default:
				f.dropped.Add(1)
			}
		})
		j.sinks.RegisterSink(f.sink)
	}
	return f, nil
}

// Next waits for the next line.
func (f *follower) Next(ctx context.Context) (doc []byte, dropped uint64, err error) {
	select {
	case <-ctx.Done():
		return nil, 0, context.Cause(ctx)
	case doc = <-f.lines:
		return doc, f.dropped.Swap(0), nil
	}
}

// Waiting is how many lines Next would return at once.
func (f *follower) Waiting() int { return len(f.lines) }

// Close ends it.
func (f *follower) Close() {
	if f.sink != nil {
		f.j.sinks.DeregisterSink(f.sink)
	}
	f.j.followers.Add(-1)
}
