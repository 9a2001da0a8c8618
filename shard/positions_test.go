package shard

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/store"
)

// started is a process that runs n shards, each with a session.
func started(t *testing.T, s store.Store, n int) (*sessionBook, *generation) {
	t.Helper()
	b := openBook(t, s, nil, nil)
	g := newGeneration(1, n, nil, gateway.DefaultIdentifier(testToken))
	if err := errors.Join(b.acquire(t.Context(), g, time.Now()), b.putInCharge(t.Context(), g, time.Now())); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		b.begun(gateway.Shard{i, n}, 1, gateway.Session{ID: "first", Seq: -1})
	}
	return b, g
}

// at is the news that a shard's session has come to a sequence.
func at(id, of int, session string, seq int64) change {
	return change{tuple: gateway.Shard{id, of}, generation: 1, state: stateHeld, session: gateway.Session{ID: session, Seq: seq}}
}

// A countingStore counts commits and writes.
type countingStore struct {
	store.Store
	commits, writes int
	fail            error
}

func (s *countingStore) Commit(ctx context.Context, b store.Batch) (store.Revision, error) {
	s.commits++
	s.writes += len(b.Writes)
	if s.fail != nil {
		return 0, s.fail
	}
	return s.Store.Commit(ctx, b)
}

// What the shards of a process have reached costs one write, and none when
// nothing has moved.
func TestPositionsShareARecord(t *testing.T) {
	s := &countingStore{Store: store.NewMemory()}
	b, g := started(t, s, 50)
	now := time.Now()
	changes := make([]change, 50)
	for round := range int64(3) {
		for i := range changes {
			changes[i] = at(i, 50, "first", 10*round+int64(i))
		}
		b.keep(t.Context(), g, changes, now)
		s.commits, s.writes = 0, 0
		b.keep(t.Context(), g, changes, now.Add(time.Second))
		if s.commits != 0 {
			t.Errorf("%d commits although nothing has moved", s.commits)
		}
		changes[7].session.Seq++
		b.keep(t.Context(), g, changes, now.Add(2*time.Second))
		if s.commits != 1 || s.writes != 1 {
			t.Errorf("%d commits with %d writes for one shard, want one", s.commits, s.writes)
		}
	}
	again := openBook(t, s, nil, nil)
	for i := range 50 {
		want := int64(20 + i)
		if i == 7 {
			want++
		}
		if got := again.resumable(gateway.Shard{i, 50}, now); got == nil || got.Seq != want {
			t.Errorf("shard %d: %+v, want sequence %d", i, got, want)
		}
		if b.kept(gateway.Shard{i, 50}) != want {
			t.Errorf("shard %d: %d is said to be kept", i, b.kept(gateway.Shard{i, 50}))
		}
	}
	s.commits = 0
	b.keep(t.Context(), g, changes, now.Add(10*time.Minute))
	if got := openBook(t, s, nil, nil).resumable(gateway.Shard{0, 50}, now.Add(20*time.Minute)); s.commits != 1 || got == nil {
		t.Errorf("a session that is alive looks old: %d commits, %+v", s.commits, got)
	}
}

// A position is asked of a shard before the record is written. When a new
// session begins in between, it says nothing about that one.
func TestPositionsOfAnotherSession(t *testing.T) {
	cases := []struct {
		name  string
		begin []gateway.Session // after the news was asked for
		late  change
		want  gateway.Session // ID "": none
	}{
		{"its own", nil, at(0, 1, "first", 80), gateway.Session{ID: "first", Seq: 80}},
		{"a new session began", []gateway.Session{{}, {ID: "second", Seq: -1}}, at(0, 1, "first", 80), gateway.Session{ID: "second", Seq: -1}},
		{"the session is gone", []gateway.Session{{}}, at(0, 1, "first", 80), gateway.Session{}},
		{"there was none yet", []gateway.Session{{ID: "second", Seq: -1}}, at(0, 1, "", -1), gateway.Session{ID: "second", Seq: -1}},
		{"it began anew before its sequence was asked", nil, at(0, 1, "first", -1), gateway.Session{ID: "first", Seq: 50}},
		{"of a shard that was replaced", nil, func() change { c := at(0, 1, "first", 80); c.generation = 0; return c }(), gateway.Session{ID: "first", Seq: 50}},
	}
	for _, c := range cases {
		for _, how := range []string{"every second", "at the end"} {
			t.Run(c.name+" "+how, func(t *testing.T) {
				s := store.NewMemory()
				b, g := started(t, s, 1)
				b.keep(t.Context(), g, []change{at(0, 1, "first", 50)}, time.Now())
				for _, begin := range c.begin {
					b.begun(gateway.Shard{0, 1}, 1, begin)
				}
				if how == "every second" {
					b.keep(t.Context(), g, []change{c.late}, time.Now())
				} else {
					c.late.state = stateFree
					b.write(t.Context(), []change{c.late}, time.Now())
				}
				var got gateway.Session
				if stored := openBook(t, s, nil, nil).resumable(gateway.Shard{0, 1}, time.Now()); stored != nil {
					got = *stored
				}
				if got != c.want {
					t.Errorf("stored is %+v, want %+v", got, c.want)
				}
			})
		}
	}
}

