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

// firstHit returns which byte of word is the first quote or backslash, 8 for
// none. The bytes above it are not told right.
func firstHit(word uint64) int {
	quote, slant := word^ones*'"', word^ones*'\\'
	return bits.TrailingZeros64(((quote-ones)&^quote|(slant-ones)&^slant)&highs) / 8
}

// StringEnd returns the index after the quote that ends the string whose first
// character is at i, or 0 if there is none.
func StringEnd(text []byte, i int) int {
	for i+8 <= len(text) {
		hit := firstHit(load64(text, i))
		i += hit
		if hit == 8 {
			continue
		}
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
		return containerEnd(text, i)
	default:
		for i < len(text) && !isEnd(text[i]) {
			i++
		}
	}
	return i
}

// Close returns the index after the bracket that closes the innermost object or
// array around i, which is not in a string, or the end of the text.
func Close(text []byte, i int) int {
	i, _, _ = bytesEnd(text, i, len(text), 1, false)
	return i
}

// containerEnd returns the index after the bracket that closes the one at i,
// or the end of the text. It does not tell square brackets from curly ones.
func containerEnd(text []byte, i int) int {
	i++
	depth := 1
	inside := uint64(0) // all ones when i is in a string
	for i+8 <= len(text) {
		word := load64(text, i)
		// Each quote turns the bytes from it on, so a byte is in a string when
		// the quotes up to it are odd in number.
		m := equal(word, '"') >> 7
		m ^= m << 8
		m ^= m << 16
		m ^= m << 32
		quoted := m*0xff ^ inside
		folded := word | ones*0x20 // [ is { without that bit, and ] is }
		closing := equal(folded, '}') &^ quoted
		if equal(word, '\\') != 0 || bits.OnesCount64(closing) >= depth {
			// An escape, or perhaps the end.
			var done bool
			if i, depth, done = bytesEnd(text, i, i+8, depth, inside != 0); done {
				return i
			}
			inside = 0
			continue
		}
		depth += bits.OnesCount64(equal(folded, '{')&^quoted) - bits.OnesCount64(closing)
		inside = uint64(int64(quoted) >> 63)
		i += 8
	}
	i, _, _ = bytesEnd(text, i, len(text), depth, inside != 0)
	return i
}

// bytesEnd is containerEnd byte by byte, up to until or the end of a string
// that begins before it.
func bytesEnd(text []byte, i, until, depth int, inside bool) (at, left int, done bool) {
	for {
		if inside {
			if i = StringEnd(text, i); i == 0 {
				return len(text), depth, true
			}
			inside = false
		}
		if i >= until {
			return min(i, len(text)), depth, i >= len(text)
		}
		switch c := text[i]; {
		case c == '"':
			inside = true
		case c|0x20 == '{':
			depth++
		case c|0x20 == '}':
			depth--
			if depth == 0 {
				return i + 1, 0, true
			}
		}
		i++
	}
}
