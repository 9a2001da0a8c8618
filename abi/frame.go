package abi

import (
	"encoding/binary"
	"errors"
)

// HeaderSize is the length of a frame's fixed header in bytes. Name, body and
// zero padding to a multiple of FrameAlign follow it.
const (
	HeaderSize = 48
	FrameAlign = 8
)

// Kind says what a frame carries.
type Kind uint16

const (
	KindEvent      Kind = 1 // a gateway dispatch; the body is Discord's d, untouched
	KindCompletion Kind = 2 // the answer to a request with a tag; the name is the guest's own context
	KindTimer      Kind = 3 // a timer that is due; the tag is the guest's own
	KindControl    Kind = 4 // the host speaks; the name is one of Control*, the body JSON
	KindMessage    Kind = 5 // published by another plugin; the name is the topic
)

func (k Kind) String() string {
	switch k {
	case KindEvent:
		return "event"
	case KindCompletion:
		return "completion"
	case KindTimer:
		return "timer"
	case KindControl:
		return "control"
	case KindMessage:
		return "message"
	}
	return "unknown"
}

// Flags of a frame.
type Flags uint16

const (
	FlagRedelivered Flags = 1 // this frame was given to a guest before
	FlagReplayed    Flags = 2 // Discord sent it again after a RESUME
	FlagEarlier     Flags = 4 // asked for by an earlier generation
	FlagFields      Flags = 8 // a table of fields follows the body
)

// UnknownEvent is the event number of a dispatch that this version's table
// does not know; its name is in the frame.
const UnknownEvent uint16 = 0xFFFF

// MaxContext is the longest context, in bytes, that a guest may give with a
// request and get back as the name of the completion frame.
const MaxContext = 4096

// Frame is one decoded frame. Name, Body and Fields alias the buffer it was read
// from.
type Frame struct {
	Kind     Kind
	Flags    Flags
	Tag      uint64 // event: the sequence; completion and timer: the guest's own tag
	Guild    uint64 // 0: none
	Received int64  // unix nanoseconds
	Shard    uint16
	Event    uint16 // event number, UnknownEvent if not in the table
	Status   int32  // completion: HTTP status or a negative Code; else 0
	Name     []byte // event: its name on the wire, always; completion: the guest's context
	Body     []byte
	Fields   []byte // the table of fields, FieldSize bytes each; see Field
}

// Size is the length in bytes of the frame with padding.
func (f *Frame) Size() int {
	return align(HeaderSize+len(f.Name)+len(f.Body)) + len(f.Fields)
}

// Append encodes the frame at the end of dst, which must be aligned when the
// result is to hold several frames: an empty dst or one that Append returned.
// FlagFields is set when there are Fields, and only then.
func (f *Frame) Append(dst []byte) []byte {
	size, flags := f.Size(), f.Flags&^FlagFields
	if len(f.Fields) > 0 {
		flags |= FlagFields
	}
	start := len(dst)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(size))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(f.Kind))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(flags))
	dst = binary.LittleEndian.AppendUint64(dst, f.Tag)
	dst = binary.LittleEndian.AppendUint64(dst, f.Guild)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.Received))
	dst = binary.LittleEndian.AppendUint16(dst, f.Shard)
	dst = binary.LittleEndian.AppendUint16(dst, f.Event)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(f.Name)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(f.Body)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(f.Status))
	dst = append(dst, f.Name...)
	dst = append(dst, f.Body...)
	for len(dst)-start < size-len(f.Fields) {
		dst = append(dst, 0)
	}
	return append(dst, f.Fields...)
}

// Errors that Parse returns.
var (
	ErrShortFrame = errors.New("abi: frame is cut short")
	ErrBadFrame   = errors.New("abi: frame header contradicts itself")
)

// Parse reads the first frame of b and returns what follows it. It allocates
// nothing; the frame aliases b.
func Parse(b []byte) (f Frame, rest []byte, err error) {
	if len(b) < HeaderSize {
		return f, b, ErrShortFrame
	}
	size := binary.LittleEndian.Uint32(b)
	name := binary.LittleEndian.Uint32(b[36:])
	body := binary.LittleEndian.Uint32(b[40:])
	flags := Flags(binary.LittleEndian.Uint16(b[6:]))
	need := uint64(HeaderSize) + uint64(name) + uint64(body)
	table := (need + FrameAlign - 1) &^ uint64(FrameAlign-1) // where it begins
	if uint64(size) != table && (flags&FlagFields == 0 || uint64(size) < table || size%FieldSize != 0) {
		return f, b, ErrBadFrame
	}
	if uint64(size) > uint64(len(b)) {
		return f, b, ErrShortFrame
	}
	f = Frame{
		Kind:     Kind(binary.LittleEndian.Uint16(b[4:])),
		Flags:    flags,
		Tag:      binary.LittleEndian.Uint64(b[8:]),
		Guild:    binary.LittleEndian.Uint64(b[16:]),
		Received: int64(binary.LittleEndian.Uint64(b[24:])),
		Shard:    binary.LittleEndian.Uint16(b[32:]),
		Event:    binary.LittleEndian.Uint16(b[34:]),
		Status:   int32(binary.LittleEndian.Uint32(b[44:])),
		Name:     b[HeaderSize : HeaderSize+name : HeaderSize+name],
		Body:     b[HeaderSize+name : need : need],
		Fields:   b[table:size:size],
	}
	return f, b[size:], nil
}

func align(n int) int { return (n + FrameAlign - 1) &^ (FrameAlign - 1) }
