package gateway

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// Every ending at every moment of a connection before it is ready: what the
// gateway sends on the next one, 2 or 6, or that there is none.
func TestEndingsBeforeReady(t *testing.T) {
	stop := []int{4004, 4010, 4011, 4012, 4013, 4014}
	gone := []int{4003, 4007, 4009}
	codes := []int{0, 1000, 1001, 1011, 1012, 1013, 4000, 4001, 4002, 4005, 4008, 4999}
	type end struct {
		name string
		play func(p *peer)
		stop bool
		gone bool // the session
	}
	ends := []end{
		{"op 7", func(p *peer) { p.says(`{"op":7,"d":null}`) }, false, false},
		{"op 9 true", func(p *peer) { p.says(`{"op":9,"d":true}`) }, false, false},
		{"op 9 false", func(p *peer) { p.says(`{"op":9,"d":false}`) }, false, true},
		{"20 MB", func(p *peer) { p.saysBinary(make([]byte, 20<<20)); p.closes(0) }, false, false},
	}
	for _, code := range slices.Concat(codes, gone, stop) {
		ends = append(ends, end{fmt.Sprintf("close %d", code), func(p *peer) { p.closes(code) }, slices.Contains(stop, code), slices.Contains(gone, code)})
	}
	for _, moment := range []struct {
		name    string
		session *Session // to resume
		play    func(p *peer)
	}{
		{"before HELLO", nil, func(p *peer) {}},
		{"after IDENTIFY", nil, func(p *peer) { p.hello(); p.hears(2) }},
		{"before HELLO, with a session", &Session{ID: "s1", ResumeURL: resumeURL, Seq: 1}, func(p *peer) {}},
		{"after RESUME", &Session{ID: "s1", ResumeURL: resumeURL, Seq: 1}, func(p *peer) { p.hello(); p.hears(6) }},
		{"amid the missed events", &Session{ID: "s1", ResumeURL: resumeURL, Seq: 1}, func(p *peer) {
			p.hello()
			p.hears(6)
			p.dispatch("X", 2, `{}`)
		}},
	} {
		for _, e := range ends {
			t.Run(e.name+" "+moment.name, func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					s := newService(t)
					g, _ := testGateway(s, Options{Session: moment.session})
					result := opening(g)
					p := s.next()
					moment.play(p)
					e.play(p)
					if e.stop {
						if err := <-result; err == nil || g.Status().State != StateFailed || g.Status().Remedy == "" {
							t.Errorf("error %v, status %+v", err, g.Status())
						}
						s.quiet(time.Hour)
						return
					}
					if code := p.ended(); code == 1000 || code == 1001 {
						t.Errorf("closed with %d, which ends the session", code)
					}
					p = s.next()
					p.hello()
					if moment.session != nil && !e.gone {
						p.hears(6)
					} else {
						p.hears(2)
					}
					g.Close()
					<-result
				})
			})
		}
	}
}
