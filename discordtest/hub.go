package discordtest

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// errEnd says that a connection has come to its end in good order.
var errEnd = errors.New("discordtest: the connection has ended")

// hub is the gateway without its sockets: who is connected, with which
// session, and who gets what.
type hub struct {
	opts  Options
	world *world
	clock Clock
	rec   *record
	watch *stream
	after func(time.Duration, func()) Timer // a timer that Close waits for

	resumeURL string // set before the first connection

	mu          sync.Mutex
	rng         *rand.Rand
	conns       map[*conn]struct{}
	sessions    map[string]*session
	generations map[int]*generation
	governor    *governor
	listsAsked  map[discord.GuildID]time.Time  // full member lists: one a guild in 30 s
	away        map[discord.GuildID]Membership // guilds that the bot is not in, or that an outage keeps away
	events      uint64
	faults      []Fault // that wait for their moment
	stories     []*Story
	revoked     []string // sessions that the server ended, the last ones
	tokenGone   bool
	resumeDown  bool
	closed      bool
}

func newHub(o Options, w *world, rec *record, watch *stream, after func(time.Duration, func()) Timer) *hub {
	return &hub{
		opts: o, world: w, clock: o.Clock, rec: rec, watch: watch, after: after,
		rng:         rand.New(rand.NewPCG(o.Seed, 0x687562)),
		conns:       make(map[*conn]struct{}),
		sessions:    make(map[string]*session),
		generations: make(map[int]*generation),
		governor:    newGovernor(o),
		listsAsked:  make(map[discord.GuildID]time.Time),
		away:        make(map[discord.GuildID]Membership),
	}
}

// dispatch sends an event to every session that is to have it, and returns
// its number. Events are numbered and sent in one order for all sessions.
func (h *hub) dispatch(e *event) uint64 {
	e.at = h.clock.Now()
	e.regard(h.world.bot.ID)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events++
	e.number = h.events
	if h.membership(e.guild) != MemberPresent {
		return e.number
	}
	route := e.route()
	for _, gen := range h.generations {
		for _, s := range gen.shards[discord.GuildShard(route, gen.of)] {
			if e.wanted(s.intents) {
				h.push(s, e)
			}
		}
	}
	return e.number
}

// push gives an event to one session. It needs the lock.
func (h *hub) push(s *session, e *event) {
	s.seq++
	d := e.body(s.intents, h.world.bot.ID)
	s.log.add(entry{seq: s.seq, name: e.name, d: d})
	h.rec.sent(s, e)
	if s.conn != nil {
		s.conn.dispatch(s.seq, e.name, d)
	}
}

// answer sends one session an event of its own. It needs the lock.
func (h *hub) answer(s *session, name string, guild discord.GuildID, d []byte) {
	h.events++
	e := newEvent(name, guild, d)
	e.number, e.at = h.events, h.clock.Now()
	h.push(s, e)
}

