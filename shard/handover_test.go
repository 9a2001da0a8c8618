package shard

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
)

// A world has guilds in which things happen, and sessions of two generations
// that learn of them at different times, each in order.
type world struct {
	t      *testing.T
	random *rand.Rand
	guilds []discord.GuildID

	mu       sync.Mutex
	happened map[discord.GuildID][]string
	handled  map[discord.GuildID][]string // by whichever sink
	notes    []string                     // READYs and backfill that reached a sink
	running  sync.WaitGroup
}

// A stream is one session: what it is sent arrives in order, but late.
type stream struct {
	world   *world
	relay   *relay
	lag     time.Duration // at most
	wire    chan *gateway.Event
	seq     int64
	present map[discord.GuildID]bool // guilds whose events it gets
}

// A worldSink handles events after a while, as plugins do.
type worldSink struct {
	world *world

	mu   sync.Mutex
	work chan *gateway.Event
	done int64
}

func newWorld(t *testing.T, seed uint64, guilds int) *world {
	w := &world{t: t, random: rand.New(rand.NewPCG(seed, 5)), happened: map[discord.GuildID][]string{}, handled: map[discord.GuildID][]string{}}
	w.guilds = append(w.guilds, 0) // what happens outside of guilds
	for range guilds {
		w.guilds = append(w.guilds, discord.GuildID(w.random.Uint64()>>2))
	}
	return w
}

func (w *world) newSink() *worldSink {
	s := &worldSink{world: w, work: make(chan *gateway.Event, 1000), done: -1}
	w.running.Go(func() {
		for e := range s.work {
			time.Sleep(200 * time.Microsecond) // in the bubble's time
			w.mu.Lock()
			if e.Type == discord.EventReady || e.Type == discord.EventGuildCreate {
				w.notes = append(w.notes, fmt.Sprintf("%s %d/%d replayed %t", e.Name, e.Shard, e.Of, e.Replayed))
			} else {
				w.handled[e.Guild] = append(w.handled[e.Guild], string(e.Data))
			}
			w.mu.Unlock()
			s.mu.Lock()
			s.done = e.Seq
			s.mu.Unlock()
			e.Release()
		}
	})
	return s
}

func (s *worldSink) Begin(gateway.Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = -1
}

func (s *worldSink) Dispatch(e *gateway.Event) {
	e.Retain()
	s.work <- e
}

func (s *worldSink) Position() (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done, s.done >= 0
}

func (w *world) newStream(id, of int) *stream {
	s := &stream{world: w, lag: time.Duration(w.random.IntN(80)) * time.Millisecond, wire: make(chan *gateway.Event, 10_000), present: map[discord.GuildID]bool{}}
	s.relay = newRelay(w.newSink(), gateway.Shard{id, of}, -1)
	lags := rand.New(rand.NewPCG(w.random.Uint64(), 0))
	w.running.Go(func() {
		for e := range s.wire {
			// Not before the lag has passed, and not before what was sent earlier.
			if late := time.Unix(0, e.Received).Add(time.Duration(lags.Int64N(int64(s.lag) + 1))); time.Now().Before(late) {
				time.Sleep(time.Until(late))
			}
			if e.Type == discord.EventReady {
				s.relay.Begin(gateway.Session{ID: e.Session})
			}
			s.relay.Dispatch(e)
			e.Release()
		}
	})
	return s
}

// send puts an event on the wire.
func (s *stream) send(kind discord.EventType, guild discord.GuildID, body string) {
	s.seq++
	e := &gateway.Event{
		Shard: s.relay.shard.ShardID(), Of: s.relay.shard.NumShards(), Session: fmt.Sprint(s.relay.shard), Seq: s.seq,
		Type: kind, Name: kind.Name(), Guild: guild, Data: []byte(body), Received: time.Now().UnixNano(),
	}
	e.Retain()
	s.wire <- e
}

// owns reports whether a guild's events are this stream's.
func (s *stream) owns(guild discord.GuildID) bool {
	return discord.GuildShard(guild, s.relay.shard.NumShards()) == s.relay.shard.ShardID()
}

