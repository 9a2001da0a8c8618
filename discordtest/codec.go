package discordtest

import (
	"bytes"
	"fmt"
	"math/rand/v2"

	"github.com/gorilla/websocket"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// codec turns payloads into websocket messages. One belongs to one connection
// and is used by its writer only.
type codec interface {
	// encode returns the messages that carry a payload, in order. They are
	// valid until the next call.
	encode(payload []byte) (kind int, messages [][]byte, err error)
	close()
}

// newCodec makes the codec for a value of the query parameter compress.
func newCodec(compress string, split bool, rng *rand.Rand) (codec, error) {
	switch compress {
	case "":
		return &plainCodec{}, nil
	case "zlib-stream":
		c := &zlibCodec{}
		// The fastest level: a thousand connections have a context each.
		w, err := zlib.NewWriterLevel(&c.out, zlib.BestSpeed)
		if err != nil {
			return nil, err
		}
		c.writer = w
		if split {
			c.rng = rng
		}
		return c, nil
	case "zstd-stream":
		c := &zstdCodec{}
		w, err := zstd.NewWriter(&c.out, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(256<<10))
		if err != nil {
			return nil, err
		}
		c.writer = w
		return c, nil
	}
	return nil, fmt.Errorf("compress=%s is not known: zlib-stream, zstd-stream, or none", compress)
}

// plainCodec sends text, and after an IDENTIFY with compress: true some
// payloads as zlib, each by itself.
type plainCodec struct {
	payloads bool
	out      bytes.Buffer
	writer   *zlib.Writer
	one      [1][]byte
}

// payloadMinimum is the size from which payload compression compresses: as on
// Discord, some messages are compressed and some are not.
const payloadMinimum = 512

func (c *plainCodec) encode(payload []byte) (int, [][]byte, error) {
	c.one[0] = payload
	if !c.payloads || len(payload) < payloadMinimum {
		return websocket.TextMessage, c.one[:], nil
	}
	c.out.Reset()
	if c.writer == nil {
		c.writer = zlib.NewWriter(&c.out)
	} else {
		c.writer.Reset(&c.out)
	}
	if _, err := c.writer.Write(payload); err != nil {
		return 0, nil, err
	}
	if err := c.writer.Close(); err != nil {
		return 0, nil, err
	}
	c.one[0] = c.out.Bytes()
	return websocket.BinaryMessage, c.one[:], nil
}

func (c *plainCodec) close() {}

// zlibCodec is one zlib context for the whole connection; each payload ends
// with a sync flush, 00 00 FF FF.
type zlibCodec struct {
	out      bytes.Buffer
	writer   *zlib.Writer
	rng      *rand.Rand // nil: one message a payload
	messages [][]byte
}

func (c *zlibCodec) encode(payload []byte) (int, [][]byte, error) {
	c.out.Reset()
	if _, err := c.writer.Write(payload); err != nil {
		return 0, nil, err
	}
	if err := c.writer.Flush(); err != nil {
		return 0, nil, err
	}
	c.messages = c.split(c.messages[:0], c.out.Bytes())
	return websocket.BinaryMessage, c.messages, nil
}

// split cuts a payload into one to three messages, every other time within
// the suffix.
func (c *zlibCodec) split(to [][]byte, data []byte) [][]byte {
	if c.rng == nil || len(data) < 8 {
		return append(to, data)
	}
	if c.rng.IntN(2) == 0 {
		cut := len(data) - 1 - c.rng.IntN(4)
		data, to = data[:cut:cut], append(to, data[cut:])
	}
	if c.rng.IntN(2) == 0 && len(data) > 1 {
		cut := 1 + c.rng.IntN(len(data)-1)
		data, to = data[:cut:cut], append(to, data[cut:])
	}
	to = append(to, data)
	for i, j := 0, len(to)-1; i < j; i, j = i+1, j-1 {
		to[i], to[j] = to[j], to[i]
	}
	return to
}

func (c *zlibCodec) close() {}

// zstdCodec is one zstd frame for the whole connection; each message is
// exactly one payload.
type zstdCodec struct {
	out    bytes.Buffer
	writer *zstd.Encoder
	one    [1][]byte
}

func (c *zstdCodec) encode(payload []byte) (int, [][]byte, error) {
	c.out.Reset()
	if _, err := c.writer.Write(payload); err != nil {
		return 0, nil, err
	}
	if err := c.writer.Flush(); err != nil {
		return 0, nil, err
	}
	c.one[0] = c.out.Bytes()
	return websocket.BinaryMessage, c.one[:], nil
}

// close writes the end of the frame to nowhere, which frees the encoder.
func (c *zstdCodec) close() { _ = c.writer.Close() }
