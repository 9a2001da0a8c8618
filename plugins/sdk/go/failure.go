package sdk

import (
	"errors"
	"runtime"
	"strconv"
	"strings"
)

// run calls a handler and names it in its error. A panic is an error too: the
// host discards the instance either way, and here its place is still known.
func run(h handler, call func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = errors.New(h.String() + ": panic: " + panicText(cause) + stack())
		}
	}()
	err = call()
	if err == nil || h == (handler{}) {
		return err
	}
	return errors.New(h.String() + ": " + err.Error())
}

func panicText(cause any) string {
	switch cause := cause.(type) {
	case error:
		return cause.Error()
	case string:
		return cause
	case interface{ String() string }:
		return cause.String()
	case int:
		return strconv.Itoa(cause)
	}
	return "a value that has no text"
}

// stack lists the plugin's own calls, innermost first, one a line.
func stack() string {
	var counters [64]uintptr
	// Above are Callers, this function and the deferred one.
	frames := runtime.CallersFrames(counters[:runtime.Callers(3, counters[:])])
	var b strings.Builder
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, "plugins/sdk/go.run") {
			break
		}
		if !strings.HasPrefix(f.Function, "runtime.") && !strings.Contains(f.Function, "plugins/sdk/go.") {
			b.WriteString("\n  " + baseName(f.File) + ":" + strconv.Itoa(f.Line) + " " + baseName(f.Function))
		}
		if !more {
			break
		}
	}
	return b.String()
}
