package admin

import (
	"net/http"
	"time"
)

// REST is what the host's client of Discord's REST API is doing: the answer of
// /v1/rest.
type REST struct {
	FormatVersion int            `json:"format_version"` // filled in by the server
	Requests      uint64         `json:"requests"`       // sent since the host started, repeats included
	RateLimited   uint64         `json:"rate_limited"`   // of those, answered with 429
	Repeats       uint64         `json:"repeats"`        // of those, sent again after a 429, a 5xx or no answer
	Failed        uint64         `json:"failed"`         // of those, answered with a 5xx or not at all
	P50           float64        `json:"p50_ms"`         // of one request, until it was answered
	P99           float64        `json:"p99_ms"`
	Calls         []Calls        `json:"calls"`    // that plugins wait for, by plugin
	Buckets       int            `json:"buckets"`  // limits that are known
	Tightest      []Bucket       `json:"tightest"` // limits in use, those that hold somebody back first
	Paused        time.Time      `json:"paused,omitzero"`
	Invalid       map[string]int `json:"invalid"`     // 401, 403 and 429 of the last ten minutes by plugin; "" is the host
	InvalidMax    int            `json:"invalid_max"` // at so many Discord bans the address
}

// Calls are those of one plugin that are committed and have no answer yet.
type Calls struct {
	Plugin  string    `json:"plugin"`
	Waiting int       `json:"waiting"`
	Oldest  time.Time `json:"oldest"` // when the first of them was asked for
}

// Bucket is one of Discord's limits.
type Bucket struct {
	Route     string    `json:"route"`
	Limit     int       `json:"limit"` // requests in a window; 0: not known, or none
	Remaining int       `json:"remaining"`
	Reset     time.Time `json:"reset,omitzero"`
	Inflight  int       `json:"inflight"`
	Waiting   int       `json:"waiting"`
}

func (s *Server) rest(w http.ResponseWriter, _ *http.Request) {
	st := s.backend.REST()
	st.FormatVersion = FormatVersion
	if st.Tightest == nil {
		st.Tightest = []Bucket{}
	}
	if st.Calls == nil {
		st.Calls = []Calls{}
	}
	if st.Invalid == nil {
		st.Invalid = map[string]int{}
	}
	writeJSON(w, http.StatusOK, st)
}
