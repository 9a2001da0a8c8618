package dev

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// notebookLines is how many lines of the log a page that opens late still gets.
const notebookLines = 200

// A logLine is one line of the log on the page.
type logLine struct {
	N      uint64  `json:"n"`    // counts up from 1
	Time   float64 `json:"time"` // unix milliseconds
	Level  string  `json:"level"`
	From   string  `json:"from"`             // the logger's name
	Plugin bool    `json:"plugin,omitempty"` // a guest wrote it
	Text   string  `json:"text"`
}

// A notebook keeps the last lines of the log and passes each on to the pages.
// It is an hclog.SinkAdapter.
type notebook struct {
	feed *feed

	mu    sync.Mutex
	n     uint64
	lines []logLine
}

// Accept takes one line. It is called by loggers, on any goroutine.
func (n *notebook) Accept(name string, level hclog.Level, msg string, args ...any) {
	if level < hclog.Info {
		return
	}
	line := logLine{Time: millis(time.Now()), Level: level.String(), From: name, Text: logText(msg, args)}
	if _, plugin, ok := strings.Cut("."+name, ".plugin."); ok {
		line.From, line.Plugin = plugin, true
	}
	n.mu.Lock()
	n.n++
	line.N = n.n
	if len(n.lines) == notebookLines {
		n.lines = append(n.lines[:0], n.lines[1:]...)
	}
	n.lines = append(n.lines, line)
	n.mu.Unlock()
	n.feed.publish("log", line)
}

// recent returns the lines kept, oldest first; never nil.
func (n *notebook) recent() []logLine {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]logLine{}, n.lines...)
}

// logText writes a message and its keys and values on one line.
func logText(msg string, args []any) string {
	var b strings.Builder
	b.WriteString(msg)
	for i := 0; i < len(args); i += 2 {
		if i+1 == len(args) {
			fmt.Fprintf(&b, " %v", args[i])
			break
		}
		value := args[i+1]
		if f, ok := value.(hclog.Format); ok && len(f) > 0 {
			if layout, ok := f[0].(string); ok {
				value = fmt.Sprintf(layout, f[1:]...)
			}
		}
		if d, ok := value.(time.Duration); ok && d > 10*time.Millisecond {
			value = d.Round(time.Millisecond)
		}
		text := fmt.Sprint(value)
		if strings.ContainsAny(text, " \t\n\"") {
			text = fmt.Sprintf("%q", text)
		}
		fmt.Fprintf(&b, " %v=%s", args[i], text)
	}
	return b.String()
}

// millis is a time as JavaScript counts it.
func millis(t time.Time) float64 { return float64(t.UnixMicro()) / 1000 }
