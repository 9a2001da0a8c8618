//go:build unix

package wasm

import (
	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// memory is a range of address space of which the first len bytes may be used.
type memory struct {
	reserved []byte
	used     uint64
}

// newMemory reserves address space of the given size. It falls back to the Go
// heap when the system does not give it.
func newMemory(size uint64) experimental.LinearMemory {
	if size == 0 {
		return &heapMemory{}
	}
	reserved, err := unix.Mmap(-1, 0, int(size), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return &heapMemory{most: size}
	}
	return &memory{reserved: reserved}
}

// Reallocate commits memory up to size. nil refuses the growth.
func (m *memory) Reallocate(size uint64) []byte {
	if size > uint64(len(m.reserved)) {
		return nil
	}
	if size > m.used {
		if err := unix.Mprotect(m.reserved[m.used:size], unix.PROT_READ|unix.PROT_WRITE); err != nil {
			return nil
		}
		m.used = size
	}
	return m.reserved[:size:size]
}

// Free gives everything back. Views of the memory must not be used afterwards.
func (m *memory) Free() {
	if m.reserved != nil {
		_ = unix.Munmap(m.reserved) // fails only for ranges that are not ours
		m.reserved, m.used = nil, 0
	}
}
