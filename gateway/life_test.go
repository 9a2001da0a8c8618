package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/discord"
)

func TestOpenIdentifies(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		var sessions []Session
		g, r := testGateway(s, Options{OnSession: func(s Session) { sessions = append(sessions, s) }})
		result := opening(g)
		p := s.next()
		if q := p.request.URL.RawQuery; q != "encoding=json&v=10" {
			t.Errorf("query %q", q)
		}
		p.hello()
		var data map[string]any
		if err := json.Unmarshal(p.hears(2).D, &data); err != nil {
			t.Fatal(err)
		}
		if data["token"] != secretToken {
			t.Errorf("token %v, want the bare one", data["token"])
		}
		if fmt.Sprint(data["shard"]) != "[1 4]" || data["intents"] != 513.0 || data["large_threshold"] != 50.0 {
			t.Errorf("identify data %v", data)
		}
		if _, has := data["presence"]; has {
			t.Error("a presence that nobody asked for")
		}
		select {
		case err := <-result:
			t.Fatalf("opened before READY: %v", err)
		case <-time.After(time.Second):
		}
		p.ready(1)
		if err := <-result; err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if r.list() != "READY/1" || len(r.begins) != 1 || r.begins[0].ID != "s1" {
			t.Errorf("sink got %s after %v", r.list(), r.begins)
		}
		if len(sessions) != 1 || sessions[0].ResumeURL != resumeURL {
			t.Errorf("OnSession got %v", sessions)
		}
		if err := g.Open(context.Background()); !errors.Is(err, ErrAlreadyOpen) {
			t.Errorf("second Open: %v", err)
		}
		st := g.Status()
		if st.State != StateReady || st.Session != "s1" || st.Sequence != 1 || st.Identifies != 1 || st.Shard != 1 || st.Of != 4 {
			t.Errorf("status %+v", st)
		}
		g.Close()
		if code := p.ended(); code != 4000 {
			t.Errorf("closed with %d, want 4000: the session must survive", code)
		}
		if st := g.Status(); st.State != StateClosed || st.LastError != "" {
			t.Errorf("status after Close %+v", st)
		}
	})
}

func TestCloseKeepsSession(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, r := testGateway(s, Options{})
		p := opened(t, s, g)
		p.dispatch("MESSAGE_CREATE", 2, `{"guild_id":"7"}`)
		synctest.Wait()
		g.Close()
		if session, ok := g.Session(); !ok || session != (Session{"s1", resumeURL, 2}) {
			t.Fatalf("session %v %v", session, ok)
		}
		result := opening(g)
		p = s.next()
		if p.address != "127.0.0.1:2" {
			t.Errorf("resumed at %s", p.address)
		}
		p.hello()
		var resume struct {
			Token     string
			SessionID string `json:"session_id"`
			Seq       int
		}
		json.Unmarshal(p.hears(6).D, &resume)
		if resume.Token != secretToken || resume.SessionID != "s1" || resume.Seq != 2 {
			t.Errorf("resume %+v", resume)
		}
		p.dispatch("MESSAGE_CREATE", 3, `{"guild_id":"8"}`)
		p.dispatch("RESUMED", 4, `{}`)
		p.dispatch("MESSAGE_CREATE", 5, `{"guild_id":"9"}`)
		if err := <-result; err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := r.list(); got != "READY/1 MESSAGE_CREATE/2 MESSAGE_CREATE/3! RESUMED/4 MESSAGE_CREATE/5" {
			t.Errorf("sink got %s", got)
		}
		if len(r.begins) != 1 {
			t.Errorf("a resumed session began anew")
		}
		g.CloseSession()
		if code := p.ended(); code != 1000 {
			t.Errorf("CloseSession closed with %d", code)
		}
		if _, ok := g.Session(); ok {
			t.Error("session left after CloseSession")
		}
	})
}