// Whatever a process was doing when it died, the next one goes on, and leaves
// nothing behind that could be taken for its own.
func TestPositionsAreTakenOver(t *testing.T) {
	s := store.NewMemory()
	b, g := started(t, s, 4)
	b.keep(t.Context(), g, []change{at(0, 4, "first", 10), at(1, 4, "first", 11), at(2, 4, "first", 12), at(3, 4, "first", 13)}, time.Now())

	// This process has half of the shards.
	half := openBook(t, s, nil, nil)
	g = newGeneration(1, 4, []int{0, 1}, gateway.DefaultIdentifier(testToken))
	if err := half.acquire(t.Context(), g, time.Now()); err != nil {
		t.Fatal(err)
	}
	want := func(when string, sequences ...int64) {
		t.Helper()
		book := openBook(t, s, nil, nil)
		for i, seq := range sequences {
			if got := book.resumable(gateway.Shard{i, 4}, time.Now()); got == nil || got.Seq != seq {
				t.Errorf("%s: shard %d has %+v, want sequence %d", when, i, got, seq)
			}
		}
	}
	want("taken over", 10, 11, 12, 13)
	half.keep(t.Context(), g, []change{at(0, 4, "first", 20), at(1, 4, "first", 21)}, time.Now())
	want("half of them ran on", 20, 21, 12, 13)
	half.write(t.Context(), []change{at(0, 4, "first", 30), at(1, 4, "first", 31)}, time.Now())
	want("stopped", 30, 31, 12, 13)

	five := openBook(t, s, nil, nil)
	g = newGeneration(1, 5, nil, gateway.DefaultIdentifier(testToken))
	if err := errors.Join(five.acquire(t.Context(), g, time.Now()), five.putInCharge(t.Context(), g, time.Now())); err != nil {
		t.Fatal(err)
	}
	if left, err := s.List(t.Context(), "position.", "", 0); err != nil || len(left) != 0 {
		t.Errorf("positions of another count are left: %+v, %v", left, err)
	}
}

func TestDamagedPositions(t *testing.T) {
	for _, text := range []string{`{damaged`, `{"at":1,"p":[[7,1,5]]}`, `{"at":1,"p":[[0,1,-2]]}`, `[]`} {
		s := store.NewMemory()
		b, g := started(t, s, 1)
		b.write(t.Context(), []change{at(0, 1, "first", 40)}, time.Now())
		if _, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: "position.1234.1.local", Value: []byte(text)}, {Key: "position.1234.x", Value: []byte("?")}}}); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		next := openBook(t, s, nil, hclog.New(&hclog.LoggerOptions{Output: &log}))
		if got := next.resumable(gateway.Shard{0, 1}, time.Now()); got == nil || got.Seq != 40 {
			t.Errorf("%s: %+v", text, got)
		}
		if err := next.acquire(t.Context(), g, time.Now()); err != nil {
			t.Fatal(err)
		}
		if aside, err := s.Get(t.Context(), "damaged.position.1234.1.local"); err != nil || string(aside.Value) != text || !strings.Contains(log.String(), "damaged") {
			t.Errorf("%s: aside %q, %v; log %s", text, aside.Value, err, &log)
		}
	}
}

// A session whose beginning could not be stored is stored as soon as it can.
func TestSessionIsStoredAfterAFailure(t *testing.T) {
	s := &countingStore{Store: store.NewMemory()}
	b, g := started(t, s, 2)
	s.fail = errors.New("the disk is full")
	b.begun(gateway.Shard{1, 2}, 1, gateway.Session{ID: "second", ResumeURL: "wss://resume", Seq: -1})
	changes := []change{at(0, 2, "first", 9), at(1, 2, "second", 3)}
	b.keep(t.Context(), g, changes, time.Now())
	if b.kept(gateway.Shard{1, 2}) >= 0 || b.kept(gateway.Shard{0, 2}) >= 0 {
		t.Error("kept is what could not be stored")
	}
	s.fail = nil
	b.keep(t.Context(), g, changes, time.Now())
	next := openBook(t, s, nil, nil)
	for i, want := range []gateway.Session{{ID: "first", Seq: 9}, {ID: "second", ResumeURL: "wss://resume", Seq: 3}} {
		if got := next.resumable(gateway.Shard{i, 2}, time.Now()); got == nil || *got != want {
			t.Errorf("shard %d: %+v, want %+v", i, got, want)
		}
	}
}

