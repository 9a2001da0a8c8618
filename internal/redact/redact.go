// Package redact keeps what people write out of logs: the values of given JSON
// keys, wherever they turn up in a message or its arguments.
//
// It looks at text and does not need it to be a whole JSON document: plugins
// log pieces of events, cut off at the length of a log line.
package redact

import "strings"

// Mark stands in the place of a value.
const Mark = `"[redacted]"`

// Text returns s with the values of the given JSON keys replaced by Mark. A
// value that is cut off is replaced to the end.
func Text(s string, keys []string) string {
	if !strings.Contains(s, `"`) {
		return s
	}
	var b strings.Builder
	done := 0 // up to where s was copied
	for i := 0; i < len(s); {
		if s[i] != '"' {
			i++
			continue
		}
		end := skipString(s, i)
		value, ok := afterColon(s, end)
		if !ok || !named(s[i:end], keys) {
			i = end
			continue
		}
		b.WriteString(s[done:value])
		b.WriteString(Mark)
		done = skipValue(s, value)
		i = done
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// named tells whether a quoted string is one of the keys. Keys that need
// escapes are not looked for.
func named(quoted string, keys []string) bool {
	for _, key := range keys {
		if len(quoted) == len(key)+2 && quoted[1:len(quoted)-1] == key {
			return true
		}
	}
	return false
}

// afterColon returns where the value begins if a colon follows at i.
func afterColon(s string, i int) (int, bool) {
	i = skipSpace(s, i)
	if i >= len(s) || s[i] != ':' {
		return 0, false
	}
	return skipSpace(s, i+1), true
}

func skipSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}

// skipString returns the index after the string that begins at i.
func skipString(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// skipValue returns the index after the JSON value that begins at i.
func skipValue(s string, i int) int {
	depth := 0
	for i < len(s) {
		switch s[i] {
		case '"':
			i = skipString(s, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			if depth == 0 {
				return i // of the object that the key stands in
			}
			depth--
			i++
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
			i++
			continue
		default:
			i++
			continue
		}
		if depth == 0 {
			return i
		}
	}
	return len(s)
}
