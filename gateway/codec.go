package gateway

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/gorilla/websocket"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// What Options.Compress may be.
// See https://docs.discord.com/developers/events/gateway#encoding-and-compression.
const (
	CompressNone    = "none"
	CompressPayload = "payload"     // some messages come as a zlib stream of their own
	CompressZlib    = "zlib-stream" // one zlib stream a connection: about 45 KB of memory, 1/4 of the traffic
	CompressZstd    = "zstd-stream" // one zstd stream a connection: less CPU, more memory
)

// errCorrupt ends a connection whose compressed stream cannot be read on.
var errCorrupt = errors.New("compressed stream is corrupt")

// frames is the part of *websocket.Conn that a codec reads from.
type frames interface {
	NextReader() (messageType int, r io.Reader, err error)
}

// A taker takes a whole message and owns its buffer. A size above the buffer's
// length says that only the head was kept.
type taker func(b *buffer, size int) error

// readMessages reads messages until an error, which it returns: of the
// connection, of the stream, or of take.
//
// A compressed stream is read inside out. The decompressor runs for the whole
// life of the connection, and asks its source for more when it has written out
// everything it can; the source then delivers the message if it is complete,
// and waits for the next frame. There is no second goroutine, nothing is
// buffered twice, and a message that ends exactly on the edge of the window,
// where a decompressor asks for input before it returns, is not held back until
// the next one comes.
func readMessages(ws frames, compress string, limit int, take taker) error {
	s := &source{ws: ws, take: take, out: assembly{limit: limit}}
	defer s.out.drop()
	var err error
	switch compress {
	case CompressZlib:
		err = s.inflate()
	case CompressZstd:
		err = s.unzstd()
	default:
		return s.plain()
	}
	if s.err != nil {
		return s.err // what the decompressor made of it is of no interest
	}
	if errors.Is(err, errEndless) {
		return err
	}
	if err == nil {
		err = errors.New("it ended")
	}
	return fmt.Errorf("%s: %w: %w", compress, errCorrupt, err)
}

// A source is what a decompressor reads from and writes to.
type source struct {
	ws   frames
	take taker
	out  assembly

	frame   io.Reader // the rest of the websocket message that is being read
	suffix  uint32    // the last four bytes read
	flushed bool      // zlib: only a message whose last bytes are a flush is complete
	inside  bool      // a message has begun
	err     error     // why reading ended
}

// plain reads messages that need no state: text, binary text, and zlib
// payloads.
func (s *source) plain() error {
	for {
		kind, frame, err := s.ws.NextReader()
		if err != nil {
			return err
		}
		if err := s.whole(kind, frame); err != nil {
			return err
		}
	}
}

// whole reads one websocket message that does not belong to a stream.
func (s *source) whole(kind int, frame io.Reader) error {
	if err := s.out.readFrom(frame); err != nil {
		return err
	}
	b, size := s.out.take()
	if kind == websocket.BinaryMessage && isZlib(b.data) && size == len(b.data) {
		packed := b
		err := s.inflatePayload(packed.data)
		packed.free()
		if err != nil {
			return err
		}
		if b, size = s.out.take(); b == nil {
			return nil
		}
	}
	return s.take(b, size)
}

// isZlib tells a zlib header (RFC 1950) from the beginning of JSON.
func isZlib(msg []byte) bool {
	return len(msg) >= 2 && msg[0]&0x0f == 8 && msg[0]>>4 <= 7 && (uint(msg[0])<<8|uint(msg[1]))%31 == 0
}

// inflaters are for zlib payloads, which come seldom: a connection keeps none.
var inflaters sync.Pool

func (s *source) inflatePayload(packed []byte) error {
	z, _ := inflaters.Get().(io.ReadCloser)
	var err error
	if z == nil {
		z, err = zlib.NewReader(bytes.NewReader(packed))
	} else {
		err = z.(zlib.Resetter).Reset(bytes.NewReader(packed), nil)
	}
	if err != nil {
		return fmt.Errorf("zlib payload: %w: %w", errCorrupt, err)
	}
	err = s.out.readFrom(z)
	inflaters.Put(z)
	if err != nil && !errors.Is(err, errEndless) {
		return fmt.Errorf("zlib payload: %w: %w", errCorrupt, err)
	}
	return err
}

// inflate reads a zlib-stream. Its header is read here and its body by flate:
// the checksum that zlib would compute stands at the end of a stream that has
// none.
func (s *source) inflate() error {
	s.flushed = true
	in := bufio.NewReaderSize(s, 512)
	header, err := in.Peek(2)
	if err != nil {
		return err
	}
	if !isZlib(header) {
		return fmt.Errorf("no zlib header but %#x", header)
	}
	if header[1]&0x20 != 0 {
		return errors.New("it needs a preset dictionary")
	}
	if _, err := in.Discard(2); err != nil {
		return err
	}
	_, err = flate.NewReader(in).(io.WriterTo).WriteTo(&s.out)
	return err
}

// maxZstdWindow is what the reference decoder accepts unless told otherwise.
const maxZstdWindow = 128 << 20

// unzstd reads a zstd-stream, each of whose messages is one websocket message.
func (s *source) unzstd() error {
	z, err := zstd.NewReader(s, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow))
	if err != nil {
		return err
	}
	defer z.Close()
	_, err = z.WriteTo(&s.out)
	return err
}

// Read gives the decompressor what the next frames hold. When it is called all
// output of what was read before has been written.
func (s *source) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.read(p)
	s.err = err
	return n, err
}

func (s *source) read(p []byte) (int, error) {
	for {
		if s.frame == nil {
			if err := s.next(); err != nil {
				return 0, err
			}
		}
		n, err := s.frame.Read(p)
		if n > 0 {
			if !s.inside && p[0] == '{' {
				// Not compressed at all. Neither format can go on with this byte:
				// in both it would announce the last block of the stream.
				frame := io.MultiReader(bytes.NewReader(bytes.Clone(p[:n])), s.frame)
				s.frame = nil
				if err := s.whole(websocket.TextMessage, frame); err != nil {
					return 0, err
				}
				continue
			}
			s.inside = true
			s.note(p[:n])
			return n, nil
		}
		if err == nil {
			continue
		}
		if err != io.EOF {
			return 0, err
		}
		s.frame = nil
		if err := s.deliver(); err != nil {
			return 0, err
		}
	}
}

// next waits for a frame of the stream. Text never belongs to it.
func (s *source) next() error {
	for {
		kind, frame, err := s.ws.NextReader()
		if err != nil {
			return err
		}
		if kind == websocket.BinaryMessage {
			s.frame = frame
			return nil
		}
		if s.inside {
			return fmt.Errorf("%w: a text message in the middle of a compressed one", errCorrupt)
		}
		if err := s.whole(kind, frame); err != nil {
			return err
		}
	}
}

// deliver hands over the message that a frame may have completed.
func (s *source) deliver() error {
	const syncFlush = 0x0000ffff
	if s.flushed && s.suffix != syncFlush {
		return nil // one message over several frames
	}
	s.inside = false
	b, size := s.out.take()
	if b == nil {
		return nil
	}
	return s.take(b, size)
}

// note remembers the last bytes.
func (s *source) note(p []byte) {
	for _, c := range p[max(0, len(p)-4):] {
		s.suffix = s.suffix<<8 | uint32(c)
	}
}