// A disk that is slow holds no heartbeat up, and what it has not taken yet is not
// acknowledged.
func TestSlowDiskHoldsNoHeartbeatUp(t *testing.T) {
	s := &gatedStore{Store: store.NewMemory()}
	b, g := started(t, s, 1)
	b.keep(t.Context(), g, []change{at(0, 1, "first", 5)}, time.Now())
	s.gate, s.waits = make(chan struct{}), make(chan struct{}, 1)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		b.keep(t.Context(), g, []change{at(0, 1, "first", 9)}, time.Now().Add(time.Second))
	}()
	<-s.waits // from here on a heartbeat that waits for the disk would wait for ever
	if seq := b.kept(gateway.Shard{0, 1}); seq != 5 {
		t.Errorf("while the disk works on 9, %d is said to be kept, want 5", seq)
	}
	close(s.gate)
	<-kept
	if seq := b.kept(gateway.Shard{0, 1}); seq != 9 {
		t.Errorf("%d is said to be kept, want 9", seq)
	}
}

// A gatedStore commits when its gate is open.
type gatedStore struct {
	store.Store
	gate  chan struct{} // nil: it is open
	waits chan struct{}
}

func (s *gatedStore) Commit(ctx context.Context, b store.Batch) (store.Revision, error) {
	if s.gate != nil {
		s.waits <- struct{}{}
		<-s.gate
	}
	return s.Store.Commit(ctx, b)
}

// When another process has taken a shard's record over, that is noticed within a
// minute and the record left alone.
func TestTakenRecordsAreNoticed(t *testing.T) {
	s := store.NewMemory()
	b, g := started(t, s, 2)
	b.keep(t.Context(), g, []change{at(0, 2, "first", 5), at(1, 2, "first", 5)}, time.Now())
	var log bytes.Buffer
	b.log = hclog.New(&hclog.LoggerOptions{Output: &log})
	data := gateway.DefaultIdentifyData(testToken)
	data.Intents = 513
	other, err := openSessions(t.Context(), s, appOf(testToken), "other", &data, hclog.NewNullLogger())
	if err != nil {
		t.Fatal(err)
	}
	mine := newGeneration(1, 2, []int{1}, gateway.DefaultIdentifier(testToken))
	if err := other.acquire(t.Context(), mine, time.Now()); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(2 * touchInterval)
	b.keep(t.Context(), g, []change{at(0, 2, "first", 6), at(1, 2, "first", 6)}, later)
	b.keep(t.Context(), g, []change{at(0, 2, "first", 7), at(1, 2, "first", 7)}, later)
	if !strings.Contains(log.String(), "another process has taken") {
		t.Errorf("log %q", &log)
	}
	next := openBook(t, s, nil, nil)
	if zero, one := next.resumable(gateway.Shard{0, 2}, later), next.resumable(gateway.Shard{1, 2}, time.Now()); zero == nil || zero.Seq != 7 || one == nil || one.Seq != 5 {
		t.Errorf("stored are %+v and %+v", zero, one)
	}
}

func FuzzPositions(f *testing.F) {
	f.Add([]byte(`{"at":1700000000000,"p":[[0,7,4211],[1,5,3980]]}`))
	f.Add([]byte(`{"at":-1,"p":[[0,0,-1],[0,0]]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parsePositions(text, 3)
		if err != nil {
			return
		}
		again := beginPositions(nil, time.UnixMilli(r.At))
		for _, p := range r.Positions {
			again = appendPosition(again, int(p[0]), uint64(p[1]), p[2])
		}
		read, err := parsePositions(endPositions(again), 3)
		if err != nil || read.At != r.At || len(read.Positions) != len(r.Positions) {
			t.Fatalf("%s is written as %s: %v", text, again, err)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"base":"https://discord.com/api/v10","url":"wss://gateway.discord.gg","shards":9,"at":1700000000000}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := parseAnswer(text); err == nil && (r.Shards < 1 || !strings.HasPrefix(r.URL, "ws")) {
			t.Fatalf("%s is taken for %+v", text, r)
		}
	})
}
