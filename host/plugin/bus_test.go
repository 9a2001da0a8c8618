package plugin

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
)

// A listener is a second plugin, q, beside the world's own.
type listener struct {
	*world
	spec   config.Plugin
	plugin *Plugin
}

func listen(w *world, topics ...string) *listener {
	l := &listener{world: w, spec: testSpec()}
	l.spec.Name = "q"
	l.spec.Grant.Bus = &config.BusGrant{Subscribe: topics}
	l.hear()
	w.t.Cleanup(func() {
		if l.plugin != nil {
			l.close(context.Background())
		}
	})
	return l
}

// hear subscribes, as a host does for all plugins before it opens the first.
func (l *listener) hear() {
	l.t.Helper()
	l.deps()
	if err := l.journal.Hear(context.Background(), "q", Topics(l.spec)); err != nil {
		l.t.Fatal(err)
	}
}

func (l *listener) open() {
	l.t.Helper()
	d := l.deps()
	var err error
	if l.plugin, err = Open(context.Background(), d, l.spec, scripted{}.module()); err != nil {
		l.t.Fatal(err)
	}
}

func (l *listener) close(ctx context.Context) {
	l.t.Helper()
	if err := l.plugin.Close(ctx); err != nil {
		l.t.Error(err)
	}
	l.plugin = nil
}

func (l *listener) wantKV(key, value string) {
	l.t.Helper()
	s, err := effect.OpenSpace(context.Background(), l.store.Store, "q", time.Now)
	if err != nil {
		l.t.Fatal(err)
	}
	if v, _, err := s.Get(context.Background(), key); err != nil || string(v.Data) != value {
		l.t.Errorf("q: key %q holds %q, %v, want %q", key, v.Data, err, value)
	}
}

func TestPublish(t *testing.T) {
	said := script{}.add("heard", 1)
	for _, c := range []struct {
		name  string
		do    func(w *world, q *listener)
		own   string // how often p has heard
		other string
	}{
		{"to oneself and another", func(w *world, q *listener) { w.send(1, script{}.publish("own.a", said)) }, "1", "1"},
		{"to whom it concerns", func(w *world, q *listener) { w.send(1, script{}.publish("own.b.c", said)) }, "1", ""},
		{"a frame that traps has said nothing", func(w *world, q *listener) {
			w.send(1, script{}.publish("own.a", said).trap())
			time.Sleep(time.Minute)
		}, "", ""},
		{"a frame that is tried again has said it once", func(w *world, q *listener) {
			w.send(1, script{}.publish("own.a", said).trapOnce())
			time.Sleep(time.Minute)
		}, "1", "1"},
		{"an answer from handler to handler", func(w *world, q *listener) {
			w.send(1, script{}.publish("own.x", script{}.publish("own.a", said)))
		}, "1", "1"},
		{"without the topic", func(w *world, q *listener) {
			w.send(1, script{}.publish("foreign.a", said).expect(-2))
			w.send(1, script{}.publish("Own!", said).expect(-1))
			w.send(1, script{}.publish("own."+strings.Repeat("x", 200), said).expect(-5))
		}, "", ""},
		{"before the listener has started", func(w *world, q *listener) {
			q.close(context.Background())
			w.close()
			q.hear()
			w.open(scripted{})
			w.send(1, script{}.publish("own.a", said))
			w.settle()
			q.wantKV("heard", "")
			q.open()
		}, "1", "1"},
		{"and then the host dies", func(w *world, q *listener) {
			release := hold(q.plugin, 0)
			w.send(1, script{}.publish("own.a", said))
			w.settle()
			w.store.fail(true)
			release()
			w.settle()
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			q.close(ctx)
			w.closeNow()
			w.store.fail(false)
			q.hear()
			w.open(scripted{})
			q.open()
		}, "1", "1"},
		{"while the store is away", func(w *world, q *listener) {
			w.store.fail(true)
			w.send(1, script{}.publish("own.a", said))
			w.settle()
			w.store.fail(false)
			time.Sleep(time.Minute)
		}, "1", "1"},
		{"a listener that fails", func(w *world, q *listener) {
			w.send(1, script{}.publish("own.a", script{}.add("heard", 1).failIf("heard", "no")))
			w.send(1, script{}.publish("own.a", said))
		}, "1", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				q := listen(w, "own.a")
				w.open(scripted{})
				q.open()
				c.do(w, q)
				w.settle()
				w.wantKV("heard", c.own)
				q.wantKV("heard", c.other)
				if left := w.keys("in/"); len(left) > 0 {
					t.Errorf("messages left: %q", left)
				}
			})
		})
	}
}