func TestResumeStoredSession(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, r := testGateway(s, Options{Session: &Session{ID: "old", ResumeURL: resumeURL, Seq: 40}})
		r.position = 40
		result := opening(g)
		p := s.next()
		p.hello()
		if d := string(p.hears(6).D); !strings.Contains(d, `"seq":40`) || !strings.Contains(d, `"old"`) {
			t.Errorf("resume %s", d)
		}
		p.dispatch("RESUMED", 41, `{}`)
		if err := <-result; err != nil {
			t.Fatal(err)
		}
		if g.Status().Identifies != 0 {
			t.Error("identified")
		}
		g.Close()
	})
}

// A position behind what was received is what RESUME and heartbeats carry, and
// what the service sends again is not given to the sink twice.
func TestPositionBehind(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, r := testGateway(s, Options{})
		p := opened(t, s, g)
		for seq := 2; seq <= 6; seq++ {
			p.dispatch("TYPING_START", seq, `{}`)
		}
		synctest.Wait()
		r.set(func() { r.position = 3 })
		beat := p.hears(1)
		if string(beat.D) != "3" {
			t.Errorf("heartbeat carries %s, want the position", beat.D)
		}
		p.closes(0)
		p = s.next()
		p.hello()
		if d := string(p.hears(6).D); !strings.Contains(d, `"seq":3`) {
			t.Errorf("resume %s", d)
		}
		for seq := 4; seq <= 7; seq++ {
			p.dispatch("TYPING_START", seq, `{}`)
		}
		p.dispatch("RESUMED", 8, `{}`)
		synctest.Wait()
		if got := r.list(); !strings.HasSuffix(got, "TYPING_START/6 TYPING_START/7! RESUMED/8") || strings.Count(got, "/4") != 1 {
			t.Errorf("sink got %s", got)
		}
		if st := g.Status(); st.Duplicates != 3 || st.Gaps != 0 {
			t.Errorf("status %+v", st)
		}
		g.Close()
	})
}

// Every way in which a connection may end when it is ready.
func TestEndings(t *testing.T) {
	const resume, identify, stop = "resume", "identify", "stop"
	for _, test := range []struct {
		name string
		end  func(p *peer)
		want string
		in   time.Duration // the pause before the next connection is at most that
	}{
		{"connection drops", func(p *peer) { p.closes(0) }, resume, time.Second},
		{"op 7", func(p *peer) { p.says(`{"op":7,"d":null}`) }, resume, time.Second},
		{"op 9 true", func(p *peer) { p.says(`{"op":9,"d":true}`) }, resume, time.Second},
		{"op 9 false", func(p *peer) { p.says(`{"op":9,"d":false}`) }, identify, 5 * time.Second},
		{"op 9 without d", func(p *peer) { p.says(`{"op":9}`) }, identify, 5 * time.Second},
		{"op 9 null", func(p *peer) { p.says(`{"op":9,"d":null}`) }, identify, 5 * time.Second},
		{"close 1000", func(p *peer) { p.closes(1000) }, resume, time.Second},
		{"close 1001", func(p *peer) { p.closes(1001) }, resume, time.Second},
		{"close 1011", func(p *peer) { p.closes(1011) }, resume, time.Second},
		{"close 1012", func(p *peer) { p.closes(1012) }, resume, time.Second},
		{"close 1013", func(p *peer) { p.closes(1013) }, resume, time.Second},
		{"close 4000", func(p *peer) { p.closes(4000) }, resume, time.Second},
		{"close 4001", func(p *peer) { p.closes(4001) }, resume, time.Second},
		{"close 4002", func(p *peer) { p.closes(4002) }, resume, time.Second},
		{"close 4003", func(p *peer) { p.closes(4003) }, identify, 5 * time.Second},
		{"close 4004", func(p *peer) { p.closes(4004) }, stop, 0},
		{"close 4005", func(p *peer) { p.closes(4005) }, resume, time.Second},
		{"close 4007", func(p *peer) { p.closes(4007) }, identify, 5 * time.Second},
		{"close 4008", func(p *peer) { p.closes(4008) }, resume, 20 * time.Second},
		{"close 4009", func(p *peer) { p.closes(4009) }, identify, 5 * time.Second},
		{"close 4010", func(p *peer) { p.closes(4010) }, stop, 0},
		{"close 4011", func(p *peer) { p.closes(4011) }, stop, 0},
		{"close 4012", func(p *peer) { p.closes(4012) }, stop, 0},
		{"close 4013", func(p *peer) { p.closes(4013) }, stop, 0},
		{"close 4014", func(p *peer) { p.closes(4014) }, stop, 0},
		{"close 4999", func(p *peer) { p.closes(4999) }, resume, time.Second},
		{"protocol error", func(p *peer) {
			p.send <- func() error { _, err := p.ws.NetConn().Write([]byte{0xff, 0xff, 0xff}); return err }
		}, resume, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newService(t)
				g, _ := testGateway(s, Options{})
				called := make(chan struct{}, 1)
				g.OnShardingRequired(func() { g.Close(); called <- struct{}{} })
				p := opened(t, s, g)
				first := p
				var wg sync.WaitGroup
				p.beats(&wg)
				time.Sleep(2 * time.Minute) // stable
				test.end(p)
				if test.want == stop {
					<-g.Done()
					var closed *CloseError
					if err := g.Err(); !errors.As(err, &closed) || closed.Code.Remedy() == "" || !strings.Contains(err.Error(), closed.Code.Remedy()) || !strings.Contains(err.Error(), "shard 1 of 4") {
						t.Errorf("error %v does not say what to do", err)
					}
					if closed.Code == discord.CloseShardingRequired {
						<-called
					}
					s.quiet(time.Hour)
					if st := g.Status(); st.State != StateFailed || st.Remedy == "" {
						t.Errorf("status %+v", st)
					}
				} else {
					start := time.Now()
					p = s.next()
					if pause := time.Since(start); pause > test.in {
						t.Errorf("came back after %s", pause)
					}
					p.hello()
					if test.want == resume {
						p.hears(6)
						p.dispatch("RESUMED", 2, `{}`)
					} else {
						p.hears(2)
						p.ready(1)
					}
					synctest.Wait()
					if st := g.Status(); st.State != StateReady || st.LastError != "" {
						t.Errorf("status %+v", st)
					}
				}
				if code := first.ended(); code == 1000 || code == 1001 {
					t.Errorf("closed with %d, which ends the session", code)
				}
				g.Close()
				wg.Wait()
			})
		})
	}
}

