package journal

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// A deaf store commits, and loses the answer.
type deaf struct {
	store.Store
	losing bool
	whole  bool // the batch is lost with it
}

var errLost = errors.New("no answer")

func (d *deaf) Commit(ctx context.Context, b store.Batch) (store.Revision, error) {
	if !d.losing {
		return d.Store.Commit(ctx, b)
	}
	d.losing = false
	if !d.whole {
		if _, err := d.Store.Commit(ctx, b); err != nil {
			return 0, err
		}
	}
	return 0, errLost
}

// A sweep whose commit has ended without an answer counts what it has removed, or
// removes it with the next one.
func TestSweepWithUnknownOutcome(t *testing.T) {
	for _, whole := range []bool{false, true} {
		t.Run(fmt.Sprintf("all is lost: %v", whole), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &deaf{Store: store.NewMemory(), whole: whole}
				j, l := newLedger(t, s)
				keep := effect.Effect{Kind: effect.KVPut, Key: "stays", Value: []byte("here")}
				gone := effect.Effect{Kind: effect.KVPut, Key: "goes", Value: []byte("away"), Expires: time.Now().Add(time.Second)}
				if err := j.Commit(t.Context(), l.record(keep, gone)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				s.losing = true
				space := func(string) *effect.Space { return l.Space }
				if err := j.Sweep(t.Context(), space); !errors.Is(err, errLost) {
					t.Fatalf("the first sweep: %v", err)
				}
				if err := j.Sweep(t.Context(), space); err != nil {
					t.Fatalf("the second sweep: %v", err)
				}
				wantKey(t, l, "stays", "here")
				wantKey(t, l, "goes", "")
				if used := l.Space.Used(); used != 9 {
					t.Errorf("the namespace counts %d bytes, want 9", used)
				}
			})
		})
	}
}

// A record whose commit has ended without an answer takes effect once when it is
// committed again, whether the first attempt has happened or not.
func TestUnknownOutcome(t *testing.T) {
	add := effect.Effect{Kind: effect.KVAdd, Key: "n", Delta: 1}
	for _, c := range []struct {
		name string
		fill func(j *Journal, l *Ledger, r *Record)
	}{
		{"an event", func(_ *Journal, _ *Ledger, r *Record) {
			r.Position = []Position{{Of: 1, Session: "s", Seq: 7}}
		}},
		{"a completion", func(j *Journal, _ *Ledger, r *Record) {
			r.Answered = []string{"out/p/1"}
			_, _ = j.store.Commit(context.Background(), store.Batch{Writes: []store.Write{{Key: "out/p/1"}}})
		}},
		{"a timer", func(j *Journal, l *Ledger, r *Record) {
			set := effect.Timer{TimerName: effect.TimerName{Tag: 5}, Due: time.Now().Add(time.Second), Period: time.Minute}
			l.Timers.Set(set)
			_, _ = j.store.Commit(context.Background(), store.Batch{Writes: []store.Write{{Key: set.Key("p"), Value: set.Encode()}}})
			fired := make(chan effect.Timer, 1)
			l.Timers.Start(func(t effect.Timer) { fired <- t })
			r.Fired = []effect.Timer{<-fired}
			l.Timers.Stop()
		}},
		{"a call", func(_ *Journal, _ *Ledger, r *Record) {
			r.Effects = append(r.Effects, effect.Effect{Kind: effect.Rest, Call: &effect.Call{Method: "GET", Path: "/gateway"}})
		}},
		{"a gateway command", func(_ *Journal, _ *Ledger, r *Record) {
			r.Effects = append(r.Effects, effect.Effect{Kind: effect.Gateway, Command: &effect.Command{Op: 8, Data: []byte("{}")}})
		}},
	} {
		for _, whole := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, all is lost: %v", c.name, whole), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &deaf{Store: store.NewMemory(), whole: whole}
					j, l := newLedger(t, s)
					r := l.record(add)
					c.fill(j, l, r)
					for _, e := range r.Effects {
						if e.Kind == effect.Rest {
							r.Lane.Inflight.Add(1)
						}
					}
					s.losing = true
					if err := j.Commit(context.Background(), r); !errors.Is(err, errLost) {
						t.Fatalf("the first attempt: %v", err)
					}
					if err := j.Commit(context.Background(), r); err != nil {
						t.Fatalf("the second attempt: %v", err)
					}
					wantKey(t, l, "n", "1")
					if used := l.Space.Used(); used != 2 {
						t.Errorf("the namespace counts %d bytes, want 2", used)
					}
					synctest.Wait()
					l.Outbox.Close(context.Background())
					l.Commands.Close()
				})
			})
		}
	}
}
