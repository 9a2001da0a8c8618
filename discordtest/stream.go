package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
)

// stream tells those who watch what happens: messages, interactions, sessions.
type stream struct {
	mu       sync.Mutex
	watchers map[chan note]struct{}
}

type note struct {
	name string
	data json.RawMessage
}

// watchQueue is how far a watcher may lag behind before it is let go.
const watchQueue = 1024

func newStream() *stream { return &stream{watchers: make(map[chan note]struct{})} }

// send tells all watchers something.
func (s *stream) send(name string, v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.watchers) == 0 {
		return
	}
	n := note{name, encode(v)}
	for w := range s.watchers {
		select {
		case w <- n:
		default:
			delete(s.watchers, w)
			close(w)
		}
	}
}

func (s *stream) watch() chan note {
	w := make(chan note, watchQueue)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers[w] = struct{}{}
	return w
}

func (s *stream) leave(w chan note) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.watchers, w)
}

// watch is GET /sim/stream: server-sent events named sessions (all of them,
// once), then session, message, delete, typing (the bot's) and interaction as
// they come.
func (s *Server) watch(w http.ResponseWriter, r *http.Request) {
	flusher := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	notes := s.stream.watch()
	defer s.stream.leave(notes)
	_, _ = fmt.Fprintf(w, "event: sessions\ndata: %s\n\n", encode(s.Sessions()))
	for {
		if flusher.Flush() != nil {
			return
		}
		select {
		case n, open := <-notes:
			if !open {
				return
			}
			if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", n.name, n.data); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-s.done:
			return
		}
	}
}
