//go:build wasip1

package scan

import "unsafe"

// load64 reads eight bytes, little-endian. The compiler does not join eight
// loads for wasm, where unaligned ones are allowed.
func load64(text []byte, i int) uint64 {
	return *(*uint64)(unsafe.Pointer(&text[i]))
}
