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
	if s.text[s.at] != '"' {
		return s.stop()
	}
	start := s.at + 1
	s.at = stringEnd(s.text, start)
	if s.at == 0 {
		return s.stop()
	}
	s.key = s.text[start : s.at-1]
	s.space()
	if s.at >= len(s.text) || s.text[s.at] != ':' {
		return s.stop()
	}
	s.at++
	s.space()
	return s.at < len(s.text)
}

// nextItem stands before the next element of an array.
func (s *scanner) nextItem() bool { return s.next('[', ']') }

// next passes the opening bracket or the comma before a field or an element.
func (s *scanner) next(opening, closing byte) bool {
	s.space()
	if s.at >= len(s.text) {
		return false
	}
	if !s.open {
		if s.text[s.at] != opening {
			return false
		}
		s.open = true
	} else if s.text[s.at] != ',' {
		return s.stop()
	}
	s.at++
	s.space()
	if s.at >= len(s.text) || s.text[s.at] == closing {
		return s.stop()
	}
	return true
}

// stop ends the walk for good.
func (s *scanner) stop() bool {
	s.at = len(s.text)
	return false
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
		depth := 0
		for i < len(text) {
			switch text[i] {
			case '"':
				i = stringEnd(text, i+1)
				if i == 0 {
					s.at = len(text)
					return
				}
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			i++
			if depth == 0 {
				break
			}
		}
	default:
		for i < len(text) && !isEnd(text[i]) {
			i++
		}
	}
	s.at = i
}

func (s *scanner) space() {
	for s.at < len(s.text) && isSpace(s.text[s.at]) {
		s.at++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func isEnd(c byte) bool { return c == ',' || c == '}' || c == ']' || isSpace(c) }

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
	plain := true
	for _, c := range text {
		if c == '\\' || c >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
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