// identify begins the session: READY, then the guilds one after another, after
// each of which its events come.
func (s *stream) identify() {
	var ids []string
	var own []discord.GuildID
	for _, g := range s.world.guilds {
		if s.owns(g) && g != 0 {
			own = append(own, g)
			ids = append(ids, fmt.Sprintf(`{"id":"%d","unavailable":true}`, g))
		}
	}
	s.world.mu.Lock()
	s.present[0] = s.owns(0)
	s.send(discord.EventReady, 0, fmt.Sprintf(`{"guilds":[%s]}`, strings.Join(ids, ",")))
	s.world.mu.Unlock()
	for _, g := range own {
		time.Sleep(5 * time.Millisecond) // in the bubble's time
		s.world.mu.Lock()
		s.present[g] = true
		s.send(discord.EventGuildCreate, g, fmt.Sprintf(`{"id":"%d","big":"guild"}`, g))
		s.world.mu.Unlock()
	}
}

// live lets things happen until stop: most of them once, some again and again
// with the same body, though not twice within a few seconds.
func (w *world) live(stop chan struct{}, streams func() []*stream, random *rand.Rand) {
	toggled := make(map[string]time.Time)
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(random.IntN(20_000)) * time.Microsecond):
		}
		guild := w.guilds[random.IntN(len(w.guilds))]
		body := fmt.Sprintf(`{"n":%d}`, n)
		toggle := fmt.Sprintf(`{"guild":%d,"toggle":%d}`, guild, n%2)
		if random.IntN(2) == 0 && time.Since(toggled[toggle]) > 3*time.Second {
			body, toggled[toggle] = toggle, time.Now()
		}
		w.mu.Lock()
		w.happened[guild] = append(w.happened[guild], body)
		for _, s := range streams() {
			if s.present[guild] {
				s.send(discord.EventMessageCreate, guild, body)
			}
		}
		w.mu.Unlock()
	}
}

func (w *world) check(when string) {
	w.t.Helper()
	for _, g := range w.guilds {
		if slices.Equal(w.happened[g], w.handled[g]) {
			continue
		}
		want, got := w.happened[g], w.handled[g]
		i := 0
		for i < min(len(want), len(got)) && want[i] == got[i] {
			i++
		}
		w.t.Errorf("%s: guild %d: %d events happened, %d were handled; they differ at %d: %v, %v",
			when, g, len(want), len(got), i, want[max(0, i-2):min(i+3, len(want))], got[max(0, i-2):min(i+3, len(got))])
	}
}

