package plugin

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/journal"
)

// oneAttempt makes every failure a dead letter.
func (w *world) oneAttempt() {
	w.spec.Failure = config.Failure{Retry: 0, Max: 1000, Within: time.Minute, Backoff: 10 * time.Millisecond, DeadLetters: 10, DeadLetterBytes: 1 << 20}
}

// bury makes dead letters of an event, a timer and a completion, in this order.
func (w *world) buryThree() []string {
	w.t.Helper()
	w.seed("broken", "1")
	w.seed(timerScript(7), string(script{}.trapIf("broken").add("timer", 1)))
	get := document("GET", "/users/@me", "", string(script{}.trapIf("broken").add("completion", 1)))
	w.send(5, script{}.trapIf("broken").add("event", 1).rest(0, document("POST", "/channels/1/messages", `{"content":"x"}`, "")))
	w.settle()
	w.send(5, script{}.timer(7, 1000, 0))
	time.Sleep(time.Minute)
	w.settle()
	w.send(5, script{}.rest(9, get))
	time.Sleep(time.Minute)
	w.settle()
	var ids []string
	for _, l := range w.letters() {
		ids = append(ids, l.ID)
	}
	if len(ids) != 3 {
		w.t.Fatalf("%d dead letters", len(ids))
	}
	return ids
}

func TestDeadLetterTellsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.oneAttempt()
		p := w.open(scripted{})
		w.buryThree()
		for i, want := range []struct {
			what string
			kind abi.Kind
		}{{"MESSAGE_CREATE", abi.KindEvent}, {"timer", abi.KindTimer}, {"completion", abi.KindCompletion}} {
			l := w.letters()[i]
			f, err := l.Parse()
			if err != nil || f.Kind != want.kind || f.Guild != uint64(guildID(5)) || l.Event != want.what {
				t.Errorf("letter %d: %+v, %v", i, f, err)
			}
			if l.Generation != 1 || l.SHA256 != p.Status().SHA256 || l.Attempts != 1 || !strings.Contains(l.Error, "unreachable") ||
				!strings.Contains(l.Stack, "run(") || l.Time.IsZero() {
				t.Errorf("letter %d: %+v", i, l)
			}
		}
		if s := p.Status(); s.DeadLetters != 3 || s.Buried != 3 {
			t.Errorf("status %+v", s)
		}
	})
}

func TestReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		w := newWorld(t)
		w.oneAttempt()
		p := w.open(scripted{})
		ids := w.buryThree()

		var still *StillFailsError
		if err := p.Replay(ctx, ids[0]); !errors.As(err, &still) || still.Attempts != 2 {
			t.Errorf("while it is broken: %v", err)
		}
		if l := w.letters(); len(l) != 3 || l[0].ID != ids[0] || l[0].Attempts != 2 {
			t.Fatalf("after it failed again: %+v", l)
		}
		w.wantKV("event", "")

		w.unseed("broken")
		w.swap(scripted{version: "two"})
		for _, id := range ids {
			if err := p.Replay(ctx, id); err != nil {
				t.Error(err)
			}
		}
		w.settle()
		w.wantKV("event", "1")
		w.wantKV("timer", "1")
		w.wantKV("completion", "1")
		if l := w.letters(); len(l) != 0 {
			t.Errorf("left are %+v", l)
		}
		if n := strings.Count(strings.Join(w.discord.paths(), " "), "/messages"); n != 1 {
			t.Errorf("%d messages were sent, want 1", n)
		}
		if err := p.Replay(ctx, ids[0]); !errors.Is(err, journal.ErrNoLetter) {
			t.Errorf("a second time: %v", err)
		}
		if s := p.Status(); s.DeadLetters != 0 || s.Buried != 3 {
			t.Errorf("status %+v", s)
		}
	})
}

// What dies before the commit leaves the letter; what dies after it has done
// everything, once.
func TestReplayThatDies(t *testing.T) {
	for _, c := range []struct {
		name   string
		before bool // the store fails before the commit
		n      string
	}{{"before the commit", true, "1"}, {"after the commit", false, "1"}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := context.Background()
				w := newWorld(t)
				w.oneAttempt()
				p := w.open(scripted{})
				w.seed("broken", "1")
				w.send(1, script{}.trapIf("broken").add("n", 1))
				w.settle()
				w.unseed("broken")
				id := w.letters()[0].ID
				ended := make(chan error, 1)
				w.store.fail(c.before)
				go func() { ended <- p.Replay(ctx, id) }()
				w.settle()
				w.close()
				w.store.fail(false)
				if err := <-ended; (err != nil) != c.before || c.before && !errors.Is(err, ErrStopped) {
					t.Errorf("the replay ended with %v", err)
				}
				p = w.open(scripted{})
				if left := len(w.letters()); (left == 1) != c.before {
					t.Fatalf("%d letters are left", left)
				}
				if c.before {
					if err := p.Replay(ctx, id); err != nil {
						t.Error(err)
					}
				}
				w.wantKV("n", c.n)
				if left := len(w.letters()); left != 0 {
					t.Errorf("%d letters are left", left)
				}
			})
		})
	}
}

// A replay takes its turn on the lane that owns its guild, whatever the number
// of lanes is by then, and is claimed while it waits.
func TestReplayWaitsItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		w := newWorld(t)
		w.oneAttempt()
		p := w.open(scripted{})
		w.seed("broken", "1")
		guild := guildOf(2, 3)
		w.send(guild, script{}.trapIf("broken").put("log", "letter"))
		w.settle()
		w.unseed("broken")
		id := w.letters()[0].ID
		w.spec.Lanes = 3
		w.swap(scripted{})
		release := hold(p, 2)
		w.send(guild, script{}.put("log", "before"))
		ended := make(chan error, 1)
		go func() { ended <- p.Replay(ctx, id) }()
		w.settle()
		if err := p.Replay(ctx, id); !errors.Is(err, journal.ErrLetterBusy) {
			t.Errorf("a second replay: %v", err)
		}
		if err := p.DropDeadLetter(ctx, id); !errors.Is(err, journal.ErrLetterBusy) {
			t.Errorf("dropped meanwhile: %v", err)
		}
		release()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		w.wantKV("log", "letter")
		if l := w.letters(); slices.ContainsFunc(l, func(d journal.DeadLetter) bool { return d.ID == id }) {
			t.Error("it is still there")
		}
	})
}
