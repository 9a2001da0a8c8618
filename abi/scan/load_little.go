//go:build !wasip1

package scan

import "encoding/binary"

// load64 reads eight bytes, little-endian.
func load64(text []byte, i int) uint64 {
	return binary.LittleEndian.Uint64(text[i:])
}
