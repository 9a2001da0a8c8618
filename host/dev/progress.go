package dev

import (
	"fmt"
	"io"
	"sync"

	"github.com/hashicorp/go-hclog"
)

// progress writes what happens, a line each, for the person at the terminal.
type progress struct {
	notes *notebook // gets the lines too; nil: nobody

	mu    sync.Mutex
	out   io.Writer
	color bool
}

// say writes one line.
func (p *progress) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if p.notes != nil {
		p.notes.Accept("dev", hclog.Info, text)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.out, "  %s\n", text) // a terminal that is gone cannot be told
}

// headline writes a line that stands out, with air around it.
func (p *progress) headline(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.color {
		text = "\x1b[1m" + text + "\x1b[0m"
	}
	fmt.Fprintf(p.out, "\n  %s\n\n", text)
}

// Write passes on a log, whole lines at a time.
func (p *progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}
