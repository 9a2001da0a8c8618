package build

import (
	"bytes"
	"io"
	"strings"
)

// talk reads what a build says: messages, and from go build -v the import path
// of each package as it is compiled.
type talk struct {
	log      io.Writer
	packages bool // it is go build -v
	progress func(Progress)
	state    Progress
	partial  []byte
	messages []string
}

// Bounds of what is remembered of a build that fails.
const (
	maxLine     = 4 << 10
	maxMessages = 1000
)

func (t *talk) Write(p []byte) (int, error) {
	t.partial = append(t.partial, p...)
	for {
		line, rest, found := bytes.Cut(t.partial, []byte("\n"))
		if !found {
			if len(t.partial) > maxLine {
				t.flush()
			}
			return len(p), nil
		}
		t.line(string(line))
		t.partial = rest
	}
}

// flush takes what has no line end for a line.
func (t *talk) flush() {
	if len(t.partial) > 0 {
		t.line(string(t.partial))
	}
	t.partial = nil
}

func (t *talk) line(line string) {
	line = strings.TrimRight(line, "\r")
	if t.packages && isImportPath(line) {
		t.state = Progress{Package: line, Packages: t.state.Packages + 1}
		if t.progress != nil {
			t.progress(t.state)
		}
		return
	}
	if t.log != nil {
		_, _ = io.WriteString(t.log, line+"\n")
	}
	if len(t.messages) < maxMessages {
		t.messages = append(t.messages, line)
	}
}

// isImportPath tells a package that was compiled from a message, which has
// blanks or begins with #.
func isImportPath(line string) bool {
	return line != "" && !strings.ContainsAny(line, " \t:#")
}
