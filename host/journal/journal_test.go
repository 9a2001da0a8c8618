package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/internal/store"
)

// newLedger opens a plugin's ledger on a store.
func newLedger(t testing.TB, s store.Store) (*Journal, *Ledger) {
	t.Helper()
	ctx := context.Background()
	j := New(s, hclog.NewNullLogger(), time.Now)
	l := &Ledger{Plugin: "p"}
	var err error
	check := func() {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	l.Space, err = effect.OpenSpace(ctx, s, "p", time.Now)
	check()
	l.Timers, err = effect.OpenTimers(ctx, s, "p", time.Now)
	check()
	l.Positions, err = j.LoadPositions(ctx, "p")
	check()
	l.Dead, err = j.OpenDeadLetters(ctx, "p", 1000, 64<<20)
	check()
	l.Outbox, _, err = j.OpenOutbox(ctx, "p", OutboxOptions{Client: noDiscord{}, End: func(int, *Completion) {}})
	check()
	l.Commands, err = j.OpenCommands(ctx, "p", func(context.Context, effect.Command) error { return nil })
	check()
	t.Cleanup(func() {
		l.Outbox.Close(ctx)
		l.Commands.Close()
	})
	return j, l
}

type noDiscord struct{}

func (noDiscord) Do(context.Context, rest.Request) (rest.Response, error) {
	return rest.Response{Status: 200}, nil
}

func (l *Ledger) record(effects ...effect.Effect) *Record {
	return &Record{
		Ledger: l, Lane: effect.Lane{Of: 1, Inflight: new(atomic.Int64)}, Effects: effects,
		FrameID: func(frame int) string { return fmt.Sprintf("s:%d", frame) },
	}
}

// aside writes behind the journal's back, as another host would.
func aside(t testing.TB, s store.Store, l *Ledger, key, value string) store.Revision {
	t.Helper()
	r, err := s.Commit(context.Background(), store.Batch{Writes: []store.Write{
		{Key: l.Space.StoreKey(key), Value: effect.EncodeValue([]byte(value), time.Time{})},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantKey(t testing.TB, l *Ledger, key, want string) {
	t.Helper()
	v, _, err := l.Space.Get(context.Background(), key)
	if err != nil || string(v.Data) != want {
		t.Errorf("key %q holds %q, %v; want %q", key, v.Data, err, want)
	}
}

// between runs a function before a store's next commit.
type between struct {
	store.Store
	run func()
}

func (b *between) Commit(ctx context.Context, batch store.Batch) (store.Revision, error) {
	if run := b.run; run != nil {
		b.run = nil
		run()
	}
	return b.Store.Commit(ctx, batch)
}

func TestCommitAgainstOthers(t *testing.T) {
	put := func(frame int, key, value string, checked bool, revision store.Revision) effect.Effect {
		return effect.Effect{Frame: frame, Kind: effect.KVPut, Key: key, Value: []byte(value), Checked: checked, Revision: uint64(revision)}
	}
	add := func(frame int, key string, delta int64) effect.Effect {
		return effect.Effect{Frame: frame, Kind: effect.KVAdd, Key: key, Delta: delta}
	}
	for _, c := range []struct {
		name    string
		effects func(rev store.Revision) []effect.Effect
		other   string // what the key becomes just before the commit
		lost    int    // the frame that loses, -1: none
		want    string
	}{
		{"a sum is made anew", func(store.Revision) []effect.Effect { return []effect.Effect{add(0, "k", 5), add(1, "k", 1)} }, "100", -1, "106"},
		{"a sum of what is no number any more", func(store.Revision) []effect.Effect { return []effect.Effect{add(2, "k", 5)} }, "x", 2, "x"},
		{"a sum that does not fit any more", func(store.Revision) []effect.Effect { return []effect.Effect{add(2, "k", 5)} }, "9223372036854775807", 2, "9223372036854775807"},
		{"a put does not ask", func(store.Revision) []effect.Effect { return []effect.Effect{put(0, "k", "mine", false, 0)} }, "100", -1, "mine"},
		{"a swap that has lost", func(r store.Revision) []effect.Effect {
			return []effect.Effect{put(0, "a", "1", false, 0), put(3, "k", "mine", true, r)}
		}, "100", 3, "100"},
		{"a swap that has lost, with a sum", func(r store.Revision) []effect.Effect {
			return []effect.Effect{add(0, "n", 1), put(3, "k", "mine", true, r)}
		}, "100", 3, "100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &between{Store: store.NewMemory()}
			j, l := newLedger(t, s)
			rev := aside(t, s, l, "k", "10")
			s.run = func() { aside(t, s, l, "k", c.other) }
			err := j.Commit(context.Background(), l.record(c.effects(rev)...))
			var lost *ConflictError
			switch {
			case c.lost < 0 && err != nil:
				t.Errorf("it failed: %v", err)
			case c.lost >= 0 && (!errors.As(err, &lost) || lost.Frame != c.lost || lost.Key != "k"):
				t.Errorf("it ended with %v", err)
			}
			wantKey(t, l, "k", c.want)
			if c.lost >= 0 {
				wantKey(t, l, "a", "")
				wantKey(t, l, "n", "")
			}
			// Nothing is held any more.
			if err := j.Commit(context.Background(), l.record(put(0, "k", "free", false, 0))); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRecordsWithoutEffectsCostNothing(t *testing.T) {
	s := &between{Store: store.NewMemory()}
	j, l := newLedger(t, s)
	s.run = func() { t.Error("it was committed") }
	r := l.record()
	r.Position = []Position{{Session: "s", Seq: 1}}
	if err := j.Commit(context.Background(), r); err != nil {
		t.Error(err)
	}
}

func TestNonce(t *testing.T) {
	for _, c := range []struct {
		name, method, path, body string
		once                     bool
		nonce                    string // "": made
	}{
		{"a message", "POST", "/channels/81/messages", `{"content":"x"}`, true, ""},
		{"with a query", "POST", "/channels/81/messages?x=1", `{"content":"x"}`, true, ""},
		{"its own, enforced", "POST", "/channels/81/messages", `{"nonce":"5","enforce_nonce":true}`, true, "5"},
		{"its own", "POST", "/channels/81/messages", `{"nonce":"5"}`, false, "5"},
		{"no object", "POST", "/channels/81/messages", `[1]`, false, "-"},
		{"nothing", "POST", "/channels/81/messages", ``, false, "-"},
		{"null", "POST", "/channels/81/messages", `null`, false, "-"},
		{"a message of a webhook", "POST", "/webhooks/81/token", `{"content":"x"}`, false, "-"},
		{"an edit", "PATCH", "/channels/81/messages/82", `{"content":"x"}`, false, "-"},
		{"a crosspost", "POST", "/channels/81/messages/82/crosspost", `{}`, false, "-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			call := &effect.Call{Method: c.method, Path: c.path, Body: []byte(c.body)}
			body, once := withNonce(call, "p s:1:0")
			if once != c.once {
				t.Errorf("it is made once: %v", once)
			}
			if c.nonce == "-" {
				if string(body) != c.body {
					t.Errorf("the body became %s", body)
				}
				return
			}
			var m struct {
				Content string
				Nonce   string
				Enforce bool `json:"enforce_nonce"`
			}
			if err := json.Unmarshal(body, &m); err != nil {
				t.Fatal(err)
			}
			if c.nonce != "" {
				if m.Nonce != c.nonce {
					t.Errorf("the nonce became %q", m.Nonce)
				}
				return
			}
			other, _ := withNonce(call, "p s:1:1")
			if len(m.Nonce) != 25 || !m.Enforce || m.Content != "x" || string(other) == string(body) {
				t.Errorf("the body became %s", body)
			}
		})
	}
}

// The sweep and the lanes that write the same keys do not disturb each other.
func TestSweepBesideWrites(t *testing.T) {
	s := store.NewMemory()
	var clock atomic.Int64
	clock.Store(1_000_000)
	now := func() time.Time { return time.UnixMilli(clock.Load()) }
	j, l := newLedger(t, s)
	j.now = now
	var err error
	if l.Space, err = effect.OpenSpace(context.Background(), s, "p", now); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for lane := range 4 {
		wg.Go(func() {
			for n := range 400 {
				e := effect.Effect{Kind: effect.KVPut, Key: fmt.Sprint("k", n%7), Value: make([]byte, n%50), Expires: now().Add(time.Duration(n%5) * time.Millisecond)}
				if n%3 == 0 {
					e.Expires = time.Time{}
				}
				r := l.record(e)
				r.Lane.Index, r.Lane.Of = lane, 4
				if err := j.Commit(context.Background(), r); err != nil {
					t.Error(err)
				}
			}
		})
	}
	space := func(string) *effect.Space { return l.Space }
	for range 200 {
		clock.Add(1)
		if err := j.Sweep(context.Background(), space); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	clock.Add(1000)
	if err := j.Sweep(context.Background(), space); err != nil {
		t.Error(err)
	}
	var bytes int64
	entries, err := s.List(context.Background(), "", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Key, "kv/p/"):
			bytes += int64(len(e.Key) - len("kv/p/") + len(e.Value) - 8)
		case strings.HasPrefix(e.Key, "kvexpiry/"):
			t.Errorf("left to expire: %q", e.Key)
		}
	}
	if used := l.Space.Used(); used != bytes {
		t.Errorf("%d bytes are counted, %d stored", used, bytes)
	}
	again, err := effect.OpenSpace(context.Background(), s, "p", now)
	if err != nil || again.Used() != bytes {
		t.Errorf("after a restart %d bytes are counted, %v", again.Used(), err)
	}
}

func TestSweepReadsEveryPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := store.NewMemory()
		j, l := newLedger(t, s)
		var effects []effect.Effect
		const n = 2*sweepPage + 10
		for i := range n {
			effects = append(effects, effect.Effect{Kind: effect.KVPut, Key: fmt.Sprint(i), Expires: time.Now().Add(time.Duration(i) * time.Second)})
		}
		if err := j.Commit(context.Background(), l.record(effects...)); err != nil {
			t.Fatal(err)
		}
		time.Sleep((n - 5) * time.Second)
		if err := j.Sweep(context.Background(), func(string) *effect.Space { return nil }); err != nil {
			t.Fatal(err)
		}
		left := func(prefix string) int {
			entries, err := s.List(context.Background(), prefix, "", 0)
			if err != nil {
				t.Fatal(err)
			}
			return len(entries)
		}
		if k := left("kv/p/"); k != n {
			t.Errorf("of a plugin that is not there %d keys are left", k)
		}
		if err := j.Sweep(context.Background(), func(string) *effect.Space { return l.Space }); err != nil {
			t.Fatal(err)
		}
		if k, x := left("kv/p/"), left("kvexpiry/"); k != 4 || x != 4 {
			t.Errorf("%d keys and %d expiries are left, want 4", k, x)
		}
	})
}
