package sdk

import (
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner walks over one JSON value. It trusts brackets and quotes and checks
// nothing else, which is what a reader of Discord's own output needs; on other
// text it stops early. It is written for guests, where a byte loop costs five
// times what it costs natively: strings are passed eight bytes at a time.
type scanner struct {
	text []byte
	at   int
	open bool   // inside the value that nextField or nextItem goes through
	done bool   // behind it
	key  []byte // of the field before which the scanner stands, escapes and all
}

// isObject tells whether the value is an object.
func (s *scanner) isObject() bool {
	s.space()
	return s.at < len(s.text) && s.text[s.at] == '{'
}

// nextField stands before the value of the next field of an object, whose
// value the caller then takes or skips. false: there is no other.
func (s *scanner) nextField() bool {
	if !s.next('{', '}') {
		return false
	}
	text, start := s.text, s.at+1
	if text[start-1] != '"' {
		return s.stop()
	}
	i := stringEnd(text, start)
	if i == 0 {
		return s.stop()
	}
	s.key = text[start : i-1]
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	if i >= len(text) || text[i] != ':' {
		return s.stop()
	}
	i++
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	s.at = i
	return i < len(text)
}

// nextItem stands before the next element of an array.
func (s *scanner) nextItem() bool { return s.next('[', ']') }

// next passes the opening bracket or the comma before a field or an element.
func (s *scanner) next(opening, closing byte) bool {
	if s.done {
		return false
	}
	text, i := s.text, s.at
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	before := opening
	if s.open {
		before = ','
	}
	if i < len(text) && text[i] == closing && s.open {
		return s.end(i)
	}
	if i >= len(text) || text[i] != before {
		return s.stop()
	}
	s.open = true
	i++
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	if i >= len(text) {
		return s.stop()
	}
	if text[i] == closing {
		return s.end(i)
	}
	s.at = i
	return true
}

// end is behind the closing bracket at i.
func (s *scanner) end(i int) bool {
	s.at, s.done = i+1, true
	return false
}

// stop gives up: this is not JSON.
func (s *scanner) stop() bool {
	s.at, s.done = len(s.text), true
	return false
}

// inside is a scanner for the value before which s stands. leave passes it.
func (s *scanner) inside() scanner { return scanner{text: s.text, at: s.at} }

// leave passes what inside has gone through to its end.
func (s *scanner) leave(inner *scanner) { s.at = inner.at }

// id takes the value as an id.
func (s *scanner) id() ID {
	text, i := s.text, s.at+1
	if i <= len(text) && text[i-1] == '"' {
		var id uint64
		// 19 digits always fit.
		for start := i; i < len(text) && i-start < 20; i++ {
			c := text[i] - '0'
			if c > 9 {
				break
			}
			if i-start == 19 {
				return s.value().ID()
			}
			id = id*10 + uint64(c)
		}
		if i < len(text) && text[i] == '"' {
			s.at = i + 1
			return ID(id)
		}
	}
	return s.value().ID()
}

// keyIs compares the key with a name.
func (s *scanner) keyIs(name string) bool {
	if string(s.key) == name {
		return true
	}
	for _, c := range s.key {
		if c == '\\' {
			return unquote(s.key) == name
		}
	}
	return false
}

// value takes the value before which the scanner stands.
func (s *scanner) value() JSON {
	start := s.at
	s.skip()
	return JSON(s.text[start:s.at:s.at])
}

// skip passes one value. At text that is cut short it goes to the end.
func (s *scanner) skip() {
	text, i := s.text, s.at
	if i >= len(text) {
		return
	}
	switch text[i] {
	case '"':
		i = stringEnd(text, i+1)
		if i == 0 {
			i = len(text)
		}
	case '{', '[':
		i = containerEnd(text, i)
	default:
		for i < len(text) && !isEnd(text[i]) {
			i++
		}
	}
	s.at = i
}

// containerEnd returns the index after the bracket that closes the one at i,
// or the end of the text. It does not tell square brackets from curly ones.
func containerEnd(text []byte, i int) int {
	depth := 0
	for i < len(text) {
		switch c := text[i]; {
		case c == '"':
			i = stringEnd(text, i+1)
			if i == 0 {
				return len(text)
			}
			continue
		case c|0x20 == '{': // [ is { without that bit, ] is }
			depth++
		case c|0x20 == '}':
			depth--
			if depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return i
}

func (s *scanner) space() {
	for s.at < len(s.text) && s.text[s.at] <= ' ' {
		s.at++
	}
}

func isEnd(c byte) bool { return c <= ' ' || c == ',' || c == '}' || c == ']' }

// stringEnd returns the index after the quote that ends the string whose first
// character is at i, or 0 if there is none.
func stringEnd(text []byte, i int) int {
	const (
		ones   = 0x0101010101010101
		highs  = 0x8080808080808080
		quotes = ones * '"'
		slants = ones * '\\'
	)
	for {
		for i+8 <= len(text) {
			word := load64(text, i)
			quote, slant := word^quotes, word^slants
			hit := ((quote - ones) &^ quote & highs) | ((slant - ones) &^ slant & highs)
			if hit != 0 {
				i += bits.TrailingZeros64(hit) / 8 // the lowest hit is exact
				break
			}
			i += 8
		}
		for i < len(text) && text[i] != '"' && text[i] != '\\' {
			i++
		}
		if i >= len(text) {
			return 0
		}
		if text[i] == '"' {
			return i + 1
		}
		i += 2
	}
}

// unquote resolves the escapes of a string's inside. As encoding/json does, it
// replaces what is not UTF-8 and halves of surrogate pairs by U+FFFD.
func unquote(text []byte) string {
	if isPlain(text) {
		return string(text)
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		c := text[i]
		if c != '\\' {
			r, size := utf8.DecodeRune(text[i:])
			out = utf8.AppendRune(out, r)
			i += size
			continue
		}
		if i+1 >= len(text) {
			break
		}
		i += 2
		switch text[i-1] {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := hex4(text[i:])
			if !ok {
				out = utf8.AppendRune(out, utf8.RuneError)
				continue
			}
			i += 4
			if utf16.IsSurrogate(r) {
				if i+1 < len(text) && text[i] == '\\' && text[i+1] == 'u' {
					if low, ok := hex4(text[i+2:]); ok {
						if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
							out = utf8.AppendRune(out, pair)
							i += 6
							continue
						}
					}
				}
				r = utf8.RuneError
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, text[i-1])
		}
	}
	return string(out)
}

// isPlain tells whether a string's inside is ASCII without escapes.
func isPlain(text []byte) bool {
	const (
		ones   = 0x0101010101010101
		highs  = 0x8080808080808080
		slants = ones * '\\'
	)
	i := 0
	for ; i+8 <= len(text); i += 8 {
		word := load64(text, i)
		slant := word ^ slants
		if (word|(slant-ones)&^slant)&highs != 0 {
			return false
		}
	}
	for ; i < len(text); i++ {
		if text[i] == '\\' || text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// hex4 reads the four digits of \u.
func hex4(text []byte) (rune, bool) {
	if len(text) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range text[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
