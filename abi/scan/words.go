package scan

import "math/bits"

const (
	ones  = 0x0101010101010101
	lows  = 0x7f7f7f7f7f7f7f7f
	highs = 0x8080808080808080
)

// equal has the high bit of each byte of word that is c.
func equal(word uint64, c uint64) uint64 {
	x := word ^ ones*c
	return ^((x&lows + lows) | x | lows)
}

// stops has the high bit of the first byte of word that is a quote or a
// backslash, and of no byte before it: 0 for none. The bits above are not told
// right.
func stops(word uint64) uint64 {
	quote, slant := word^ones*'"', word^ones*'\\'
	return ((quote-ones)&^quote | (slant-ones)&^slant) & highs
}

// StringEnd returns the index after the quote that ends the string whose first
// character is at i, or 0 if there is none.
func StringEnd(text []byte, i int) int {
	for i+8 <= len(text) {
		found := stops(load64(text, i))
		if found == 0 {
			i += 8 // a branch, so that the next load need not wait for this one
			continue
		}
		i += bits.TrailingZeros64(found) / 8
		if text[i] == '"' {
			return i + 1
		}
		i += 2
	}
	for ; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return 0
}

// ValueEnd returns the index after the value at i, which is the end of the text
// for one that is cut short, and i where there is none.
func ValueEnd(text []byte, i int) int {
	if i >= len(text) {
		return i
	}
	switch text[i] {
	case '"':
		if i = StringEnd(text, i+1); i == 0 {
			return len(text)
		}
	case '{', '[':
		return Close(text, i+1)
	default:
		for i < len(text) && !isEnd(text[i]) {
			i++
		}
	}
	return i
}

// Close returns the index after the bracket that closes the innermost object or
// array around i, which is not in a string, or the end of the text. It does not
// tell square brackets from curly ones.
func Close(text []byte, i int) int {
	for depth := 1; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			if i = StringEnd(text, i+1); i == 0 {
				return len(text)
			}
			continue
		case c|0x20 == '{': // [ is { without that bit, and ] is }
			depth++
		case c|0x20 == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(text)
}
