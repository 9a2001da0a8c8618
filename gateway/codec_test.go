package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// A frame is a websocket message.
type frame struct {
	kind int
	data []byte
}

// film is a connection whose frames are known beforehand. After the last one
// it ends with io.ErrClosedPipe.
type film struct {
	frames []frame
	next   int
	before func(i int) // frame i is asked for
}

func (f *film) NextReader() (int, io.Reader, error) {
	if f.before != nil {
		f.before(f.next)
	}
	if f.next == len(f.frames) {
		return 0, nil, io.ErrClosedPipe
	}
	f.next++
	return f.frames[f.next-1].kind, bytes.NewReader(f.frames[f.next-1].data), nil
}

func packedFrame(data []byte) frame { return frame{websocket.BinaryMessage, data} }
func plainFrame(data string) frame  { return frame{websocket.TextMessage, []byte(data)} }

// project reads all messages of a film.
func project(f *film, compress string, limit int) (messages []string, sizes []int, err error) {
	err = readMessages(f, compress, limit, func(b *buffer, size int) error {
		messages = append(messages, string(b.data))
		sizes = append(sizes, size)
		b.free()
		return nil
	})
	return messages, sizes, err
}

// An encoder makes the stream of a service.
type encoder struct {
	out bytes.Buffer
	w   interface {
		io.Writer
		Flush() error
	}
}

func newEncoder(t testing.TB, compress string) *encoder {
	t.Helper()
	e := new(encoder)
	switch compress {
	case CompressZlib:
		e.w = zlib.NewWriter(&e.out)
	case CompressZstd:
		w, err := zstd.NewWriter(&e.out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10))
		if err != nil {
			t.Fatal(err)
		}
		e.w = w
	}
	return e
}

func (e *encoder) message(msg string) []byte {
	io.WriteString(e.w, msg)
	e.w.Flush()
	packed := bytes.Clone(e.out.Bytes())
	e.out.Reset()
	return packed
}

