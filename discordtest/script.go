package discordtest

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Script gives the next REST requests that match it another answer than
// theirs: an error, garbage, a slow one, a broken connection. What a scripted
// request asks for is not done.
type Script struct {
	Method string            // "": every method
	Path   string            // without /api and version, e.g. /channels/*/messages; "": every path
	Times  int               // requests to answer; default 1
	Status int               // default 500; 0 with Abort
	Body   string            // sent as it is; default: Discord's error shape for the status
	Header map[string]string // beside Content-Type: application/json
	Delay  time.Duration     // before the answer; with neither Status nor Body the real answer follows it
	Abort  bool              // break the connection instead
}

// aborted is the status of an answer that never comes.
const aborted = 0

// script is the answers that wait for their requests.
type script struct {
	mu      sync.Mutex
	waiting []Script
}

// check completes a script, or says what is wrong with it.
func (s Script) check() (Script, error) {
	switch {
	case s.Times < 0:
		return s, fmt.Errorf("times %d cannot be negative", s.Times)
	case s.Status != 0 && (s.Status < 200 || s.Status > 599):
		return s, fmt.Errorf("status %d is none: 200 to 599", s.Status)
	case s.Delay < 0:
		return s, fmt.Errorf("delay %s cannot be negative", s.Delay)
	}
	if _, err := path.Match(s.Path, "/"); err != nil {
		return s, fmt.Errorf("path %q is no pattern: %w", s.Path, err)
	}
	s.Method = strings.ToUpper(s.Method)
	s.Times = max(s.Times, 1)
	if s.Status == 0 && (s.Body != "" || s.Delay == 0) && !s.Abort {
		s.Status = http.StatusInternalServerError
		if s.Body != "" {
			s.Status = http.StatusOK
		}
	}
	return s, nil
}

// take finds the script for a request.
func (s *script) take(method, p string) (Script, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.waiting {
		w := s.waiting[i]
		if w.Method != "" && w.Method != method {
			continue
		}
		if match, _ := path.Match(w.Path, p); w.Path != "" && !match {
			continue
		}
		if s.waiting[i].Times--; s.waiting[i].Times <= 0 {
			s.waiting = slices.Delete(s.waiting, i, i+1)
		}
		return w, true
	}
	return Script{}, false
}

// scripted answers a request out of a script, if there is one for it.
func (r *rest) scripted(header http.Header, q *http.Request, p string) (answer, bool) {
	s, found := r.script.take(q.Method, p)
	if !found {
		return answer{}, false
	}
	if s.Delay > 0 {
		if r.server.wait(q.Context(), s.Delay) != nil {
			return answer{status: aborted}, true
		}
	}
	if s.Abort {
		return answer{status: aborted}, true
	}
	if s.Status == 0 {
		return answer{}, false // only late
	}
	header.Set("Content-Type", "application/json")
	for key, value := range s.Header {
		header.Set(key, value)
	}
	if s.Body != "" || s.Status == http.StatusNoContent {
		return answer{s.Status, rawBody(s.Body)}, true
	}
	return answer{s.Status, rawBody(encode(errorJSON{Message: fmt.Sprintf("%d: %s", s.Status, http.StatusText(s.Status))}))}, true
}

// Script makes the next matching REST requests get another answer.
func (s *Server) Script(next Script) error {
	next, err := next.check()
	if err != nil {
		return fmt.Errorf("discordtest: %w", err)
	}
	s.rest.script.mu.Lock()
	defer s.rest.script.mu.Unlock()
	s.rest.script.waiting = append(s.rest.script.waiting, next)
	return nil
}
