package admin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// keepAlive is how often an unchanging stream sends a comment, so that both
// ends notice when the other is gone.
const keepAlive = 15 * time.Second

// events streams the status as Server-Sent Events named "status": one at once,
// then one whenever it has changed, looked at every poll.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	tick := time.NewTicker(s.poll)
	defer tick.Stop()
	var last []byte
	sent := time.Now()
	for {
		now, err := json.Marshal(s.snapshot())
		if err != nil {
			s.log.Error("status cannot be written as JSON", "error", err)
			return
		}
		switch {
		case !bytes.Equal(now, last):
			_, err = fmt.Fprintf(w, "event: status\ndata: %s\n\n", now)
			last, sent = now, time.Now()
		case time.Since(sent) >= keepAlive:
			_, err = fmt.Fprint(w, ": still here\n\n")
			sent = time.Now()
		}
		if err == nil {
			err = out.Flush()
		}
		if err != nil {
			return // the client is gone
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}
