package admin

import (
	"bytes"
	"encoding/json"
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
	out := newStream(w)
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
			err = out.send("status", now)
			last, sent = now, time.Now()
		case time.Since(sent) >= keepAlive:
			err = out.comment()
			sent = time.Now()
		}
		if err == nil {
			err = out.flush()
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
