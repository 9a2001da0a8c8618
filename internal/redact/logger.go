package redact

import (
	"encoding/json"
	"fmt"
	"io"
	"log"

	"github.com/hashicorp/go-hclog"
)

// Logger returns a logger that writes to l without the values of the given
// keys: arguments of that name, and JSON keys inside of messages and arguments.
// Without keys it is l itself.
func Logger(l hclog.Logger, keys []string) hclog.Logger {
	if len(keys) == 0 {
		return l
	}
	return &logger{l, keys}
}

type logger struct {
	hclog.Logger
	keys []string
}

func (l *logger) text(s string) string { return Text(s, l.keys) }

// args returns alternating keys and values without what is to be kept out.
func (l *logger) args(args []any) []any {
	clean := make([]any, len(args))
	for i, arg := range args {
		clean[i] = l.value(arg)
		if key, ok := arg.(string); ok && i%2 == 0 {
			clean[i] = key
		}
		if i%2 == 1 {
			if key, ok := args[i-1].(string); ok && named(`"`+key+`"`, l.keys) {
				clean[i] = Mark[1 : len(Mark)-1]
			}
		}
	}
	return clean
}

// value returns v, or the clean text of what is printed as text.
func (l *logger) value(v any) any {
	switch v := v.(type) {
	case string:
		return l.text(v)
	case []byte:
		return []byte(l.text(string(v)))
	case json.RawMessage:
		return json.RawMessage(l.text(string(v)))
	case error:
		return l.text(v.Error())
	case fmt.Stringer:
		return l.text(v.String())
	}
	return v
}

func (l *logger) Log(level hclog.Level, msg string, args ...any) {
	l.Logger.Log(level, l.text(msg), l.args(args)...)
}
func (l *logger) Trace(msg string, args ...any) { l.Logger.Trace(l.text(msg), l.args(args)...) }
func (l *logger) Debug(msg string, args ...any) { l.Logger.Debug(l.text(msg), l.args(args)...) }
func (l *logger) Info(msg string, args ...any)  { l.Logger.Info(l.text(msg), l.args(args)...) }
func (l *logger) Warn(msg string, args ...any)  { l.Logger.Warn(l.text(msg), l.args(args)...) }
func (l *logger) Error(msg string, args ...any) { l.Logger.Error(l.text(msg), l.args(args)...) }

func (l *logger) With(args ...any) hclog.Logger {
	return &logger{l.Logger.With(l.args(args)...), l.keys}
}

func (l *logger) Named(name string) hclog.Logger { return &logger{l.Logger.Named(name), l.keys} }

func (l *logger) ResetNamed(name string) hclog.Logger {
	return &logger{l.Logger.ResetNamed(name), l.keys}
}

func (l *logger) StandardLogger(opts *hclog.StandardLoggerOptions) *log.Logger {
	return log.New(l.StandardWriter(opts), "", 0)
}

func (l *logger) StandardWriter(opts *hclog.StandardLoggerOptions) io.Writer {
	return &writer{l.Logger.StandardWriter(opts), l.keys}
}

// writer cleans whole lines, as package log writes them.
type writer struct {
	w    io.Writer
	keys []string
}

func (w *writer) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.w, Text(string(p), w.keys)); err != nil {
		return 0, err
	}
	return len(p), nil
}
