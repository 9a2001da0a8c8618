package wasm

import "github.com/tetratelabs/wazero/experimental"

// allocator gives every guest a memory of its own: the limit is reserved as
// address space, and only what the guest grew to is committed. Growing never
// moves the memory.
func allocator(limit int64) experimental.MemoryAllocator {
	return experimental.MemoryAllocatorFunc(func(_, most uint64) experimental.LinearMemory {
		return newMemory(min(most, uint64(limit)))
	})
}
