package scan

import (
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// Unquote resolves the escapes of a string's inside. As encoding/json does, it
// replaces what is not UTF-8 and halves of surrogate pairs by U+FFFD.
func Unquote(text []byte) string {
	first := special(text, 0)
	if first >= len(text) {
		return string(text)
	}
	out := appendUnquoted(make([]byte, 0, len(text)), text, first)
	return unsafe.String(unsafe.SliceData(out), len(out)) // nobody else has it
}

// AppendUnquoted is Unquote that adds what it has resolved to out.
func AppendUnquoted(out, text []byte) []byte {
	return appendUnquoted(out, text, special(text, 0))
}

// appendUnquoted begins with the special byte at i.
func appendUnquoted(out, text []byte, i int) []byte {
	for copied := 0; ; i = special(text, i) { // out has the text up to there
		if i >= len(text) {
			return append(out, text[copied:]...)
		}
		if text[i] == '\\' {
			out = append(out, text[copied:i]...)
			out, i = appendEscaped(out, text, i+1)
			copied = i
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			out = utf8.AppendRune(append(out, text[copied:i]...), r)
			copied = i + 1
		}
		i += size
	}
}

// appendEscaped resolves the escape behind the backslash before i, and returns
// where the text goes on.
func appendEscaped(out, text []byte, i int) ([]byte, int) {
	if i >= len(text) {
		return out, i
	}
	c := text[i]
	i++
	switch c {
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		r, ok := hex4(text[i:])
		if !ok {
			return utf8.AppendRune(out, utf8.RuneError), i
		}
		i += 4
		if utf16.IsSurrogate(r) {
			if i+1 < len(text) && text[i] == '\\' && text[i+1] == 'u' {
				if low, ok := hex4(text[i+2:]); ok {
					if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
						return utf8.AppendRune(out, pair), i + 6
					}
				}
			}
			r = utf8.RuneError
		}
		return utf8.AppendRune(out, r), i
	}
	return append(out, c), i
}

// IsPlain tells whether a string's inside is ASCII without escapes.
func IsPlain(text []byte) bool { return special(text, 0) >= len(text) }

// special returns the index of the first byte from i on that is a backslash or
// no ASCII, or the end of the text.
func special(text []byte, i int) int {
	for ; i+32 <= len(text); i += 32 {
		a, b, c, d := load64(text, i), load64(text, i+8), load64(text, i+16), load64(text, i+24)
		if (a|b|c|d)&highs|equal(a, '\\')|equal(b, '\\')|equal(c, '\\')|equal(d, '\\') != 0 {
			break
		}
	}
	for ; i+8 <= len(text); i += 8 {
		word := load64(text, i)
		if found := word&highs | equal(word, '\\'); found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(text) && text[i] != '\\' && text[i] < utf8.RuneSelf {
		i++
	}
	return i
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