// What answers a RESUME, and what the next connection does.
func TestAnswersToResume(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer func(p *peer)
		want   int // op
	}{
		{"op 9 false", func(p *peer) { p.says(`{"op":9,"d":false}`) }, 2},
		{"op 9 true", func(p *peer) { p.says(`{"op":9,"d":true}`) }, 6},
		{"op 7", func(p *peer) { p.says(`{"op":7}`) }, 6},
		{"drop", func(p *peer) { p.closes(0) }, 6},
		{"drop after a missed event", func(p *peer) { p.dispatch("X", 2, `{}`); p.closes(0) }, 6},
		{"op 7 after a missed event", func(p *peer) { p.dispatch("X", 2, `{}`); p.says(`{"op":7}`) }, 6},
		{"close 4007", func(p *peer) { p.closes(4007) }, 2},
		{"close 4009", func(p *peer) { p.closes(4009) }, 2},
		{"silence", func(p *peer) {}, 6},
		{"a new session", func(p *peer) {
			p.dispatch("READY", 1, `{"session_id":"s2"}`)
			synctest.Wait()
			p.closes(0)
		}, 6},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newService(t)
				g, _ := testGateway(s, Options{Session: &Session{ID: "s1", ResumeURL: resumeURL, Seq: 1}})
				opened := opening(g)
				p := s.next()
				p.hello()
				p.hears(6)
				test.answer(p)
				var wg sync.WaitGroup
				p.beats(&wg)
				p = s.next()
				p.hello()
				p.hears(test.want)
				g.Close()
				<-opened
				wg.Wait()
			})
		})
	}
}

func TestInvalidTwiceEndsSession(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		p := opened(t, s, g)
		p.says(`{"op":9,"d":true}`)
		p = s.next()
		p.hello()
		p.hears(6)
		p.says(`{"op":9,"d":true}`)
		p = s.next()
		p.hello()
		p.hears(2)
		g.Close()
	})
}

