package wasm

// heapMemory is a guest's memory on the Go heap, where the system offers
// nothing better. Growing moves it.
type heapMemory struct {
	b    []byte
	most uint64
}

// Reallocate grows the memory to size. nil refuses the growth.
func (m *heapMemory) Reallocate(size uint64) []byte {
	if size > m.most {
		return nil
	}
	if size > uint64(cap(m.b)) {
		m.b = append(make([]byte, 0, min(max(size, 2*uint64(cap(m.b))), m.most)), m.b...)
	}
	m.b = m.b[:size]
	return m.b
}

// Free drops the memory.
func (m *heapMemory) Free() { m.b = nil }
