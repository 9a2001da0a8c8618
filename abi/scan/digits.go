package scan

import "math"

// Uint reads a whole number of at most 20 digits. What is not one, or does not
// fit into 64 bits, is 0 and false.
func Uint(digits []byte) (n uint64, ok bool) {
	if len(digits) == 0 || len(digits) > 20 {
		return 0, false
	}
	i := 0
	for ; i+8 <= len(digits); i += 8 {
		eight, ok := eightDigits(load64(digits, i))
		if !ok {
			return 0, false
		}
		n = n*100_000_000 + eight
	}
	for ; i < len(digits); i++ {
		c := uint64(digits[i] - '0')
		if c > 9 || i == 19 && (n > math.MaxUint64/10 || n*10 > math.MaxUint64-c) {
			return 0, false
		}
		n = n*10 + c
	}
	return n, true
}

// eightDigits reads eight digits at once: neighbours are joined to numbers of
// two digits, these to four, these to eight.
func eightDigits(word uint64) (n uint64, ok bool) {
	const zeros, nibbles = ones * '0', ones * 0xf0
	if word&nibbles != zeros || (word+ones*6)&nibbles != zeros {
		return 0, false
	}
	word = (word - zeros) * (10<<8 + 1) >> 8 & 0x00ff00ff00ff00ff
	word = word * (100<<16 + 1) >> 16 & 0x0000ffff0000ffff
	return word * (10_000<<32 + 1) >> 32, true
}
