package discord

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// MatchEvents returns the events whose names match a pattern, in which *
// stands for any run of characters. A pattern that matches nothing is an error
// with the name that may have been meant.
func MatchEvents(pattern string) ([]EventType, error) {
	var found []EventType
	for t := range EventType(EventTypes()) {
		if match(pattern, t.Name()) {
			found = append(found, t)
		}
	}
	if found == nil {
		if near := SuggestEvents(pattern); near != "" {
			return nil, fmt.Errorf("discord: there is no event %q; did you mean %s?", pattern, near)
		}
		return nil, fmt.Errorf("discord: there is no event %q", pattern)
	}
	return found, nil
}

// EventNames returns the names of all events, in the order of their numbers.
func EventNames() []string {
	names := make([]string, EventTypes())
	for i := range names {
		names[i] = EventType(i).Name()
	}
	return names
}

// match compares with * as the only wildcard, in time linear in the name for
// each star.
func match(pattern, name string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, head)
	if !ok {
		return false
	}
	for {
		part, more, star := strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(name, part)
		}
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name, rest = name[i+len(part):], more
	}
}

// unknown says that a name of some kind does not exist, and what may have been
// meant.
func unknown(kind, name string, names []string) string {
	if near := Suggest(name, names); near != "" {
		return fmt.Sprintf("there is no %s %q; did you mean %s?", kind, name, near)
	}
	return fmt.Sprintf("there is no %s %q", kind, name)
}

// SuggestEvents returns the event, or for a pattern the pattern, that a person
// who wrote the given one may have meant, or "".
func SuggestEvents(pattern string) string {
	names := EventNames()
	if !strings.Contains(pattern, "*") {
		return Suggest(pattern, names)
	}
	seen := make(map[string]bool)
	var prefixes []string // of two events or more
	for _, name := range names {
		for i, c := range name {
			if c != '_' {
				continue
			}
			if prefix := name[:i+1] + "*"; seen[prefix] {
				prefixes = append(prefixes, prefix)
			} else {
				seen[prefix] = true
			}
		}
	}
	return Suggest(pattern, prefixes)
}

// minCommon is the length from which a common beginning or a part in common
// makes two names alike.
const minCommon = 4

// Suggest returns the name that a person who wrote the given one may have
// meant, or "" when none is near. Letter case does not count as a difference.
func Suggest(name string, names []string) string {
	folded := strings.ToUpper(name)
	best, distance, common := "", max(2, len(name)/3)+1, 0
	for _, candidate := range names {
		upper := strings.ToUpper(candidate)
		d, c := levenshtein.Distance(folded, upper, nil), commonPrefix(folded, upper)
		if d < distance || d == distance && best != "" && c > common {
			best, distance, common = candidate, d, c
		}
	}
	if best != "" {
		return best
	}
	for _, candidate := range names {
		upper := strings.ToUpper(candidate)
		if len(folded) >= minCommon && strings.Contains(upper, folded) || len(upper) >= minCommon && strings.HasPrefix(folded, upper) {
			return candidate
		}
	}
	return ""
}

func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