// rescale runs one whole rescale under load and returns the world after it.
func rescale(t *testing.T, seed uint64, from, to int, during func(h *handover, next []*stream) error) *world {
	w := newWorld(t, seed, 40)
	var mu sync.Mutex
	var all []*stream
	streams := func() []*stream {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
	build := func(of int) (list []*stream, relays []*relay) {
		for id := range of {
			s := w.newStream(id, of)
			list, relays = append(list, s), append(relays, s.relay)
		}
		return list, relays
	}
	old, oldRelays := build(from)
	mu.Lock()
	all = old
	mu.Unlock()
	var wg sync.WaitGroup
	for _, s := range old {
		wg.Go(s.identify)
	}
	wg.Wait()
	stop := make(chan struct{})
	wg.Go(func() { w.live(stop, streams, rand.New(rand.NewPCG(seed, 9))) })
	time.Sleep(200 * time.Millisecond)

	next, nextRelays := build(to)
	h := newHandover(oldRelays, nextRelays)
	mu.Lock()
	all = append(slices.Clone(old), next...)
	mu.Unlock()
	var opening sync.WaitGroup
	for i, s := range next {
		opening.Go(func() {
			time.Sleep(time.Duration(i%4) * 3 * time.Second) // the governor
			s.identify()
		})
	}
	opening.Wait()
	err := during(h, next)
	if err != nil {
		h.abandon()
	}
	time.Sleep(300 * time.Millisecond)
	h.expire(time.Now())
	time.Sleep(200 * time.Millisecond)
	close(stop)
	wg.Wait()
	if err == nil {
		time.Sleep(heldLife + time.Second)
		if h.expire(time.Now()) {
			t.Error("something is compared for ever")
		}
		h.finish()
	}
	time.Sleep(time.Second)
	if n := h.held.Load(); n != 0 {
		t.Errorf("%d bytes are held after the end", n)
	}
	for _, s := range streams() {
		close(s.wire)
	}
	time.Sleep(time.Second)
	synctest.Wait()
	for _, s := range streams() {
		close(s.relay.sink.(*worldSink).work)
	}
	w.running.Wait()
	return w
}

// However far the two generations are apart, each event is handled once and in
// its order.
func TestHandover(t *testing.T) {
	for _, c := range []struct{ from, to int }{{1, 2}, {2, 3}, {4, 8}, {8, 4}, {3, 3}, {5, 1}} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprintf("%d to %d, seed %d", c.from, c.to, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := rescale(t, seed, c.from, c.to, func(h *handover, next []*stream) error {
						if err := h.await(t.Context()); err != nil {
							return err
						}
						return h.complete(t.Context(), func() bool { return true }, func() error {
							for _, s := range next {
								if s.relay.withheld.Load() {
									t.Error("the position is not known when it is made durable")
								}
								if p, ok := s.relay.Position(); !ok || p > s.relay.last.Load() {
									t.Errorf("position %d, %t", p, ok)
								}
							}
							return nil
						})
					})
					w.check("after the handover")
					readies := 0
					for _, n := range w.notes {
						if strings.HasPrefix(n, "READY") {
							readies++
						}
						if strings.HasPrefix(n, "GUILD_CREATE") && strings.Contains(n, fmt.Sprintf("/%d ", c.to)) && c.from != c.to {
							t.Errorf("backfill reached a plugin: %s", n)
						}
					}
					if readies != c.from+c.to {
						t.Errorf("%d READYs, want one of each shard", readies)
					}
				})
			})
		}
	}
}

// A failure, at whatever point, leaves the old generation in charge as if
// nothing had been.
func TestHandoverAbandoned(t *testing.T) {
	for _, point := range []string{"before the guilds", "before it is durable", "with it"} {
		t.Run(point, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := rescale(t, 3, 2, 3, func(h *handover, _ []*stream) error {
					failed := errors.New("made to fail")
					if point == "before the guilds" {
						return failed
					}
					if err := h.await(t.Context()); err != nil {
						return err
					}
					if point == "before it is durable" {
						return failed
					}
					return h.complete(t.Context(), func() bool { return true }, func() error { return failed })
				})
				w.check(point)
			})
		})
	}
}

func TestHandoverWaitsForGuilds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, 4)
		old, next := w.newStream(0, 1), w.newStream(0, 2)
		other := w.newStream(1, 2)
		h := newHandover([]*relay{old.relay}, []*relay{next.relay, other.relay})
		began := time.Now()
		next.send(discord.EventReady, 0, `{"guilds":[{"id":"8388608"}]}`)
		other.send(discord.EventReady, 0, `{"guilds":[]}`)
		if err := h.await(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < guildPatience || took > guildPatience+2*time.Second {
			t.Errorf("a guild that never came was waited for %v", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		next.send(discord.EventReady, 0, `{"guilds":[{"id":"8388608"}]}`)
		synctest.Wait()
		time.Sleep(100 * time.Millisecond)
		cancel()
		if err := h.await(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that has ended: %v", err)
		}
		h.abandon()
		for _, s := range []*stream{old, next, other} {
			close(s.wire)
			time.Sleep(time.Second)
			synctest.Wait()
			close(s.relay.sink.(*worldSink).work)
		}
		w.running.Wait()
	})
}

