package admin

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/shardhost/shardhost/host/recording"
)

// Letters is the part of a Backend that deals with frames that failed too often.
type Letters interface {
	// DeadLetters lists them, oldest first: those of one plugin or of all, the
	// newest limit of them.
	DeadLetters(ctx context.Context, plugin string, limit int) (DeadLetterList, error)

	// DeadLetter returns one with its frame; raw leaves unmasked what log.redact
	// names.
	DeadLetter(ctx context.Context, id string, raw bool) (DeadLetter, error)

	// ReplayDeadLetters delivers some to the generations that run now, one after
	// another, and waits for what becomes of each.
	ReplayDeadLetters(context.Context, DeadLetterRequest) (DeadLetterReport, error)

	// DropDeadLetters removes some for good.
	DropDeadLetters(context.Context, DeadLetterRequest) (DeadLetterReport, error)
}

// DeadLetter is a frame that failed too often.
type DeadLetter struct {
	ID         string    `json:"id"`
	Plugin     string    `json:"plugin"`
	What       string    `json:"what,omitempty"` // the event's name, or completion, timer
	Time       time.Time `json:"time,omitzero"`  // when it failed last
	Attempts   int       `json:"attempts"`
	Generation int       `json:"generation"` // that it failed in last
	Version    string    `json:"version,omitempty"`
	SHA256     string    `json:"sha256,omitempty"`
	Lane       int       `json:"lane"`
	Bytes      int       `json:"bytes"`             // of the frame
	Error      string    `json:"error,omitempty"`   // in a list: the beginning
	Damaged    string    `json:"damaged,omitempty"` // why the record cannot be read; then there is no more than the id and the plugin

	// Of one that was asked for by its id.
	Stack   string          `json:"stack,omitempty"`   // the guest's frames, innermost first, one a line
	Printed string          `json:"printed,omitempty"` // the last lines that it printed before it trapped
	Frame   *recording.Line `json:"frame,omitempty"`
}

// DeadLetterList is the answer of /v1/deadletters.
type DeadLetterList struct {
	FormatVersion int          `json:"format_version"` // filled in by the server
	Total         int          `json:"total"`          // with those that the limit left out
	Letters       []DeadLetter `json:"letters"`        // oldest first
}

// DeadLetterRequest names dead letters: by id, or all of one plugin or of every
// plugin.
type DeadLetterRequest struct {
	IDs    []string `json:"ids,omitempty"`
	All    bool     `json:"all,omitempty"`
	Plugin string   `json:"plugin,omitempty"` // with All: only this one's

	// KeepGoing delivers the others too when one has failed again.
	KeepGoing bool `json:"keep_going,omitempty"`
}

// What becomes of a dead letter.
const (
	LetterHandled = "handled" // its handler has succeeded: it is gone
	LetterFailed  = "failed"  // it failed again: it is where it was
	LetterDropped = "dropped" // it is gone
	LetterSkipped = "skipped" // it could not be tried, or one before it has failed: it is where it was
)

// DeadLetterReport says what became of dead letters.
type DeadLetterReport struct {
	FormatVersion int                 `json:"format_version"` // filled in by the server
	Letters       []DeadLetterOutcome `json:"letters"`
}

// DeadLetterOutcome is what became of one.
type DeadLetterOutcome struct {
	ID      string `json:"id"`
	Outcome string `json:"outcome"` // one of the Letter constants
	Error   string `json:"error,omitempty"`
}

// Count tells how many letters had an outcome.
func (r *DeadLetterReport) Count(outcome string) (n int) {
	for _, l := range r.Letters {
		if l.Outcome == outcome {
			n++
		}
	}
	return n
}

// Bounds of a list.
const (
	defaultLetters = 1000
	maxLetters     = 10000
)

func (s *Server) deadLetters(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	limit := defaultLetters
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxLetters {
			writeError(w, &Error{Code: CodeBadRequest, Message: "limit is a number from 1 to " + strconv.Itoa(maxLetters)})
			return
		}
		limit = n
	}
	list, err := s.backend.DeadLetters(r.Context(), query.Get("plugin"), limit)
	if err != nil {
		writeError(w, err)
		return
	}
	list.FormatVersion = FormatVersion
	if list.Letters == nil {
		list.Letters = []DeadLetter{}
	}
	writeJSON(w, http.StatusOK, list)
}

// letterAnswer is the answer of /v1/deadletter.
type letterAnswer struct {
	FormatVersion int `json:"format_version"`
	DeadLetter
}

func (s *Server) deadLetter(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	letter, err := s.backend.DeadLetter(r.Context(), query.Get("id"), query.Get("raw") == "true")
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, letterAnswer{FormatVersion, letter})
}

func (s *Server) replayLetters(w http.ResponseWriter, r *http.Request) {
	s.changeLetters(w, r, Letters.ReplayDeadLetters)
}

func (s *Server) dropLetters(w http.ResponseWriter, r *http.Request) {
	s.changeLetters(w, r, Letters.DropDeadLetters)
}

// changeLetters replays or drops.
func (s *Server) changeLetters(w http.ResponseWriter, r *http.Request, change func(Letters, context.Context, DeadLetterRequest) (DeadLetterReport, error)) {
	req, err := readRequest[DeadLetterRequest](http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil && (len(req.IDs) > 0) == req.All {
		err = &Error{Code: CodeBadRequest, Message: "name dead letters by ids, or take all"}
	}
	var report DeadLetterReport
	if err == nil {
		report, err = change(s.backend, r.Context(), req)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	report.FormatVersion = FormatVersion
	if report.Letters == nil {
		report.Letters = []DeadLetterOutcome{}
	}
	writeJSON(w, http.StatusOK, report)
}

// DeadLetters lists dead letters; limit 0 is the host's own.
func (c *Client) DeadLetters(ctx context.Context, plugin string, limit int) (DeadLetterList, error) {
	query := url.Values{}
	if plugin != "" {
		query.Set("plugin", plugin)
	}
	if limit != 0 {
		query.Set("limit", strconv.Itoa(limit))
	}
	var list DeadLetterList
	err := c.call(ctx, http.MethodGet, "/v1/deadletters?"+query.Encode(), nil, &list)
	return list, err
}

// DeadLetter returns one with its frame; raw leaves unmasked what log.redact
// names.
func (c *Client) DeadLetter(ctx context.Context, id string, raw bool) (DeadLetter, error) {
	query := url.Values{"id": {id}, "raw": {strconv.FormatBool(raw)}}
	var answer letterAnswer
	err := c.call(ctx, http.MethodGet, "/v1/deadletter?"+query.Encode(), nil, &answer)
	return answer.DeadLetter, err
}

// ReplayDeadLetters delivers dead letters again and waits for what becomes of
// each.
func (c *Client) ReplayDeadLetters(ctx context.Context, req DeadLetterRequest) (DeadLetterReport, error) {
	var report DeadLetterReport
	err := c.call(ctx, http.MethodPost, "/v1/deadletters/replay", req, &report)
	return report, err
}

// DropDeadLetters removes dead letters for good.
func (c *Client) DropDeadLetters(ctx context.Context, req DeadLetterRequest) (DeadLetterReport, error) {
	var report DeadLetterReport
	err := c.call(ctx, http.MethodPost, "/v1/deadletters/drop", req, &report)
	return report, err
}
