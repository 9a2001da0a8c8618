package redact

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Body returns a JSON document in which the values of the given keys are masked,
// in its own form otherwise: a string becomes as many x, a number 0, a truth
// false, and so for everything inside of a list or an object. So a program that
// reads the document takes the masked one too. Below a masked key, ids stay: the
// digits under "id" or a key that ends with _id. What is no JSON gets Text.
func Body(doc []byte, keys []string) []byte {
	if len(doc) == 0 || len(keys) == 0 {
		return doc
	}
	if !json.Valid(doc) {
		return []byte(Text(string(doc), keys))
	}
	m := masker{in: string(doc), out: make([]byte, 0, len(doc)), keys: keys}
	m.value("", false)
	m.space()
	return m.out
}

// A masker copies a valid document.
type masker struct {
	in   string
	at   int
	out  []byte
	keys []string
}

// upTo copies the input up to a place.
func (m *masker) upTo(at int) {
	m.out = append(m.out, m.in[m.at:at]...)
	m.at = at
}

func (m *masker) space() { m.upTo(skipSpace(m.in, m.at)) }

// value copies the next value, which stands under a key; hide masks it.
func (m *masker) value(key string, hide bool) {
	m.space()
	switch m.in[m.at] {
	case '{', '[':
		m.list(key, hide)
		return
	}
	start := m.at
	end := skipValue(m.in, start)
	if !hide || isID(key, m.in[start:end]) {
		m.upTo(end)
		return
	}
	m.at = end
	switch m.in[start] {
	case '"':
		m.out = append(m.out, '"')
		m.out = append(m.out, strings.Repeat("x", characters(m.in[start:end]))...)
		m.out = append(m.out, '"')
	case 't', 'f':
		m.out = append(m.out, "false"...)
	case 'n':
		m.out = append(m.out, "null"...)
	default:
		m.out = append(m.out, '0')
	}
}

// list copies an object or a list.
func (m *masker) list(key string, hide bool) {
	object := m.in[m.at] == '{'
	m.upTo(m.at + 1)
	for m.space(); m.in[m.at] != '}' && m.in[m.at] != ']'; m.space() {
		if m.in[m.at] == ',' {
			m.upTo(m.at + 1)
			continue
		}
		name, inner := key, hide
		if object {
			start := m.at
			m.upTo(skipString(m.in, start))
			quoted := plain(m.in[start:m.at])
			name, inner = quoted[1:len(quoted)-1], hide || named(quoted, m.keys)
			m.space()
			m.upTo(m.at + 1) // the colon
		}
		m.value(name, inner)
	}
	m.upTo(m.at + 1)
}

// plain is a quoted string without its escapes, as far as keys have any.
func plain(quoted string) string {
	var s string
	if strings.Contains(quoted, `\`) && json.Unmarshal([]byte(quoted), &s) == nil {
		return `"` + s + `"`
	}
	return quoted
}

// isID tells whether a value is an id by its key.
func isID(key, value string) bool {
	if key != "id" && !strings.HasSuffix(key, "_id") && !strings.HasSuffix(key, "_ids") {
		return false
	}
	digits := strings.Trim(value, `"`)
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// characters is the length of what a quoted string says.
func characters(quoted string) int {
	var s string
	if json.Unmarshal([]byte(quoted), &s) != nil {
		return 0
	}
	return utf8.RuneCountInString(s)
}