// When an old shard is dead, nobody serves its guilds: the new shards that have
// them do not wait for the others.
func TestHandoverHastens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, 0)
		old := []*stream{w.newStream(0, 2), w.newStream(1, 2)}
		next := []*stream{w.newStream(0, 4), w.newStream(1, 4), w.newStream(2, 4), w.newStream(3, 4)}
		h := newHandover([]*relay{old[0].relay, old[1].relay}, []*relay{next[0].relay, next[1].relay, next[2].relay, next[3].relay})
		h.hasten(gateway.Shard{1, 2})
		guild := discord.GuildID(3 << 22)
		next[3].send(discord.EventReady, 0, fmt.Sprintf(`{"guilds":[{"id":"%d"}]}`, guild))
		next[3].send(discord.EventGuildCreate, guild, `{}`)
		next[3].send(discord.EventMessageCreate, guild, "served")
		next[2].send(discord.EventReady, 0, `{"guilds":[]}`)
		next[2].send(discord.EventMessageCreate, 2<<22, "held")
		time.Sleep(time.Second)
		w.mu.Lock()
		if got := w.handled[guild]; len(got) != 1 || got[0] != "served" {
			t.Errorf("the dead shard's guild: %v", got)
		}
		if got := w.handled[2<<22]; len(got) != 0 {
			t.Errorf("a living shard's guild: %v", got)
		}
		w.mu.Unlock()
		h.abandon()
		synctest.Wait()
		for _, s := range append(old, next...) {
			close(s.wire)
			close(s.relay.sink.(*worldSink).work)
		}
		w.running.Wait()
	})
}

// What happens again and again has the same body, and is not taken for what
// happened before the new shard was there.
func TestHandoverOfEqualEvents(t *testing.T) {
	for _, c := range []struct{ name, before, after, want string }{
		{"the new shard comes later with all of them", "oX oA oX oB nX nA nX nB", "nC", "XAXBC"},
		{"one was there before the new shard", "oX oA oX oB nA nX nB", "nX", "XAXBX"},
		{"the new shard is first with the second", "oX nX oX", "nX", "XXX"},
		{"both keep pace", "oX nX oX nX", "nX", "XXX"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got lines
			old, next := newRelay(&got, gateway.Shard{0, 1}, -1), newRelay(&got, gateway.Shard{0, 1}, -1)
			h := newHandover([]*relay{old}, []*relay{next})
			play := func(story string) {
				for _, step := range strings.Fields(story) {
					r := map[byte]*relay{'o': old, 'n': next}[step[0]]
					e := &gateway.Event{Of: 1, Type: discord.EventMessageCreate, Name: "MESSAGE_CREATE", Guild: 1 << 30, Seq: r.last.Load() + 1, Data: []byte(step[1:])}
					e.Retain()
					r.Dispatch(e)
				}
			}
			play(c.before)
			if err := h.complete(t.Context(), func() bool { return true }, func() error { return nil }); err != nil {
				t.Fatal(err)
			}
			play(c.after)
			if string(got) != c.want {
				t.Errorf("handled %s, want %s", got, c.want)
			}
		})
	}
}

// lines is a sink that keeps the bodies.
type lines []byte

func (l *lines) Begin(gateway.Session)     {}
func (l *lines) Dispatch(e *gateway.Event) { *l = append(*l, e.Data...) }
func (l *lines) Position() (int64, bool)   { return 0, false }

func BenchmarkRelay(b *testing.B) {
	r := newRelay(benchSink{}, gateway.Shard{0, 1}, -1)
	e := &gateway.Event{Of: 1, Type: discord.EventMessageCreate, Name: "MESSAGE_CREATE", Guild: 1 << 30, Data: make([]byte, 1200)}
	b.ReportAllocs()
	for b.Loop() {
		e.Seq++
		r.Dispatch(e)
	}
}

type benchSink struct{}

func (benchSink) Begin(gateway.Session)   {}
func (benchSink) Dispatch(*gateway.Event) {}
func (benchSink) Position() (int64, bool) { return 0, false }
