package wasm

import (
	"bytes"
	"io"
)

// Sizes of what is kept of a guest's output.
const (
	maxLine = 4 << 10 // longer lines are cut
	maxTail = 8 << 10 // kept for the report of a trap
)

// output splits what a guest prints into lines, hands them to a writer and
// keeps the last of them. Its memory is bounded.
type output struct {
	to   io.Writer
	line []byte // the line that has no end yet
	cut  bool   // the rest of the line is dropped
	kept []byte
}

// Write takes whatever the guest printed. It never fails.
func (o *output) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		part := p
		i := bytes.IndexByte(p, '\n')
		if i >= 0 {
			part = p[:i]
		}
		if room := maxLine - len(o.line); len(part) > room {
			part = part[:room]
			o.cut = true
		}
		o.line = append(o.line, part...)
		if i < 0 {
			break
		}
		o.flush()
		p = p[i+1:]
	}
	return n, nil
}

// flush ends the current line.
func (o *output) flush() {
	if len(o.line) == 0 && !o.cut {
		return
	}
	if o.cut {
		o.line = append(o.line, "…"...)
	}
	o.line = append(o.line, '\n')
	if o.to != nil {
		_, _ = o.to.Write(o.line)
	}
	if over := len(o.kept) + len(o.line) - maxTail; over > 0 {
		o.kept = append(o.kept[:0], o.kept[min(over, len(o.kept)):]...)
	}
	o.kept = append(o.kept, o.line...)
	o.line, o.cut = o.line[:0], false
}

func (o *output) tail() string { return string(o.kept) }
