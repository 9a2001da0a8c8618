package admin

import (
	"context"
	"net/http"
)

// EnableRequest asks the host to run a plugin again that was disabled.
type EnableRequest struct {
	Plugin string `json:"plugin"`

	// AllowIdentify permits new sessions, where those that run lack an intent
	// that the plugin needs.
	AllowIdentify bool `json:"allow_identify,omitempty"`
}

// DisableRequest asks the host to stop a plugin until it is enabled again.
type DisableRequest struct {
	Plugin string `json:"plugin"`
}

// A Switched is what became of a plugin that was enabled or disabled.
type Switched struct {
	FormatVersion int    `json:"format_version"` // filled in by the server
	Plugin        string `json:"plugin"`
	Enabled       bool   `json:"enabled"`
	Changed       bool   `json:"changed"`              // false: it was so before
	Generation    uint64 `json:"generation,omitempty"` // that runs
	Identifies    int    `json:"identifies"`           // that it cost
}

func (s *Server) enable(w http.ResponseWriter, r *http.Request) {
	switched(w, r, s.backend.Enable, func(req EnableRequest) string { return req.Plugin })
}

func (s *Server) disable(w http.ResponseWriter, r *http.Request) {
	switched(w, r, s.backend.Disable, func(req DisableRequest) string { return req.Plugin })
}

// switched answers a request that enables or disables the plugin it names.
func switched[T any](w http.ResponseWriter, r *http.Request, do func(context.Context, T) (Switched, error), name func(T) string) {
	req, err := readRequest[T](http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil || name(req) == "" {
		writeError(w, &Error{Code: CodeBadRequest, Message: `the request cannot be read: it is {"plugin": "NAME"}`})
		return
	}
	done, err := do(r.Context(), req)
	if err != nil {
		writeError(w, err)
		return
	}
	done.FormatVersion = FormatVersion
	writeJSON(w, http.StatusOK, done)
}

// Enable has the host run a plugin again that was disabled.
func (c *Client) Enable(ctx context.Context, req EnableRequest) (Switched, error) {
	var done Switched
	err := c.call(ctx, http.MethodPost, "/v1/plugin/enable", req, &done)
	return done, err
}

// Disable has the host stop a plugin until it is enabled again.
func (c *Client) Disable(ctx context.Context, plugin string) (Switched, error) {
	var done Switched
	err := c.call(ctx, http.MethodPost, "/v1/plugin/disable", DisableRequest{plugin}, &done)
	return done, err
}
