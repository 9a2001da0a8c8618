package build

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Error is a build that failed because of the source.
type Error struct {
	Dir         string
	Diagnostics []Diagnostic
}

// Diagnostic is one complaint of a compiler.
type Diagnostic struct {
	File    string // relative to the Dir of the Error, or absolute; "": of the build as a whole
	Line    int    // from 1; 0: of the file as a whole
	Column  int    // from 1; 0: unknown
	Message string // may have several lines
}

// maxShown bounds the complaints that are shown: the first is the one to mend.
const maxShown = 20

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "build of %s failed:", e.Dir)
	for i, d := range e.Diagnostics {
		if i == maxShown {
			fmt.Fprintf(&b, "\n  and %d more", len(e.Diagnostics)-maxShown)
			break
		}
		b.WriteString("\n  " + strings.ReplaceAll(d.String(), "\n", "\n    "))
	}
	return b.String()
}

func (d Diagnostic) String() string {
	place := d.File
	if d.Line > 0 {
		place += ":" + strconv.Itoa(d.Line)
	}
	if d.Column > 0 {
		place += ":" + strconv.Itoa(d.Column)
	}
	if place == "" {
		return d.Message
	}
	return place + ": " + d.Message
}

// position is how Go, C, TypeScript and many others begin a complaint. The
// path may begin with a drive letter.
var position = regexp.MustCompile(`^((?:[A-Za-z]:)?[^\s:][^:]*):(\d+)(?::(\d+))?:\s+(.*)$`)

// newError makes complaints of what a compiler said.
func newError(dir string, lines []string) *Error {
	e := &Error{Dir: dir}
	for _, line := range lines {
		if strings.HasPrefix(line, "# ") || strings.TrimSpace(line) == "" {
			continue // the name of the package
		}
		m := position.FindStringSubmatch(line)
		switch {
		case m != nil:
			d := Diagnostic{File: strings.TrimPrefix(m[1], "./"), Message: m[4]}
			d.Line, _ = strconv.Atoi(m[2])
			d.Column, _ = strconv.Atoi(m[3])
			e.Diagnostics = append(e.Diagnostics, d)
		case line[0] == '\t' && len(e.Diagnostics) > 0:
			last := &e.Diagnostics[len(e.Diagnostics)-1]
			last.Message += "\n" + strings.TrimSpace(line)
		default:
			e.Diagnostics = append(e.Diagnostics, Diagnostic{Message: strings.TrimSpace(line)})
		}
	}
	return e
}
