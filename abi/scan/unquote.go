package scan

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Unquote resolves the escapes of a string's inside. As encoding/json does, it
// replaces what is not UTF-8 and halves of surrogate pairs by U+FFFD.
func Unquote(text []byte) string {
	if IsPlain(text) {
		return string(text)
	}
	return string(AppendUnquoted(make([]byte, 0, len(text)), text))
}

// AppendUnquoted is Unquote that adds what it has resolved to out.
func AppendUnquoted(out, text []byte) []byte {
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
	return out
}

// IsPlain tells whether a string's inside is ASCII without escapes.
func IsPlain(text []byte) bool {
	i := 0
	for ; i+8 <= len(text); i += 8 {
		word := load64(text, i)
		if word&highs|equal(word, '\\') != 0 {
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