// begin makes a session on a connection: READY, then the guilds of its shard.
func (h *hub) begin(c *conn, id identify) {
	guilds := h.world.onShard(id.shard, id.of)
	bodies := make([][]byte, 0, len(guilds))
	if id.intents.Has(discord.IntentGuilds) {
		for _, g := range guilds {
			bodies = append(bodies, h.world.createBody(g, id.intents, id.threshold))
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &session{
		id: fmt.Sprintf("%016x%016x", h.rng.Uint64(), h.rng.Uint64()), shard: id.shard, of: id.of, tuple: id.tuple,
		intents: id.intents, threshold: id.threshold, started: h.clock.Now(), log: replay{limit: h.opts.ReplayLimit},
	}
	gen := h.generations[s.of]
	if gen == nil {
		gen = &generation{of: s.of, shards: make([][]*session, s.of)}
		h.generations[s.of] = gen
	}
	gen.shards[s.shard] = append(gen.shards[s.shard], s)
	h.sessions[s.id] = s
	s.conn, c.session = c, s
	h.answer(s, "READY", 0, h.ready(s, h.joined(s.shard, s.of)))
	for i, d := range bodies {
		switch g := guilds[i]; h.membership(g.ID) {
		case MemberPresent:
			h.answer(s, "GUILD_CREATE", g.ID, d)
		case MemberUnavailable:
			h.answer(s, "GUILD_DELETE", g.ID, encode(unavailable{true, g.ID}))
		}
	}
	h.tell(s)
}

type readyJSON struct {
	V                int             `json:"v"`
	UserSettings     struct{}        `json:"user_settings"`
	User             readyUserJSON   `json:"user"`
	SessionType      string          `json:"session_type"`
	SessionID        string          `json:"session_id"`
	ResumeGatewayURL string          `json:"resume_gateway_url"`
	Relationships    []struct{}      `json:"relationships"`
	PrivateChannels  []struct{}      `json:"private_channels"`
	Presences        []struct{}      `json:"presences"`
	Guilds           []unavailable   `json:"guilds"`
	GuildJoinReqs    []struct{}      `json:"guild_join_requests"`
	GeoRegions       []string        `json:"geo_ordered_rtc_regions"`
	Shard            []int           `json:"shard,omitempty"`
	Application      applicationJSON `json:"application"`
	Trace            []string        `json:"_trace"`
}

type readyUserJSON struct {
	Verified bool `json:"verified"`
	userJSON
	MFA   bool    `json:"mfa_enabled"`
	Flags int     `json:"flags"`
	Email *string `json:"email"`
}

type unavailable struct {
	Unavailable bool            `json:"unavailable"`
	ID          discord.GuildID `json:"id"`
}

type applicationJSON struct {
	ID    discord.ApplicationID `json:"id"`
	Flags int                   `json:"flags"`
}

func (h *hub) ready(s *session, guilds []*Guild) []byte {
	r := readyJSON{
		V: 10, User: readyUserJSON{Verified: true, userJSON: h.world.bot.json(), MFA: true}, SessionType: "normal",
		SessionID: s.id, ResumeGatewayURL: h.resumeURL,
		Relationships: []struct{}{}, PrivateChannels: []struct{}{}, Presences: []struct{}{}, Guilds: []unavailable{}, GuildJoinReqs: []struct{}{},
		GeoRegions:  []string{"milan", "rotterdam", "madrid", "bucharest", "stockholm"},
		Application: applicationJSON{h.world.app, 565248},
		Trace:       []string{`["discordtest",{"micros":0.0}]`},
	}
	for _, g := range guilds {
		r.Guilds = append(r.Guilds, unavailable{true, g.ID})
	}
	if s.tuple {
		r.Shard = []int{s.shard, s.of}
	}
	return encode(r)
}

// end forgets a session: nothing can resume it. It needs the lock.
func (h *hub) end(s *session) {
	if s.ended {
		return
	}
	s.ended = true
	s.log = replay{floor: s.seq}
	if s.expiry != nil {
		s.expiry.Stop()
	}
	if s.conn != nil {
		s.conn.session = nil
		s.conn = nil
	}
	delete(h.sessions, s.id)
	gen := h.generations[s.of]
	gen.shards[s.shard] = slices.DeleteFunc(gen.shards[s.shard], func(o *session) bool { return o == s })
	if !slices.ContainsFunc(gen.shards, func(l []*session) bool { return len(l) > 0 }) {
		delete(h.generations, s.of)
	}
	h.tell(s)
}

// revoke ends a session that the client did not end, nor lose by a fault of
// its own. It needs the lock.
func (h *hub) revoke(s *session) {
	if len(h.revoked) >= 2*revokedLimit {
		h.revoked = append([]string(nil), h.revoked[revokedLimit:]...)
	}
	h.revoked = append(h.revoked, s.id)
	h.end(s)
}

// revokedLimit is how many such sessions are remembered for an Audit.
const revokedLimit = 100000

// detach takes a session off its connection and keeps it for its time to live.
// It needs the lock.
func (h *hub) detach(s *session) {
	if s.conn == nil || s.ended {
		return
	}
	s.conn.session = nil
	s.conn = nil
	s.partings++
	parting := s.partings
	s.expiry = h.after(h.opts.SessionTTL, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if s.conn == nil && s.partings == parting {
			h.revoke(s)
		}
	})
	h.tell(s)
}

// resume puts a session on a new connection and sends what it missed. It
// returns the close code of a refusal, or false when the session is unknown.
func (h *hub) resume(c *conn, id string, seq int64) (discord.CloseCode, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.sessions[id]
	if s == nil {
		return 0, false
	}
	if seq > s.seq || seq < 0 {
		h.rec.violate(c.violation(RuleResumeSequence, fmt.Sprintf("RESUME with sequence %d, the session is at %d", seq, s.seq)))
		h.end(s)
		return discord.CloseInvalidSequence, true
	}
	missed, ok := s.log.after(seq)
	if !ok {
		h.end(s)
		return 0, false
	}
	if s.expiry != nil {
		s.expiry.Stop()
	}
	if old := s.conn; old != nil {
		old.session = nil
		old.stop() // a session has one connection: the newest
	}
	s.conn, c.session = c, s
	s.resumes++
	h.rec.count(func(s *Stats) { s.Resumes++ }) // before the client learns of it
	trip := h.armed(AtReplay, s.shard)
	for i, e := range missed {
		if trip != nil && i == trip.After && h.apply(c, s, *trip) {
			return 0, true
		}
		c.dispatch(e.seq, e.name, e.d)
	}
	if trip != nil && len(missed) <= trip.After && h.apply(c, s, *trip) {
		return 0, true
	}
	// RESUMED has a sequence like every dispatch, but is not sent again: a
	// replay has one end.
	h.events++
	e := newEvent("RESUMED", 0, []byte(`{"_trace":["[\"discordtest\",{\"micros\":0.0}]"]}`))
	e.number, e.at = h.events, h.clock.Now()
	s.seq++
	h.rec.sent(s, e)
	c.dispatch(s.seq, e.name, e.d)
	h.tell(s)
	return 0, true
}

// tokenOK tells whether a token, without its prefix, is the bot's.
func (h *hub) tokenOK(token string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.tokenGone && subtle.ConstantTimeCompare([]byte(token), []byte(h.opts.Token)) == 1
}

// unprefixed is a token without "Bot ", which the gateway takes with or
// without it.
func unprefixed(token string) string { return strings.TrimPrefix(token, "Bot ") }

// connected is the number of sessions with a connection.
func (h *hub) connected() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, s := range h.sessions {
		if s.conn != nil && !s.conn.ending {
			n++
		}
	}
	return n
}

// shutdown cuts all connections and lets no more in.
func (h *hub) shutdown() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for c := range h.conns {
		c.stop()
	}
}
