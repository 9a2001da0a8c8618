package admin

import (
	"context"
	"net/http"
	"time"
)

// A Probation is the time in which a plugin's new generation can go back: by
// itself when it fails too often, or by a rollback.
type Probation struct {
	Until    time.Time `json:"until,omitzero"`
	Newest   uint64    `json:"newest"`                 // the new generation
	Failures int       `json:"failures"`               // of it so far
	Kept     uint64    `json:"kept"`                   // the generation that would run again
	Canary   int       `json:"canary_lanes,omitempty"` // only so many lanes are on the new generation yet; 0: all
}

// A Rollback is what became of a generation that had to go back.
type Rollback struct {
	Plugin     string    `json:"plugin"`
	Generation uint64    `json:"generation"` // that was given up
	SHA256     string    `json:"sha256"`     // of its module
	To         uint64    `json:"to"`         // the generation that runs again
	At         time.Time `json:"at"`
	Reason     string    `json:"reason"`
	PauseMS    float64   `json:"pause_ms"` // longest time that a lane stood still
}

// RollbackRequest asks the host to put the generation of a plugin back that ran
// before the last swap.
type RollbackRequest struct {
	Plugin string `json:"plugin"`
}

func (s *Server) rollback(w http.ResponseWriter, r *http.Request) {
	req, err := readRequest[RollbackRequest](http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil || req.Plugin == "" {
		writeError(w, &Error{Code: CodeBadRequest, Message: `the rollback request cannot be read: it is {"plugin": "NAME"}`})
		return
	}
	done, err := s.backend.Rollback(r.Context(), req)
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, struct {
		FormatVersion int `json:"format_version"`
		Rollback
	}{FormatVersion, done})
}

// Rollback has the host put a plugin's earlier generation back.
func (c *Client) Rollback(ctx context.Context, plugin string) (Rollback, error) {
	var done Rollback
	err := c.call(ctx, http.MethodPost, "/v1/rollback", RollbackRequest{plugin}, &done)
	return done, err
}
