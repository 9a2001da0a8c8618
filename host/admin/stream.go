package admin

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// A stream writes Server-Sent Events.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
type stream struct {
	w   http.ResponseWriter
	out *http.ResponseController
}

func newStream(w http.ResponseWriter) *stream {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	return &stream{w, http.NewResponseController(w)}
}

// send writes one event; doc is JSON on one line.
func (s *stream) send(event string, doc []byte) error {
	_, err := fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", event, doc)
	return err
}

// comment shows both ends that the other is there.
func (s *stream) comment() error {
	_, err := io.WriteString(s.w, ": still here\n\n")
	return err
}

// forward sends what next brings, as events of one name, until ctx ends or the
// client is gone; when it is not to follow, until nothing waits.
func (s *stream) forward(ctx context.Context, event string, follow bool, waiting func() int, next func(context.Context) (any, error)) {
	var err error
	for err == nil {
		if waiting() == 0 {
			if err = s.flush(); err != nil || !follow {
				return
			}
		}
		patience, cancel := context.WithTimeout(ctx, keepAlive)
		item, nothing := next(patience)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case nothing != nil:
			err = s.comment()
		default:
			var doc []byte
			if doc, err = json.Marshal(item); err == nil {
				err = s.send(event, doc)
			}
		}
	}
}

func (s *stream) flush() error { return s.out.Flush() }

// ErrStreamEnded says that the host has ended a stream: it has stopped.
var ErrStreamEnded = errors.New("the host has stopped")

// stream makes a request whose answer has no end of its own.
func (c *Client) stream(ctx context.Context, path string) (io.ReadCloser, error) {
	resp, err := c.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < 300 {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("admin: the host at %s broke off its answer: %w", c.addr, err)
	}
	return nil, c.refusal(resp.StatusCode, answer)
}

// eachSent calls f for the data of each Server-Sent Event. It returns what f
// does, the cause where ctx has ended, or ErrStreamEnded.
func eachSent[T any](ctx context.Context, c *Client, path string, f func(T) error) error {
	body, err := c.stream(ctx, path)
	if err != nil {
		return err
	}
	defer body.Close()
	lines := bufio.NewReaderSize(body, 64<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return fmt.Errorf("admin: the stream of the host at %s ended: %w", c.addr, ErrStreamEnded)
		}
		doc, is := bytes.CutPrefix(line, []byte("data: "))
		if !is {
			continue
		}
		var v T
		if err := json.Unmarshal(doc, &v); err != nil {
			return fmt.Errorf("admin: what listens at %s does not answer as a host of this version does: %w", c.addr, err)
		}
		if err := f(v); err != nil {
			return err
		}
	}
}
