package recording

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/shardhost/shardhost/abi"
)

// MaxFrame bounds one frame, in bytes.
const MaxFrame = 64 << 20

// A DamageError says where and how a recording is damaged. What was read before
// it is good.
type DamageError struct {
	Offset int64 // of the frame that cannot be read
	Frames int   // that were read before it
	Err    error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("the recording is damaged at byte %d, after %d frames: %v", e.Offset, e.Frames, e.Err)
}

func (e *DamageError) Unwrap() error { return e.Err }

// A Reader reads a recording.
type Reader struct {
	in     io.Reader
	buf    []byte
	offset int64
	frames int
	header Header
}

// NewReader reads from in, which need not be buffered for large frames only.
func NewReader(in io.Reader) *Reader { return &Reader{in: in} }

// Next returns the next frame, io.EOF at the end, or a *DamageError. The frame
// is valid until the next call.
func (r *Reader) Next() (abi.Frame, error) {
	for {
		f, err := r.read()
		if err != nil {
			return f, err
		}
		header, is, err := parseHeader(&f)
		if err != nil {
			return f, r.damage(err)
		}
		r.offset += int64(len(r.buf))
		if !is {
			r.frames++
			return f, nil
		}
		r.header.add(header)
	}
}

// Header says whose frame Next has returned last, and how much was left out up
// to there. It is the zero Header where the recording does not say.
func (r *Reader) Header() Header { return r.header }

func (r *Reader) damage(err error) error {
	return &DamageError{Offset: r.offset, Frames: r.frames, Err: err}
}

// read reads one frame into buf.
func (r *Reader) read() (abi.Frame, error) {
	r.buf = append(r.buf[:0], make([]byte, abi.HeaderSize)...)
	n, err := io.ReadFull(r.in, r.buf)
	switch {
	case errors.Is(err, io.EOF):
		return abi.Frame{}, io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF) && (n < 4 || plausible(binary.LittleEndian.Uint32(r.buf))):
		return abi.Frame{}, r.damage(fmt.Errorf("it ends after %d bytes of a frame's header: it was cut off", n))
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return abi.Frame{}, err
	}
	size := binary.LittleEndian.Uint32(r.buf)
	if !plausible(size) {
		return abi.Frame{}, r.damage(fmt.Errorf("no frame begins here: %d is not the size of one", size))
	}
	if size > MaxFrame {
		return abi.Frame{}, r.damage(fmt.Errorf("a frame of %d bytes is larger than any that a host writes", size))
	}
	for len(r.buf) < int(size) { // piece by piece: the size may be a lie
		start := len(r.buf)
		r.buf = append(r.buf, make([]byte, min(int(size)-start, 1<<20))...)
		n, err := io.ReadFull(r.in, r.buf[start:])
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return abi.Frame{}, r.damage(fmt.Errorf("it ends after %d of the frame's %d bytes: it was cut off", start+n, size))
		}
		if err != nil {
			return abi.Frame{}, err
		}
	}
	f, _, err := abi.Parse(r.buf)
	if err != nil {
		return abi.Frame{}, r.damage(errors.New("no frame begins here: its lengths contradict its size"))
	}
	if f.Kind < abi.KindEvent || f.Kind > abi.KindMessage {
		return abi.Frame{}, r.damage(fmt.Errorf("there is no frame of kind %d", f.Kind))
	}
	return f, nil
}

// plausible tells whether a number can be the size of a frame.
func plausible(size uint32) bool { return size >= abi.HeaderSize && size%abi.FrameAlign == 0 }

// A Header says of a recording where what follows comes from.
type Header struct {
	FormatVersion int      `json:"format_version,omitempty"`
	Host          string   `json:"host,omitempty"`     // version
	Plugin        string   `json:"plugin,omitempty"`   // whose frames follow
	Redacted      []string `json:"redacted,omitempty"` // keys whose values are masked
	Dropped       uint64   `json:"dropped,omitempty"`  // frames left out here, because nobody took them fast enough
}

// FormatVersion is the version of the headers of recordings.
const FormatVersion = 1

const headerName = "recording"

// Append encodes a header as a frame at the end of dst.
func (h *Header) Append(dst []byte) []byte {
	body, err := json.Marshal(h)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	f := abi.Frame{Kind: abi.KindControl, Event: abi.UnknownEvent, Name: []byte(headerName), Body: body}
	return f.Append(dst)
}

func parseHeader(f *abi.Frame) (h Header, is bool, err error) {
	if f.Kind != abi.KindControl || string(f.Name) != headerName {
		return h, false, nil
	}
	if err := json.Unmarshal(f.Body, &h); err != nil {
		return h, true, fmt.Errorf("its header is no JSON: %w", err)
	}
	if h.FormatVersion > FormatVersion {
		return h, true, fmt.Errorf("it has format version %d, this program knows %d: read it with a newer one", h.FormatVersion, FormatVersion)
	}
	return h, true, nil
}

// add takes in what a further header says.
func (h *Header) add(next Header) {
	if next.FormatVersion != 0 {
		h.FormatVersion, h.Host, h.Redacted = next.FormatVersion, next.Host, next.Redacted
	}
	if next.Plugin != "" {
		h.Plugin = next.Plugin
	}
	h.Dropped += next.Dropped
}