func TestCapturedStreams(t *testing.T) {
	for _, compress := range []string{CompressZlib, CompressZstd} {
		t.Run(compress, func(t *testing.T) {
			packed, err := os.ReadFile("testdata/streams/hello." + compress + ".bin")
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile("testdata/streams/hello." + compress + ".json")
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := project(&film{frames: []frame{packedFrame(packed)}}, compress, DefaultMaxMessage)
			if err != io.ErrClosedPipe || len(got) != 1 || got[0] != strings.TrimSpace(string(want)) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// Each message is delivered before the next frame is asked for, also when it
// ends on the edge of the 32 KiB window.
func TestStreamsDeliverAtOnce(t *testing.T) {
	for _, compress := range []string{CompressNone, CompressZlib, CompressZstd} {
		t.Run(compress, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			e := newEncoder(t, compress)
			var want []string
			var frames []frame
			total := 0
			add := func(size int) {
				msg := `{"d":"` + words(random, size-8) + `"}`
				want = append(want, msg)
				total += len(msg)
				if compress == CompressNone {
					frames = append(frames, plainFrame(msg))
				} else {
					frames = append(frames, packedFrame(e.message(msg)))
				}
			}
			for range 20 {
				add(10 + random.IntN(3000))
				add(10 + random.IntN(100_000))
				if rest := 32768 - total%32768; rest > 20 {
					add(rest) // up to the edge exactly
				}
			}
			delivered := 0
			f := &film{frames: frames, before: func(i int) {
				if delivered != i {
					t.Fatalf("frame %d is asked for when %d messages are delivered", i, delivered)
				}
			}}
			err := readMessages(f, compress, DefaultMaxMessage, func(b *buffer, size int) error {
				if string(b.data) != want[delivered] || size != len(b.data) {
					t.Fatalf("message %d differs", delivered)
				}
				delivered++
				b.free()
				return nil
			})
			if err != io.ErrClosedPipe || delivered != len(want) {
				t.Errorf("%d of %d messages, %v", delivered, len(want), err)
			}
		})
	}
}

// words is text that compresses about as well as a payload.
func words(random *rand.Rand, size int) string {
	var b strings.Builder
	for b.Len() < size {
		fmt.Fprintf(&b, "word%d ", random.IntN(300))
	}
	return b.String()[:max(0, size)]
}

// A zlib-stream message may come in several frames, cut anywhere.
func TestSplitFrames(t *testing.T) {
	want := []string{`{"op":10,"d":{"heartbeat_interval":41250}}`, `{"op":11}`}
	e := newEncoder(t, CompressZlib)
	first, second := e.message(want[0]), e.message(want[1])
	for cut := 1; cut < len(first); cut++ {
		got, _, err := project(&film{frames: []frame{packedFrame(first[:cut]), packedFrame(first[cut:]), packedFrame(second)}}, CompressZlib, 1000)
		if err != io.ErrClosedPipe || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("cut at %d: %q, %v", cut, got, err)
		}
	}
	var single []frame
	for _, c := range append(bytes.Clone(first), second...) {
		single = append(single, packedFrame([]byte{c}))
	}
	if got, _, err := project(&film{frames: single}, CompressZlib, 1000); err != io.ErrClosedPipe || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("byte by byte: %q, %v", got, err)
	}
}

// What is not compressed passes beside the stream.
func TestPlainBesideStream(t *testing.T) {
	for _, compress := range []string{CompressNone, CompressPayload, CompressZlib, CompressZstd} {
		t.Run(compress, func(t *testing.T) {
			packed := func(msg string) frame { return plainFrame(msg) }
			switch compress {
			case CompressPayload:
				packed = func(msg string) frame {
					var b bytes.Buffer
					w := zlib.NewWriter(&b)
					io.WriteString(w, msg)
					w.Close()
					return packedFrame(b.Bytes())
				}
			case CompressZlib, CompressZstd:
				e := newEncoder(t, compress)
				packed = func(msg string) frame { return packedFrame(e.message(msg)) }
			}
			long := `{"x":"` + strings.Repeat("long ", 5000) + `"}`
			frames := []frame{plainFrame(`{"a":1}`), packed(`{"b":2}`), packedFrame([]byte(`{"c":3}`)), plainFrame(long), packed(`{"d":4}`), packedFrame([]byte(long)), packedFrame(nil), packed(`{"e":5}`)}
			got, _, err := project(&film{frames: frames}, compress, DefaultMaxMessage)
			want := []string{`{"a":1}`, `{"b":2}`, `{"c":3}`, long, `{"d":4}`, long, `{"e":5}`}
			if compress == CompressNone || compress == CompressPayload {
				want = append(want[:6:6], "", `{"e":5}`) // an empty message is for the parser to refuse
			}
			if err != io.ErrClosedPipe || fmt.Sprintf("%.20q", got) != fmt.Sprintf("%.20q", want) {
				t.Errorf("got %.20q, %v", got, err)
			}
		})
	}
}

func TestCorruptStreams(t *testing.T) {
	e := newEncoder(t, CompressZlib)
	z := e.message(`{"op":10,"d":{"heartbeat_interval":41250}}`)
	damaged := bytes.Clone(z)
	damaged[2] = 0x07 // a block of type 3
	finished := new(bytes.Buffer)
	w := zlib.NewWriter(finished)
	io.WriteString(w, `{"op":11}`)
	w.Close()
	for _, test := range []struct {
		name, compress string
		frames         []frame
	}{
		{"no zlib", CompressZlib, []frame{packedFrame([]byte("hello there, this is no zlib"))}},
		{"dictionary", CompressZlib, []frame{packedFrame([]byte{0x78, 0xbb, 1, 2, 3, 4})}},
		{"damaged zlib", CompressZlib, []frame{packedFrame(damaged)}},
		{"zlib that ends", CompressZlib, []frame{packedFrame(finished.Bytes()), packedFrame(z)}},
		{"text inside", CompressZlib, []frame{packedFrame(z[:5]), plainFrame("{}")}},
		{"no zstd", CompressZstd, []frame{packedFrame([]byte("hello there, this is no zstd"))}},
		{"zlib for zstd", CompressZstd, []frame{packedFrame(z)}},
		{"damaged payload", CompressPayload, []frame{packedFrame(damaged)}},
		{"cut payload", CompressPayload, []frame{packedFrame(finished.Bytes()[:12])}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := project(&film{frames: test.frames}, test.compress, 1<<20)
			if !errors.Is(err, errCorrupt) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestMessagesTooLarge(t *testing.T) {
	const limit = 10_000
	large := `{"t":"GUILD_CREATE","s":5,"op":0,"d":"` + strings.Repeat("x", limit) + `"}`
	for _, compress := range []string{CompressNone, CompressZlib, CompressZstd} {
		t.Run(compress, func(t *testing.T) {
			pack := func(msg string) frame { return plainFrame(msg) }
			if compress != CompressNone {
				e := newEncoder(t, compress)
				pack = func(msg string) frame { return packedFrame(e.message(msg)) }
			}
			got, sizes, err := project(&film{frames: []frame{pack(`{"a":1}`), pack(large), pack(`{"b":2}`)}}, compress, limit)
			if err != io.ErrClosedPipe || len(got) != 3 {
				t.Fatalf("%d messages, %v", len(got), err)
			}
			if got[1] != large[:keptHead] || sizes[1] != len(large) || got[2] != `{"b":2}` {
				t.Errorf("kept %d bytes of %d", len(got[1]), sizes[1])
			}
			_, _, err = project(&film{frames: []frame{pack(strings.Repeat(large, 20))}}, compress, limit)
			if compress == CompressNone && !errors.Is(err, errEndless) {
				t.Errorf("a message without end: %v", err)
			}
		})
	}
	for _, compress := range []string{CompressZlib, CompressZstd} {
		t.Run(compress+" bomb", func(t *testing.T) {
			e := newEncoder(t, compress)
			_, _, err := project(&film{frames: []frame{packedFrame(e.message(strings.Repeat("x", 100*limit)))}}, compress, limit)
			if !errors.Is(err, errEndless) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestTakeErrorEndsReading(t *testing.T) {
	stop := errors.New("stop")
	for _, compress := range []string{CompressNone, CompressZlib, CompressZstd} {
		f := &film{frames: []frame{plainFrame("{}")}}
		if compress != CompressNone {
			f.frames[0] = packedFrame(newEncoder(t, compress).message("{}"))
		}
		err := readMessages(f, compress, 1000, func(b *buffer, _ int) error { b.free(); return stop })
		if err != stop {
			t.Errorf("%s: %v", compress, err)
		}
	}
}

// FuzzStream gives the codecs damaged streams: they may fail, with an error,
// but neither crash nor deliver more than the limit.
func FuzzStream(f *testing.F) {
	for i, compress := range []string{CompressPayload, CompressZlib, CompressZstd} {
		var stream []byte
		if compress == CompressPayload {
			var b bytes.Buffer
			w := zlib.NewWriter(&b)
			io.WriteString(w, `{"op":11}`)
			w.Close()
			stream = b.Bytes()
		} else {
			e := newEncoder(f, compress)
			stream = append(e.message(`{"t":"X","s":1,"op":0,"d":{}}`), e.message(`{"op":11}`)...)
		}
		f.Add(byte(i), byte(20), stream)
		f.Add(byte(i), byte(255), stream)
	}
	f.Fuzz(func(t *testing.T, codec, chunk byte, stream []byte) {
		compress := []string{CompressPayload, CompressZlib, CompressZstd}[codec%3]
		var frames []frame
		for len(stream) > 0 {
			n := min(len(stream), int(chunk)+1)
			frames = append(frames, packedFrame(stream[:n]))
			stream = stream[n:]
		}
		const limit = 4096
		messages, _, err := project(&film{frames: frames}, compress, limit)
		if err == nil {
			t.Fatal("reading ended without an error")
		}
		for _, m := range messages {
			if len(m) > limit {
				t.Fatalf("a message of %d bytes", len(m))
			}
		}
	})
}