func TestResumeFallsBack(t *testing.T) {
	t.Run("resume URL is dead", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newService(t)
			g, _ := testGateway(s, Options{})
			p := opened(t, s, g)
			s.setDown("127.0.0.1:2", true)
			p.closes(0)
			p = s.next()
			if p.address != "127.0.0.1:1" {
				t.Fatalf("came to %s", p.address)
			}
			p.hello()
			p.hears(6)
			p.dispatch("RESUMED", 2, `{}`)
			g.Close()
		})
	})
	t.Run("every RESUME is dropped", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newService(t)
			var lost int
			g, _ := testGateway(s, Options{OnSession: func(s Session) {
				if s.ID == "" {
					lost++
				}
			}})
			p := opened(t, s, g)
			p.closes(0)
			addresses := ""
			for range maxRefused {
				p = s.next()
				addresses += p.address[len(p.address)-1:]
				p.hello()
				p.hears(6)
				p.closes(0)
			}
			if addresses != "22211" {
				t.Errorf("RESUMEs went to %s, want the resume URL first", addresses)
			}
			p = s.next()
			p.hello()
			p.hears(2)
			if lost != 1 {
				t.Errorf("the loss of the session was told %d times", lost)
			}
			g.Close()
		})
	})
	t.Run("network is gone for an hour", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newService(t)
			g, _ := testGateway(s, Options{})
			p := opened(t, s, g)
			s.setDown("127.0.0.1:1", true)
			s.setDown("127.0.0.1:2", true)
			p.closes(0)
			time.Sleep(time.Hour)
			if st := g.Status(); st.State != StateWaiting || !strings.Contains(st.LastError, "connection refused") {
				t.Errorf("status %+v", st)
			}
			s.setDown("127.0.0.1:1", false)
			s.setDown("127.0.0.1:2", false)
			start := time.Now()
			p = s.next()
			if d := time.Since(start); d > time.Minute {
				t.Errorf("came back after %s", d)
			}
			p.hello()
			p.hears(6)
			g.Close()
		})
	})
	t.Run("resume URL would send the token in clear text", func(t *testing.T) {
		if resumable("wss://gateway.discord.gg", "ws://gateway.discord.gg") {
			t.Error("used")
		}
	})
}

func TestTimeLimits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		opened := opening(g)
		start := time.Now()
		p := s.next() // silent
		if p.ended(); time.Since(start) != helloLimit {
			t.Errorf("waited %s for HELLO", time.Since(start))
		}
		synctest.Wait()
		if st := g.Status(); !strings.Contains(st.LastError, "HELLO") {
			t.Errorf("last error %q", st.LastError)
		}
		p = s.next()
		p.hello()
		p.hears(2)
		start = time.Now()
		var wg sync.WaitGroup
		p.beats(&wg)
		if p.ended(); time.Since(start) != readyLimit {
			t.Errorf("waited %s for READY", time.Since(start))
		}
		synctest.Wait()
		if st := g.Status(); !strings.Contains(st.LastError, "READY") {
			t.Errorf("last error %q", st.LastError)
		}
		p = s.next()
		p.hello()
		p.hears(2)
		p.ready(1)
		<-opened
		p.closes(0)
		p = s.next()
		p.hello()
		p.hears(6)
		p.beats(&wg)
		time.Sleep(resumedLimit / 2)
		p.dispatch("TYPING_START", 2, `{}`)
		start = time.Now()
		if p.ended(); time.Since(start) != resumedLimit {
			t.Errorf("waited %s for RESUMED after a missed event", time.Since(start))
		}
		g.Close()
		wg.Wait()
	})
}

func TestReconnectRequestBeforeHello(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		opened := opening(g)
		p := s.next()
		p.says(`{"op":7,"d":null}`)
		if code := p.ended(); code != 4000 {
			t.Errorf("closed with %d", code)
		}
		p = s.next()
		p.hello()
		p.hears(2)
		p.ready(0) // some services count from 0
		if err := <-opened; err != nil {
			t.Fatal(err)
		}
		g.Close()
	})
}

