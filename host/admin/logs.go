package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

// Logging is the part of a Backend that lets clients read the log.
type Logging interface {
	// FollowLog gives the lines that are kept, and with Follow those that come.
	FollowLog(LogRequest) (LogSource, error)
}

// LogRequest says which lines of the log are wanted.
type LogRequest struct {
	Level   string   // trace debug info warn error; lines of a lower level than info are not kept
	Plugins []string // only lines of these plugins, or about them; nil: all
	Follow  bool     // those that come, too
}

// A LogSource is lines of the log.
type LogSource interface {
	// Next waits for the next line, a JSON object as hclog writes it. dropped is
	// how many were left out before it, because nobody took them fast enough.
	Next(context.Context) (doc []byte, dropped uint64, err error)
	Waiting() int // lines that Next would return at once
	Close()
}

// LogLine is a line of the log as /v1/logs sends it.
type LogLine struct {
	Dropped uint64          `json:"dropped,omitempty"` // lines before it that were left out
	Line    json.RawMessage `json:"line"`              // {"@level","@message","@module","@timestamp", …}
}

// logs streams lines of the log as Server-Sent Events named "log".
func (s *Server) logs(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	req := LogRequest{Level: query.Get("level"), Plugins: query["plugin"], Follow: query.Get("follow") == "true"}
	if req.Level == "" {
		req.Level = "info"
	}
	source, err := s.backend.FollowLog(req)
	if err != nil {
		writeError(w, err)
		return
	}
	defer source.Close()
	newStream(w).forward(r.Context(), "log", req.Follow, source.Waiting, func(ctx context.Context) (any, error) {
		doc, dropped, err := source.Next(ctx)
		return LogLine{Dropped: dropped, Line: bytes.TrimSpace(doc)}, err
	})
}

// Logs calls f for each line of the log that is kept, and with Follow for those
// that come, until ctx ends or the host does. Without Follow it returns nil at
// the end.
func (c *Client) Logs(ctx context.Context, req LogRequest, f func(LogLine) error) error {
	query := url.Values{"level": {req.Level}, "plugin": req.Plugins, "follow": {strconv.FormatBool(req.Follow)}}
	return eachSent(ctx, c, "/v1/logs?"+query.Encode(), f)
}
