package binary

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// ErrTruncated says that the input ends in the middle of something.
var ErrTruncated = errors.New("truncated")

// An Error tells at which byte of the input decoding failed.
type Error struct {
	Offset int
	Err    error
}

func (e *Error) Error() string {
	if errors.Is(e.Err, ErrTruncated) {
		return fmt.Sprintf("truncated at byte %d", e.Offset)
	}
	return fmt.Sprintf("at byte %d: %v", e.Offset, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// A Reader decodes from a byte slice. The first failure sticks: every later
// read returns zero, and Err tells what went wrong.
type Reader struct {
	b    []byte
	pos  int
	base int // offset of b[0] in the whole input, for messages
	err  error

	types int // number of types that references may name; negative: any
}

// NewReader returns a Reader of b, which begins base bytes into the input.
func NewReader(b []byte, base int) *Reader { return &Reader{b: b, base: base, types: -1} }

// LimitTypes has references to types with this index and above fail.
func (r *Reader) LimitTypes(n int) { r.types = n }

// Err is the first failure, nil if there was none.
func (r *Reader) Err() error { return r.err }

// Offset is the position of the next byte in the whole input.
func (r *Reader) Offset() int { return r.base + r.pos }

// Pos is the position of the next byte in the slice being read.
func (r *Reader) Pos() int { return r.pos }

// Left is the number of bytes not read yet.
func (r *Reader) Left() int { return len(r.b) - r.pos }

// More says whether there is more to read and nothing failed.
func (r *Reader) More() bool { return r.err == nil && r.pos < len(r.b) }

// Since returns the bytes from the position pos up to the next byte.
func (r *Reader) Since(pos int) []byte { return r.b[pos:r.pos:r.pos] }

// Fail records a failure at the next byte unless there was one before.
func (r *Reader) Fail(format string, args ...any) {
	if r.err == nil {
		r.err = &Error{r.Offset(), fmt.Errorf(format, args...)}
	}
	r.pos = len(r.b)
}

func (r *Reader) short() {
	if r.err == nil {
		r.err = &Error{r.base + len(r.b), ErrTruncated}
	}
	r.pos = len(r.b)
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if r.pos >= len(r.b) {
		r.short()
		return 0
	}
	c := r.b[r.pos]
	r.pos++
	return c
}

// Peek returns the next byte without reading it, 0 at the end.
func (r *Reader) Peek() byte {
	if r.pos >= len(r.b) {
		return 0
	}
	return r.b[r.pos]
}

// Bytes reads n bytes; they alias the input.
func (r *Reader) Bytes(n int) []byte {
	if n < 0 || n > r.Left() {
		r.short()
		return nil
	}
	p := r.b[r.pos : r.pos+n : r.pos+n]
	r.pos += n
	return p
}

// U32 reads an unsigned LEB128 number of at most 32 bits.
func (r *Reader) U32() uint32 {
	if r.pos < len(r.b) && r.b[r.pos] < 0x80 {
		v := r.b[r.pos]
		r.pos++
		return uint32(v)
	}
	return r.longU32()
}

func (r *Reader) longU32() uint32 {
	var v uint32
	for shift := 0; shift < 35; shift += 7 {
		c := r.Byte()
		if shift == 28 && c > 0x0f {
			r.Fail("integer is longer than 32 bits")
			return 0
		}
		v |= uint32(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	return 0
}

// Signed reads a signed LEB128 number of at most the given bits: 32, 33, 64.
func (r *Reader) Signed(bits int) int64 {
	var v int64
	for shift := 0; ; shift += 7 {
		c := r.Byte()
		v |= int64(c&0x7f) << shift
		if left := bits - shift; left <= 7 {
			// The unused bits of the last byte must repeat the sign.
			top := int8(c<<1) >> left
			if c >= 0x80 || (top != 0 && top != -1) {
				r.Fail("integer is longer than %d bits", bits)
				return 0
			}
		}
		if c < 0x80 {
			if shift += 7; shift < 64 && c&0x40 != 0 {
				v |= -1 << shift
			}
			return v
		}
	}
}

// Count reads the length of a vector whose elements take at least size bytes
// each, so that a short input cannot announce a long vector.
func (r *Reader) Count(size int) int {
	n := r.U32()
	if int64(n)*int64(size) > int64(r.Left()) {
		r.Fail("a vector of %d elements does not fit into the %d bytes that are left", n, r.Left())
		return 0
	}
	return int(n)
}

// Name reads a length and that many bytes of UTF-8.
func (r *Reader) Name() string {
	b := r.Bytes(r.Count(1))
	if !utf8.Valid(b) {
		r.Fail("a name is not valid UTF-8")
		return ""
	}
	return string(b)
}

// AppendU32 appends v as unsigned LEB128.
func AppendU32(dst []byte, v uint32) []byte {
	for v >= 0x80 {
		dst = append(dst, byte(v)|0x80)
		v >>= 7
	}
	return append(dst, byte(v))
}

// AppendSigned appends v as signed LEB128.
func AppendSigned(dst []byte, v int64) []byte {
	for {
		c := byte(v) & 0x7f
		v >>= 7
		if (v == 0 && c&0x40 == 0) || (v == -1 && c&0x40 != 0) {
			return append(dst, c)
		}
		dst = append(dst, c|0x80)
	}
}

// AppendName appends the length of s and s.
func AppendName(dst []byte, s string) []byte {
	return append(AppendU32(dst, uint32(len(s))), s...)
}