// What one lane publishes is heard in its order, each message once, whenever the
// host dies and however many lanes the listener has.
func TestPublishAgainstModel(t *testing.T) {
	seeds := newRand(t)
	for range 20 {
		seed := seeds.Uint64()
		ok := t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { playBus(t, rand.New(rand.NewPCG(seed, 1))) })
		})
		if !ok {
			return
		}
	}
}

func playBus(t *testing.T, r *rand.Rand) {
	w := newWorld(t)
	w.spec.Lanes = 1 + r.IntN(3)
	w.spec.Grant.Bus.Subscribe = nil
	q := listen(w, "own.*")
	q.spec.Lanes = 1 + r.IntN(3)
	w.open(scripted{})
	q.open()
	var bodies []script
	var guilds []int
	last := map[int]int{} // by guild
	deliver := func(seq int64, replayed bool) {
		e := w.eventAt(seq, guilds[seq-1], bodies[seq-1])
		e.Replayed = replayed
		w.deliver(e)
	}
	for range 15 {
		for range r.IntN(8) {
			guild, n := r.IntN(4), len(bodies)+1
			// It fails unless the guild's message before has been heard.
			heard := script{}.add("n", 1).put("g"+itoa(guild), itoa(n))
			if before := last[guild]; before > 0 {
				heard = script{}.holds("g"+itoa(guild), itoa(before)).add("n", 1).put("g"+itoa(guild), itoa(n))
			}
			last[guild] = n
			bodies, guilds = append(bodies, script{}.publish("own.a", heard)), append(guilds, guild)
			deliver(int64(n), false)
		}
		if r.IntN(3) > 0 {
			continue
		}
		if r.IntN(2) == 0 {
			w.settle()
		}
		w.store.fail(true)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		q.close(ctx)
		w.closeNow()
		w.store.fail(false)
		position := max(0, w.position())
		q.hear()
		w.open(scripted{})
		q.open()
		w.tracker.Begin(w.session, position)
		for seq := position + 1; seq <= int64(len(bodies)); seq++ {
			deliver(seq, true)
		}
	}
	w.settle()
	time.Sleep(time.Minute)
	w.settle()
	if len(bodies) > 0 {
		q.wantKV("n", itoa(len(bodies)))
	}
	for guild, n := range last {
		q.wantKV("g"+itoa(guild), itoa(n))
	}
	if left := w.keys("dead/"); len(left) > 0 {
		t.Errorf("dead letters: %q\n%s", left, w.log)
	}
}

// A plugin that does not keep up misses what comes when too much waits; whoever
// publishes goes on, and what is handled makes room.
func TestPublishToWhomIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Grant.Bus.Subscribe = nil
		q := listen(w, "own.*")
		q.spec.Grant.KV.Quota = 1 << 30
		w.open(scripted{})
		q.open()
		release := hold(q.plugin, 0)
		big := script{}.add("n", 1).put("x", strings.Repeat("x", 60_000))
		const each = 10
		s := script{}
		for range each {
			s = s.publish("own.a", big)
		}
		for range 120 {
			w.send(1, s)
			w.settle()
		}
		missed := w.journal.Missed("q")
		if missed == 0 || missed > 1200-1000 {
			t.Errorf("%d of 1200 messages of 60 KB were missed", missed)
		}
		w.wantLog("message missed, too many wait")
		release()
		w.settle()
		w.send(1, script{}.publish("own.a", big))
		w.settle()
		q.wantKV("n", itoa(1201-int(missed)))
	})
}
