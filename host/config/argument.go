package config

import (
	"fmt"
	"strings"
)

// An argument is a setting of a block: how its value is taken, and what the
// reference in docs/config.md says about it.
type argument struct {
	name string
	setter
	meaning string // in Markdown
}

// A setter takes the value of an argument.
type setter struct {
	set      func(v value) // of a value that is known, not null, without marks; nil: it is not evaluated
	kind     string        // what may be written, in Markdown
	fallback string        // what holds where nothing is written, in Markdown; "": nothing
	required bool
}

// custom is a setter for what no other one takes.
func custom(kind, fallback string, set func(v value)) setter {
	return setter{set: set, kind: kind, fallback: fallback}
}

// or says what holds where nothing is written, when that is no value.
func (s setter) or(fallback string) setter {
	s.fallback = fallback
	return s
}

// as says what may be written, when that is more or less than the setter takes.
func (s setter) as(kind string) setter {
	s.kind = kind
	return s
}

// need makes an argument one that has to be there.
func (s setter) need() setter {
	s.required, s.fallback = true, "required"
	return s
}

// before has f look at the value before it is taken.
func (s setter) before(f func(v value)) setter {
	set := s.set
	s.set = func(v value) {
		f(v)
		set(v)
	}
	return s
}

// row is the argument in a table of the reference.
func (a argument) row() string {
	return fmt.Sprintf("| `%s` | %s | %s | %s |", a.name, a.kind, a.fallback, a.meaning)
}

// ignore has arguments accepted without a look at their values.
func ignore(args []argument, names ...string) {
	for i := range args {
		for _, name := range names {
			if args[i].name == name {
				args[i].set = nil
			}
		}
	}
}

// code is a value as it is written in a file, in Markdown.
func code(format string, args ...any) string { return "`" + fmt.Sprintf(format, args...) + "`" }

// alternatives are words of which one may be written.
func alternatives(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = code("%q", w)
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