// The back-off grows while connections do not last, and begins anew only after
// one that did.
func TestBackOff(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		p := opened(t, s, g)
		var last time.Duration
		for i := range 12 {
			start := time.Now()
			p.closes(4000)
			p = s.next()
			pause := time.Since(start)
			if want := min(time.Minute, time.Second<<i); pause < want/2 || pause > want {
				t.Errorf("pause %d is %s, want up to %s", i, pause, want)
			}
			last = pause
			p.hello()
			p.hears(6)
			p.dispatch("RESUMED", 2, `{}`)
			synctest.Wait()
		}
		if last < time.Minute/2 {
			t.Errorf("last pause %s", last)
		}
		var wg sync.WaitGroup
		p.beats(&wg)
		time.Sleep(time.Minute)
		start := time.Now()
		p.closes(4000)
		s.next()
		if pause := time.Since(start); pause > time.Second {
			t.Errorf("pause after a stable connection is %s", pause)
		}
		g.Close()
		wg.Wait()
	})
}

func TestOpenFails(t *testing.T) {
	t.Run("context ends", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newService(t)
			s.setDown("127.0.0.1:1", true)
			g, _ := testGateway(s, Options{})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			err := g.Open(ctx)
			if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "while waiting; the last attempt") || !strings.Contains(err.Error(), "connection refused") {
				t.Errorf("error %v", err)
			}
			s.setDown("127.0.0.1:1", false)
			opened(t, s, g) // again works
			g.Close()
		})
	})
	t.Run("refused for good", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newService(t)
			g, _ := testGateway(s, Options{})
			result := opening(g)
			p := s.next()
			p.hello()
			p.hears(2)
			p.closes(4014)
			err := <-result
			if err == nil || !strings.Contains(err.Error(), "disallowed intents") || !strings.Contains(err.Error(), "Privileged Gateway Intents") {
				t.Errorf("error %v", err)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Error("the token is in the error")
			}
			opened(t, s, g)
			g.Close()
		})
	})
	for _, test := range []struct{ name, url, compress, want string }{
		{"no URL", "", "", "scheme must be wss or ws"},
		{"http", "https://discord.com", "", "scheme must be wss or ws"},
		{"no host", "wss:///x", "", "no host"},
		{"broken", "wss://a b\x7f", "", "gateway URL"},
		{"password", "wss://a:b@discord.gg", "", "password"},
		{"compression", homeURL, "brotli", `compression "brotli" is not known`},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := New(test.url, DefaultIdentifier("x"), Options{Compress: test.compress}).Open(t.Context())
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "a:b") {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

// Close works, and ends every goroutine, wherever the gateway stands.
func TestCloseAnywhere(t *testing.T) {
	blocked := governorFunc(func(ctx context.Context, _ int) (func(bool), error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	for _, test := range []struct {
		name  string
		until State
		play  func(s *service, g *Gateway)
	}{
		{"dialing", StateDialing, func(s *service, g *Gateway) {
			g.opts.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
		}},
		{"awaiting hello", StateAwaitingHello, func(s *service, g *Gateway) {}},
		{"awaiting slot", StateAwaitingSlot, func(s *service, g *Gateway) {
			g.Identifier.Governor = blocked
			go func() { s.next().hello() }()
		}},
		{"identifying", StateIdentifying, func(s *service, g *Gateway) { go func() { s.next().hello() }() }},
		{"waiting", StateWaiting, func(s *service, g *Gateway) { s.setDown("127.0.0.1:1", true) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newService(t)
				g, _ := testGateway(s, Options{})
				test.play(s, g)
				result := opening(g)
				synctest.Wait()
				if state := g.Status().State; state != test.until {
					t.Fatalf("state %s, want %s", state, test.until)
				}
				g.Close()
				if err := <-result; !errors.Is(err, ErrClosed) {
					t.Errorf("Open returned %v", err)
				}
				g.Close()
			})
		})
	}
}
