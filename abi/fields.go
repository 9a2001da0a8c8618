package abi

import "encoding/binary"

// A guest may ask for fields of an event by their paths, in its manifest. Such
// an event's frame then carries, behind body and padding, a table of FieldSize
// bytes for each path: the offset in the body and the length of the value, both
// u32. Since 1.3.
const (
	FieldSize = 8

	MaxFields      = 64  // paths of one event
	MaxFieldEvents = 64  // events of one guest
	MaxFieldPath   = 255 // bytes of a path
	MaxFieldDepth  = 8   // keys of a path
)

// Field returns the value of the i-th path that was asked for, as it stands in
// the body: a string with its quotes and escapes, null as null. nil: the event
// does not have it, or the frame has no table for it.
func (f *Frame) Field(i int) []byte {
	if i < 0 || i >= len(f.Fields)/FieldSize {
		return nil
	}
	at := uint64(binary.LittleEndian.Uint32(f.Fields[i*FieldSize:]))
	end := at + uint64(binary.LittleEndian.Uint32(f.Fields[i*FieldSize+4:]))
	if at == end || end > uint64(len(f.Body)) {
		return nil
	}
	return f.Body[at:end:end]
}
