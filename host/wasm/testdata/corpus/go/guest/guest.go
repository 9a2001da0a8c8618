//go:build wasip1

// Package guest is the contract of a plugin around one function.
package guest

import (
	"encoding/binary"
	"unsafe"
)

// Work gets the body of each frame and answers a number that depends on all
// that it did.
var Work func(body []byte) uint32

var buffer []byte

//go:wasmexport shard_abi_1
func marker() {}

//go:wasmexport shard_buffer
func grow(least uint32) int64 {
	if int(least) > len(buffer) {
		buffer = make([]byte, least)
	}
	return int64(uintptr(unsafe.Pointer(unsafe.SliceData(buffer))))<<32 | int64(len(buffer))
}

//go:wasmexport shard_init
func begin(uint32) int32 { return 0 }

//go:wasmexport shard_batch
func batch(_, count uint32) int32 {
	sum, rest := uint32(0), buffer
	for range count {
		u := func(at int) uint32 { return binary.LittleEndian.Uint32(rest[at:]) }
		body := 48 + u(36)
		sum = sum*31 + Work(rest[body:body+u(40)])
		rest = rest[u(0):]
	}
	return int32(sum & 0x7fffffff)
}
