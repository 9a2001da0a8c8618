package discordtest

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/shardhost/shardhost/discord"
)

// A Server is a Discord of its own: one application with one bot, its guilds
// and their people, a gateway and a REST API.
type Server struct {
	REST    string // base URL of the REST API, ending in /api; /api/v10 works too
	Gateway string // URL of the gateway, without parameters
	Control string // base URL of the controls, ending in /sim; see docs/sim.md
	Token   string // the bot's token, without "Bot "

	opts    Options
	clock   Clock
	world   *world
	hub     *hub
	history *history
	rec     *record
	rest    *rest
	mint    *mint
	stream  *stream

	servers []*http.Server
	done    chan struct{} // closed by Close

	mu      sync.Mutex
	rng     *rand.Rand
	closed  bool
	running sync.WaitGroup // handlers, timers that have fired, chaos
	timers  map[*ownedTimer]struct{}
}

// NewServer starts a Server. It panics when it cannot listen; Start does not.
// The caller calls Close when finished.
func NewServer(o Options) *Server {
	s, err := Start(o)
	if err != nil {
		panic(err.Error())
	}
	return s
}

// Start starts a Server. The error says which address cannot be listened on.
func Start(o Options) (*Server, error) {
	o = o.withDefaults()
	w, err := newWorld(o)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x736572766572))
	if o.Token == "" {
		o.Token = newToken(w, rng)
	}
	s := &Server{
		Token: o.Token, opts: o, clock: o.Clock, world: w, rng: rng, rec: newRecord(o),
		history: newHistory(w, o.HistoryLimit), mint: &mint{clock: o.Clock},
		done: make(chan struct{}), timers: make(map[*ownedTimer]struct{}),
	}
	s.stream = newStream()
	s.hub = newHub(o, w, s.rec, s.stream, s.after)
	s.rest = newREST(s)
	first, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("discordtest: %w", err)
	}
	listeners := []net.Listener{first}
	resume := first
	if o.ResumeListen != "" {
		if resume, err = net.Listen("tcp", o.ResumeListen); err != nil {
			_ = first.Close()
			return nil, fmt.Errorf("discordtest: the listener for resume_gateway_url: %w", err)
		}
		listeners = append(listeners, resume)
	}
	web, ws := "http://", "ws://"
	if o.TLS != nil {
		web, ws = "https://", "wss://"
	}
	at := address(first)
	s.REST, s.Control, s.Gateway = web+at+"/api", web+at+"/sim", ws+at
	s.hub.resumeURL = ws + address(resume)
	for i, l := range listeners {
		if o.TLS != nil {
			l = tls.NewListener(l, o.TLS)
		}
		server := &http.Server{Handler: s.handler(i > 0), ReadHeaderTimeout: 10 * time.Second}
		s.servers = append(s.servers, server)
		s.running.Go(func() { _ = server.Serve(l) })
	}
	s.unleash(o.Chaos)
	return s, nil
}

// newToken makes a token in the form of Discord's.
func newToken(w *world, rng *rand.Rand) string {
	id := base64.RawStdEncoding.EncodeToString([]byte(w.bot.ID.String()))
	return fmt.Sprintf("%s.%s.%s%s", id, hash(rng)[:6], hash(rng), hash(rng)[:6])
}

// address is where a client on this machine reaches a listener.
func address(l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return l.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// handler is what one listener serves.
func (s *Server) handler(byResumeURL bool) http.Handler {
	controls := s.controls()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.enter() {
			http.Error(w, "closing", http.StatusServiceUnavailable)
			return
		}
		defer s.running.Done()
		switch {
		case byResumeURL && s.hub.down():
			panic(http.ErrAbortHandler) // the connection breaks without an answer
		case websocket.IsWebSocketUpgrade(r):
			s.hub.serve(w, r, byResumeURL)
		case r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/"):
			s.rest.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/sim/"):
			controls.ServeHTTP(w, r)
		default:
			http.Error(w, "this is a simulated Discord: the REST API is at /api, the gateway is a websocket, controls are at /sim", http.StatusNotFound)
		}
	})
}

// enter counts a goroutine that Close waits for, unless the server closes.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running.Add(1)
	return true
}

// ownedTimer is a timer that Close stops, or whose call it waits for.
type ownedTimer struct {
	server *Server
	timer  Timer
}

// Stop takes the call back.
func (t *ownedTimer) Stop() bool {
	t.server.mu.Lock()
	delete(t.server.timers, t)
	timer := t.timer
	t.server.mu.Unlock()
	return timer == nil || timer.Stop()
}

// after calls f later, unless the server is closed by then.
func (s *Server) after(d time.Duration, f func()) Timer {
	t := &ownedTimer{server: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return t
	}
	s.timers[t] = struct{}{}
	t.timer = s.clock.AfterFunc(d, func() {
		s.mu.Lock()
		_, mine := s.timers[t]
		delete(s.timers, t)
		if mine = mine && !s.closed; mine {
			s.running.Add(1)
		}
		s.mu.Unlock()
		if mine {
			defer s.running.Done()
			f()
		}
	})
	return t
}

// Close cuts all connections and waits until everything of the server has
// ended. It may be called more than once.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		s.running.Wait()
		return
	}
	s.closed = true
	close(s.done)
	timers := s.timers
	s.timers = make(map[*ownedTimer]struct{})
	s.mu.Unlock()
	for t := range timers {
		t.timer.Stop()
	}
	for _, server := range s.servers {
		_ = server.Close()
	}
	s.hub.shutdown()
	s.running.Wait()
}

// Guilds returns the guilds that the bot is in. Guild i is on shard i modulo
// the number of shards, for every number up to 16 and most others.
func (s *Server) Guilds() []*Guild { return s.world.guilds }

// Bot returns the bot's user. Its application has the same id.
func (s *Server) Bot() User { return s.world.bot }

// ResumeGateway returns what READY gives as resume_gateway_url.
func (s *Server) ResumeGateway() string { return s.hub.resumeURL }

// random calls f with the server's source of randomness.
func (s *Server) random(f func(*rand.Rand)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.rng)
}

// Dispatch sends an event to every session that is to have it: to the shard of
// the guild in each generation, or to shard 0 when guild is 0, and only with
// the intents for it. d is anything with a JSON form; a json.RawMessage goes
// out byte for byte. The number it returns is the event's in Books.
func (s *Server) Dispatch(guild discord.GuildID, name string, d any) uint64 {
	raw, ok := d.(json.RawMessage)
	if !ok {
		raw = encode(d)
	}
	return s.hub.dispatch(newEvent(name, guild, raw))
}

// Fault injects a fault and returns how many connections it struck at once.
func (s *Server) Fault(f Fault) (int, error) { return s.hub.inject(f) }

// Stats returns the counters.
func (s *Server) Stats() Stats {
	stats := s.rec.snapshot()
	stats.Sessions = s.hub.connected()
	return stats
}

// Books returns every dispatch, oldest first, and how many older ones are
// forgotten because of Options.BookLimit. READY, RESUMED and the answers to
// commands are in it; what a RESUME sent again is not in it again.
func (s *Server) Books() (sent []Sent, forgotten uint64) { return s.rec.books() }

// Heartbeats returns the heartbeats that were acknowledged, oldest first: what
// a client says it has. Only the last 100,000 are kept.
func (s *Server) Heartbeats() []Beat { return s.rec.heartbeats() }

// Violations returns what clients did wrong. A good client leaves it empty.
func (s *Server) Violations() []Violation { return s.rec.breaches() }
