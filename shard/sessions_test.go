package shard

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/store"
)

const testToken = "MTIzNA.x.secret-part"

func openBook(t *testing.T, s store.Store, change func(*gateway.IdentifyData), log hclog.Logger) *sessionBook {
	t.Helper()
	data := gateway.DefaultIdentifyData("Bot " + testToken)
	data.Intents = 513
	if change != nil {
		change(&data)
	}
	if log == nil {
		log = hclog.NewNullLogger()
	}
	b, err := openSessions(t.Context(), s, appOf(testToken), "local", &data, log)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// run is the life of a process that runs n shards and stops.
func run(t *testing.T, s store.Store, n int, number uint64) *generation {
	t.Helper()
	b := openBook(t, s, nil, nil)
	g := newGeneration(number, n, nil, gateway.DefaultIdentifier(testToken))
	if err := b.acquire(t.Context(), g, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := b.putInCharge(t.Context(), g, time.Now()); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		b.begun(gateway.Shard{i, n}, number, gateway.Session{ID: "session", ResumeURL: "wss://resume", Seq: 1})
		b.write(t.Context(), []change{{gateway.Shard{i, n}, number, stateFree, gateway.Session{ID: "session", ResumeURL: "wss://resume", Seq: 42}, false, false}}, time.Now())
	}
	return g
}

func TestStoredSessions(t *testing.T) {
	other := func(change func(*gateway.IdentifyData)) func(*gateway.IdentifyData) { return change }
	cases := []struct {
		name    string
		change  func(*gateway.IdentifyData)
		tuple   gateway.Shard
		later   time.Duration
		because string // "": it is resumed
	}{
		{"the same process again", nil, gateway.Shard{1, 2}, time.Second, ""},
		{"after ten minutes", nil, gateway.Shard{0, 2}, 10 * time.Minute, ""},
		{"after an hour", nil, gateway.Shard{0, 2}, time.Hour, "1h0m0s old"},
		{"with other intents", other(func(d *gateway.IdentifyData) { d.Intents = 1 }), gateway.Shard{0, 2}, 0, "intents have changed"},
		{"with another token of the bot", other(func(d *gateway.IdentifyData) { d.Token = "MTIzNA.y.other" }), gateway.Shard{0, 2}, 0, "token has changed"},
		{"of another count", nil, gateway.Shard{0, 3}, 0, "-"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := store.NewMemory()
			run(t, s, 2, 1)
			var log bytes.Buffer
			b := openBook(t, s, c.change, hclog.New(&hclog.LoggerOptions{Output: &log}))
			got := b.resumable(c.tuple, time.Now().Add(c.later))
			if c.because == "" {
				if got == nil || *got != (gateway.Session{ID: "session", ResumeURL: "wss://resume", Seq: 42}) {
					t.Fatalf("session %+v", got)
				}
				return
			}
			if got != nil {
				t.Fatalf("session %+v is resumed", got)
			}
			if c.because != "-" && !strings.Contains(log.String(), c.because) {
				t.Errorf("log %q does not say %q", &log, c.because)
			}
		})
	}
}

func TestStoredSessionsHoldNoSecret(t *testing.T) {
	s := store.NewMemory()
	run(t, s, 2, 1)
	entries, err := s.List(t.Context(), "", "", 0)
	if err != nil || len(entries) != 3 {
		t.Fatalf("%d records, %v, want two shards and the count", len(entries), err)
	}
	for _, e := range entries {
		if bytes.Contains(e.Value, []byte("secret-part")) || strings.Contains(e.Key, "secret-part") {
			t.Errorf("record %s holds the token: %s", e.Key, e.Value)
		}
	}
	if entries[1].Key != "shard.1234.2.0" {
		t.Errorf("key %s", entries[1].Key)
	}
}

func TestEpochsRise(t *testing.T) {
	s := store.NewMemory()
	for want := uint64(1); want <= 3; want++ {
		run(t, s, 1, 1)
		e, err := s.Get(t.Context(), "shard.1234.1.0")
		if err != nil {
			t.Fatal(err)
		}
		var r sessionRecord
		if err := json.Unmarshal(e.Value, &r); err != nil || r.Epoch != want || r.Owner != "local" || r.State != stateFree {
			t.Fatalf("run %d left %+v, %v", want, r, err)
		}
	}
}

