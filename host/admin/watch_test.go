package admin

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/recording"
)

// fakeFrames is a source that a test fills.
type fakeFrames struct {
	frames chan WatchedFrame
	closed chan struct{}
	asked  WatchRequest
}

func (f *fakeFrames) Watch(req WatchRequest) (FrameSource, error) {
	if len(req.Plugins) > 0 && req.Plugins[0] == "nobody" {
		return nil, &Error{Code: CodeNotFound, Message: `no plugin "nobody" runs here`}
	}
	f.asked = req
	return f, nil
}

func (f *fakeFrames) Next(ctx context.Context) (WatchedFrame, error) {
	select {
	case <-ctx.Done():
		return WatchedFrame{}, ctx.Err()
	case w := <-f.frames:
		return w, nil
	}
}

func (f *fakeFrames) Waiting() int     { return len(f.frames) }
func (f *fakeFrames) Masked() []string { return []string{"content"} }
func (f *fakeFrames) Close()           { close(f.closed) }

func newFrames() *fakeFrames {
	f := &fakeFrames{frames: make(chan WatchedFrame, 8), closed: make(chan struct{})}
	for i, plugin := range []string{"a", "b", "b"} {
		f.frames <- WatchedFrame{Plugin: plugin, Dropped: uint64(i), Frame: abi.Frame{Kind: abi.KindEvent, Tag: uint64(i), Name: []byte("X"), Body: []byte("{}")}}
	}
	return f
}

func TestRecord(t *testing.T) {
	frames := newFrames()
	c := Dial(start(t, socket(t), &fakeHost{Watching: frames}).Addr())
	ctx, cancel := context.WithCancel(t.Context())
	stream, err := c.Record(ctx, WatchRequest{Plugins: []string{"a", "b"}, Events: []string{"X*"}, Raw: true})
	if err != nil {
		t.Fatal(err)
	}
	r := recording.NewReader(stream)
	for i, want := range []struct {
		plugin  string
		dropped uint64
	}{{"a", 0}, {"b", 1}, {"b", 3}} {
		f, err := r.Next()
		h := r.Header()
		if err != nil || f.Tag != uint64(i) || h.Plugin != want.plugin || h.Dropped != want.dropped || h.Redacted[0] != "content" {
			t.Errorf("frame %d: %+v of %+v, %v", i, f, h, err)
		}
	}
	if a := frames.asked; len(a.Plugins) != 2 || a.Events[0] != "X*" || !a.Raw {
		t.Errorf("asked for %+v", a)
	}
	cancel()
	if _, err := r.Next(); err == nil {
		t.Error("it goes on after the client has ended it")
	}
	stream.Close()
	<-frames.closed
	var refused *Error
	if _, err := c.Record(t.Context(), WatchRequest{Plugins: []string{"nobody"}}); !errors.As(err, &refused) || refused.Code != CodeNotFound {
		t.Errorf("a plugin that is not there: %v", err)
	}
}

func TestTail(t *testing.T) {
	frames := newFrames()
	s := start(t, socket(t), &fakeHost{Watching: frames})
	var lines []TailLine
	err := Dial(s.Addr()).Tail(t.Context(), WatchRequest{}, func(l TailLine) error {
		if lines = append(lines, l); len(lines) == 3 {
			return io.EOF
		}
		return nil
	})
	if !errors.Is(err, io.EOF) || lines[0].Plugin != "a" || lines[0].Event != "X" || lines[2].Dropped != 2 {
		t.Errorf("%+v, %v", lines, err)
	}
	<-frames.closed
	if err := Dial(s.Addr()).Tail(t.Context(), WatchRequest{Plugins: []string{"nobody"}}, nil); err == nil {
		t.Error("a plugin that is not there has frames")
	}
}

// A stream ends with the host, and the client says so.
func TestStreamEndsWithTheHost(t *testing.T) {
	frames := newFrames()
	s, err := New(Options{Listen: socket(t)}, &fakeHost{Watching: frames})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	n := 0
	err = Dial(s.Addr()).Tail(t.Context(), WatchRequest{}, func(TailLine) error {
		if n++; n == 3 {
			go s.Close()
		}
		return nil
	})
	if !errors.Is(err, ErrStreamEnded) {
		t.Errorf("the stream ended with %v", err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	<-frames.closed
}
