package config

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/mitchellh/go-wordwrap"
)

// TextOptions are how text is laid out. Zero is without colour and without a
// limit to the width.
type TextOptions struct {
	Width int // columns; 0: lines are not broken
	Color bool
}

// The escape sequences are those of hcl's own writer, which this one is like:
// that one reads a whole file for each diagnostic, and prints lines of any
// length.
const (
	colorError     = "\x1b[31m"
	colorWarning   = "\x1b[33m"
	colorHighlight = "\x1b[1;4m"
	colorReset     = "\x1b[0m"
)

// WriteText writes the diagnostics for a person.
func (d Diagnostics) WriteText(w io.Writer, opts TextOptions) error {
	var b bytes.Buffer
	for _, diag := range d.diags {
		d.writeText(&b, diag, opts)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (d Diagnostics) writeText(b *bytes.Buffer, diag *hcl.Diagnostic, opts TextOptions) {
	severity, color := "Error", colorError
	if diag.Severity == hcl.DiagWarning {
		severity, color = "Warning", colorWarning
	}
	highlight, reset := colorHighlight, colorReset
	if !opts.Color {
		color, highlight, reset = "", "", ""
	}
	fmt.Fprintf(b, "%s%s%s: %s\n\n", color, severity, reset, diag.Summary)
	if diag.Subject != nil {
		fmt.Fprintf(b, "  on %s line %d", diag.Subject.Filename, diag.Subject.Start.Line)
		if s := d.snippet(diag); s != nil {
			if s.context != "" {
				fmt.Fprintf(b, ", in %s", s.context)
			}
			b.WriteString(":\n")
			s.writeText(b, highlight, reset)
		} else {
			b.WriteString(":\n  (source code not available)\n")
		}
		b.WriteString("\n")
	}
	if diag.Detail == "" {
		return
	}
	for line := range strings.Lines(diag.Detail) {
		line = strings.TrimSuffix(line, "\n")
		if opts.Width > 0 && !strings.HasPrefix(line, " ") { // what is indented is to be copied
			line = wordwrap.WrapString(line, uint(opts.Width))
		}
		b.WriteString(line + "\n")
	}
	b.WriteString("\n")
}

const (
	// maxCode is the longest piece of a line, and maxCodeLines the number of
	// lines, that are quoted.
	maxCode      = 400
	maxCodeLines = 8
)

// snippet is the source that a diagnostic is about.
type snippet struct {
	context    string // the block, e.g. plugin "hello"
	code       string // lines, cut where they are long
	line       int    // number of the first one
	start, end int    // what is meant, in bytes of code
}

// snippet returns the lines that a diagnostic is about, or nil when there is no
// source.
func (d Diagnostics) snippet(diag *hcl.Diagnostic) *snippet {
	rng := *diag.Subject
	file := d.files[rng.Filename]
	if file == nil || rng.Start.Byte > len(file.Bytes) || rng.End.Byte > len(file.Bytes) || rng.End.Byte < rng.Start.Byte {
		return nil
	}
	src := file.Bytes
	from := bytes.LastIndexByte(src[:rng.Start.Byte], '\n') + 1
	to := rng.Start.Byte
	for range maxCodeLines {
		i := bytes.IndexByte(src[to:], '\n')
		if i < 0 {
			to = len(src)
			break
		}
		to += i
		if to >= rng.End.Byte {
			break
		}
		to++
	}
	to = max(from, len(bytes.TrimRight(src[:to], "\r\n")))
	// A long line is cut around what is meant.
	if rng.Start.Byte-from > maxCode/2 {
		from = rng.Start.Byte - maxCode/2
	}
	to = min(to, max(from, rng.Start.Byte)+maxCode)
	for from < to && !utf8.RuneStart(src[from]) {
		from++
	}
	for to > from && to < len(src) && !utf8.RuneStart(src[to]) {
		to--
	}
	s := &snippet{
		code:  string(src[from:to]),
		line:  rng.Start.Line,
		start: min(max(rng.Start.Byte-from, 0), to-from),
		end:   min(max(rng.End.Byte-from, 0), to-from),
	}
	if nav, ok := file.Nav.(interface{ ContextString(int) string }); ok {
		s.context = nav.ContextString(rng.Start.Byte)
	}
	return s
}

// writeText writes numbered lines, with what is meant between the two marks.
func (s *snippet) writeText(b *bytes.Buffer, highlight, reset string) {
	line, at := s.line, 0
	for text := range strings.Lines(s.code) {
		end := at + len(text)
		from, to := min(max(s.start-at, 0), len(text)), min(max(s.end-at, 0), len(text))
		text = strings.TrimRight(text, "\r\n")
		from, to = min(from, len(text)), min(to, len(text))
		fmt.Fprintf(b, "%4d: ", line)
		if from < to {
			b.WriteString(text[:from] + highlight + text[from:to] + reset + text[to:])
		} else {
			b.WriteString(text)
		}
		b.WriteString("\n")
		line, at = line+1, end
	}
}