// Two processes on one store: the one that came later owns the records.
func TestRecordsHaveOneOwner(t *testing.T) {
	s := store.NewMemory()
	first, second := openBook(t, s, nil, nil), openBook(t, s, nil, nil)
	g := newGeneration(1, 2, nil, gateway.DefaultIdentifier(testToken))
	if err := first.acquire(t.Context(), g, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := second.acquire(t.Context(), g, time.Now()); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Fatalf("both own the shards: %v", err)
	}
	third := openBook(t, s, nil, nil)
	if err := third.acquire(t.Context(), g, time.Now()); err != nil {
		t.Fatal(err)
	}
	third.begun(gateway.Shard{0, 2}, 1, gateway.Session{ID: "third", Seq: 1})
	first.begun(gateway.Shard{0, 2}, 1, gateway.Session{ID: "first", Seq: 1})
	first.begun(gateway.Shard{0, 2}, 1, gateway.Session{ID: "first", Seq: 2})
	if got := openBook(t, s, nil, nil).resumable(gateway.Shard{0, 2}, time.Now()); got == nil || got.ID != "third" {
		t.Errorf("the record says %+v", got)
	}
}

func TestOldGenerationsAreNotHeard(t *testing.T) {
	s := store.NewMemory()
	run(t, s, 2, 1)
	b := openBook(t, s, nil, nil)
	next := newGeneration(2, 2, nil, gateway.DefaultIdentifier(testToken)) // the same count
	if err := b.acquire(t.Context(), next, time.Now()); err != nil {
		t.Fatal(err)
	}
	b.begun(gateway.Shard{0, 2}, 2, gateway.Session{ID: "new", Seq: 1})
	b.begun(gateway.Shard{0, 2}, 1, gateway.Session{}) // the old one ends
	if got := b.resumable(gateway.Shard{0, 2}, time.Now()); got == nil || got.ID != "new" {
		t.Errorf("session %+v", got)
	}

	third := newGeneration(3, 5, nil, gateway.DefaultIdentifier(testToken))
	if err := b.acquire(t.Context(), third, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := b.putInCharge(t.Context(), third, time.Now()); err != nil {
		t.Fatal(err)
	}
	b.begun(gateway.Shard{4, 5}, 3, gateway.Session{ID: "third", Seq: 1})
	entries, err := s.List(t.Context(), "shard.", "", 0)
	if err != nil || len(entries) != 5 {
		t.Errorf("%d records, %v, want those of the generation in charge", len(entries), err)
	}
	if got := openBook(t, s, nil, nil).count(time.Now()); got != 5 {
		t.Errorf("%d shards are stored", got)
	}
}

func TestDamagedSession(t *testing.T) {
	s := store.NewMemory()
	g := run(t, s, 2, 1)
	if _, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: "shard.1234.2.1", Value: []byte("{damaged")}, {Key: "shard.1234.x", Value: []byte("?")}}}); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	b := openBook(t, s, nil, hclog.New(&hclog.LoggerOptions{Output: &log}))
	if b.resumable(gateway.Shard{0, 2}, time.Now()) == nil || b.resumable(gateway.Shard{1, 2}, time.Now()) != nil {
		t.Error("the damage of one record is another one's")
	}
	if err := b.acquire(t.Context(), g, time.Now()); err != nil {
		t.Fatal(err)
	}
	aside, err := s.Get(t.Context(), "damaged.shard.1234.2.1")
	if err != nil || string(aside.Value) != "{damaged" || !strings.Contains(log.String(), "aside=damaged.shard.1234.2.1") {
		t.Errorf("aside %q, %v; log %s", aside.Value, err, &log)
	}
}

// Without the number of shards their sessions are still there.
func TestDamagedConf(t *testing.T) {
	for _, text := range []string{"", "{damaged", "[]", `{"n":-1}`} {
		s := store.NewMemory()
		run(t, s, 2, 1)
		if _, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: "conf.1234", Value: []byte(text)}}}); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		b := openBook(t, s, nil, hclog.New(&hclog.LoggerOptions{Output: &log}))
		if b.count(time.Now()) != 0 || b.resumable(gateway.Shard{0, 2}, time.Now()) == nil || b.resumable(gateway.Shard{1, 2}, time.Now()) == nil {
			t.Errorf("%q: %d shards are stored, or their sessions are gone", text, b.count(time.Now()))
		}
		aside, err := s.Get(t.Context(), "damaged.conf.1234")
		if err != nil || string(aside.Value) != text || !strings.Contains(log.String(), "aside=damaged.conf.1234") {
			t.Errorf("%q: aside %q, %v; log %s", text, aside.Value, err, &log)
		}
	}
}

func FuzzSessionRecord(f *testing.F) {
	f.Add([]byte(`{"o":"local","e":3,"s":"free","sid":"abc","url":"wss://x","q":42,"v":"10/json","i":513,"t":"ff","at":1700000000000,"n":9}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parseSession(text)
		if err != nil {
			return
		}
		now := time.UnixMilli(1_700_000_000_000)
		if again, err := parseSession(r.encode(now)); err != nil || again.unusable(&again, now) != r.unusable(&r, now) {
			t.Fatalf("%s does not survive being written: %+v, %v", text, again, err)
		}
	})
}
