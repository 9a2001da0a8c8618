package admin

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/recording"
)

// Watching is the part of a Backend that lets clients see frames as plugins are
// given them.
type Watching interface {
	// Watch begins to watch. Whoever is slow misses frames; nobody waits for it.
	Watch(WatchRequest) (FrameSource, error)
}

// WatchRequest says which frames are wanted.
type WatchRequest struct {
	Plugins []string // only those that these are given; nil: all
	Events  []string // only events that one of these patterns matches; nil: every frame
	Raw     bool     // leave unmasked what is masked by default
}

// A FrameSource is frames that are watched.
type FrameSource interface {
	// Next waits for the next frame.
	Next(context.Context) (WatchedFrame, error)
	Waiting() int     // frames that Next would return at once
	Masked() []string // keys whose values are masked
	Close()
}

// WatchedFrame is a frame with the plugin that is given it.
type WatchedFrame struct {
	Plugin  string
	Frame   abi.Frame
	Dropped uint64 // frames before it that were left out
}

func (r *WatchRequest) query() url.Values {
	return url.Values{"plugin": r.Plugins, "event": r.Events, "raw": {strconv.FormatBool(r.Raw)}}
}

// watch opens what a request asks for.
func (s *Server) watch(r *http.Request) (FrameSource, error) {
	query := r.URL.Query()
	return s.backend.Watch(WatchRequest{Plugins: query["plugin"], Events: query["event"], Raw: query.Get("raw") == "true"})
}

// record streams frames in the format of recordings.
func (s *Server) record(w http.ResponseWriter, r *http.Request) {
	source, err := s.watch(r)
	if err != nil {
		writeError(w, err)
		return
	}
	defer source.Close()
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "no-store")
	header := recording.Header{FormatVersion: recording.FormatVersion, Host: s.backend.Status().Version, Redacted: source.Masked()}
	buf := header.Append(nil)
	plugin := ""
	for {
		if source.Waiting() == 0 || len(buf) > 64<<10 {
			if _, err := w.Write(buf); err != nil {
				return // the client is gone
			}
			buf = buf[:0]
			if http.NewResponseController(w).Flush() != nil {
				return
			}
		}
		f, err := source.Next(r.Context())
		if err != nil {
			return
		}
		if f.Plugin != plugin || f.Dropped > 0 {
			plugin = f.Plugin
			buf = (&recording.Header{Plugin: f.Plugin, Dropped: f.Dropped}).Append(buf)
		}
		buf = f.Frame.Append(buf)
	}
}

// TailLine is a frame as /v1/tail sends it.
type TailLine struct {
	Plugin  string `json:"plugin"`
	Dropped uint64 `json:"dropped,omitempty"` // frames before it that were left out
	recording.Line
}

// tail streams frames as Server-Sent Events named "frame".
func (s *Server) tail(w http.ResponseWriter, r *http.Request) {
	source, err := s.watch(r)
	if err != nil {
		writeError(w, err)
		return
	}
	defer source.Close()
	newStream(w).forward(r.Context(), "frame", true, source.Waiting, func(ctx context.Context) (any, error) {
		f, err := source.Next(ctx)
		if err != nil {
			return nil, err
		}
		return TailLine{Plugin: f.Plugin, Dropped: f.Dropped, Line: recording.NewLine(&f.Frame)}, nil
	})
}

// Record streams frames in the format of recordings until ctx ends or the host
// does. The caller closes the stream.
func (c *Client) Record(ctx context.Context, req WatchRequest) (io.ReadCloser, error) {
	return c.stream(ctx, "/v1/record?"+req.query().Encode())
}

// Tail calls f for each frame until ctx ends, f fails or the host ends.
func (c *Client) Tail(ctx context.Context, req WatchRequest, f func(TailLine) error) error {
	return eachSent(ctx, c, "/v1/tail?"+req.query().Encode(), f)
}
