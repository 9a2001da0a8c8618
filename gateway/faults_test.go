package gateway

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
)

// A ledger is a sink that finishes events late and in any order, and checks
// what it gets.
type ledger struct {
	t *testing.T

	mu       sync.Mutex
	session  string
	seqs     map[string][]int64 // by session
	position int64
	random   *rand.Rand
}

func newLedger(t *testing.T, seed uint64) *ledger {
	return &ledger{t: t, seqs: map[string][]int64{}, random: rand.New(rand.NewPCG(seed, 7))}
}

func (l *ledger) Begin(s Session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.session, l.position = s.ID, none
}

func (l *ledger) Dispatch(e *Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Session != l.session {
		l.t.Errorf("event of session %q in session %q", e.Session, l.session)
	}
	got := l.seqs[e.Session]
	if n := len(got); n > 0 && e.Seq <= got[n-1] {
		l.t.Errorf("shard %d: %s/%d after %d", e.Shard, e.Name, e.Seq, got[n-1])
	}
	l.seqs[e.Session] = append(got, e.Seq)
	if l.random.IntN(4) == 0 {
		l.position = max(l.position, e.Seq-int64(l.random.IntN(3))) // a few are still being worked on
	}
}

func (l *ledger) Position() (int64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.position, true
}

// catchUp finishes everything.
func (l *ledger) catchUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if got := l.seqs[l.session]; len(got) > 0 {
		l.position = got[len(got)-1]
	}
}

// quickly is how long to pause where nobody is hurt.
var quickly = Backoff{
	First: time.Millisecond, Step: time.Millisecond, ResumeCap: 20 * time.Millisecond, IdentifyCap: 20 * time.Millisecond,
	Invalid: time.Millisecond, RateLimited: time.Millisecond, Stable: 50 * time.Millisecond, Patience: time.Second,
}

// spaced lets one IDENTIFY through at a time, and the next one a while after that
// was answered or failed.
func spaced() IdentifyGovernor {
	turn := make(chan struct{}, 1)
	return governorFunc(func(ctx context.Context, _ int) (func(bool), error) {
		select {
		case turn <- struct{}{}:
			return func(bool) { time.AfterFunc(20*time.Millisecond, func() { <-turn }) }, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
}

// Random faults under load: what the books say was sent is what the sinks got,
// once and in order.
func TestFaults(t *testing.T) {
	const shards, rounds = 4, 60
	gentle := []discordtest.Fault{
		{Kind: discordtest.FaultReset},
		{Kind: discordtest.FaultReset, At: discordtest.AtReplay, After: 3},
		{Kind: discordtest.FaultReset, At: discordtest.AtResume},
		{Kind: discordtest.FaultReset, At: discordtest.AtResumed},
		{Kind: discordtest.FaultClose, Code: 1001},
		{Kind: discordtest.FaultClose, Code: 1012},
		{Kind: discordtest.FaultClose, Code: 4000},
		{Kind: discordtest.FaultClose, Code: 4001},
		{Kind: discordtest.FaultClose, Code: 4002},
		{Kind: discordtest.FaultClose, Code: 4005},
		{Kind: discordtest.FaultClose, Code: 4008},
		{Kind: discordtest.FaultReconnect},
		{Kind: discordtest.FaultReconnect, At: discordtest.AtResume},
		{Kind: discordtest.FaultReconnect, At: discordtest.AtReplay, After: 2},
		{Kind: discordtest.FaultReconnect, At: discordtest.AtConnect, Shard: discordtest.AllShards},
		{Kind: discordtest.FaultInvalidSession, Resumable: true},
		{Kind: discordtest.FaultMuteAcks},
		{Kind: discordtest.FaultHalfOpen},
		{Kind: discordtest.FaultCorrupt},
		{Kind: discordtest.FaultHeartbeatRequest},
		{Kind: discordtest.FaultGarbage},
		{Kind: discordtest.FaultUnknownOpcode},
		{Kind: discordtest.FaultUnknownEvent},
		{Kind: discordtest.FaultNullData},
		{Kind: discordtest.FaultDuplicate, Events: 5},
		{Kind: discordtest.FaultOutage},
	}
	harsh := append([]discordtest.Fault{
		{Kind: discordtest.FaultInvalidSession},
		{Kind: discordtest.FaultInvalidSession, At: discordtest.AtResume},
		{Kind: discordtest.FaultInvalidSession, At: discordtest.AtIdentify},
		{Kind: discordtest.FaultReset, At: discordtest.AtIdentify},
		{Kind: discordtest.FaultReset, At: discordtest.AtReady},
		{Kind: discordtest.FaultClose, Code: 1000},
		{Kind: discordtest.FaultClose, Code: 4003},
		{Kind: discordtest.FaultClose, Code: 4007, At: discordtest.AtResume},
		{Kind: discordtest.FaultClose, Code: 4009},
		{Kind: discordtest.FaultExpire},
	}, gentle...)
	for _, test := range []struct {
		name     string
		faults   []discordtest.Fault
		compress string
		split    bool
		keeps    bool // no fault takes a session away
	}{
		{"gentle none", gentle, CompressNone, false, true},
		{"gentle payload", gentle, CompressPayload, false, true},
		{"gentle zlib", gentle, CompressZlib, true, true},
		{"gentle zstd", gentle, CompressZstd, false, true},
		{"harsh zlib", harsh, CompressZlib, false, false},
		{"harsh zstd", harsh, CompressZstd, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			random := rand.New(rand.NewPCG(seed, 1))
			server := discordtest.NewServer(discordtest.Options{
				ResumeListen: "127.0.0.1:0", Seed: seed, Guilds: 12, Shards: shards,
				BucketWindow: 10 * time.Millisecond, IdentifyLimit: 100_000,
				HeartbeatInterval: time.Second, SplitFrames: test.split,
			})
			defer server.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			governor := spaced()
			var story bytes.Buffer
			log := hclog.New(&hclog.LoggerOptions{Output: &story, Level: hclog.Info, TimeFormat: "05.000000"})
			defer func() {
				if t.Failed() {
					t.Log(story.String())
				}
			}()
			var gateways []*Gateway
			var ledgers []*ledger
			for i := range shards {
				id := DefaultIdentifier(server.Token)
				id.SetShard(i, shards)
				id.AddIntents(discord.IntentsValid)
				id.Governor = governor
				l := newLedger(t, seed+uint64(i))
				g := New(server.Gateway, id, Options{Sink: l, Compress: test.compress, Backoff: quickly, Logger: log})
				if err := g.Open(ctx); err != nil {
					t.Fatal(err)
				}
				defer g.Close()
				gateways, ledgers = append(gateways, g), append(ledgers, l)
			}
			var load sync.WaitGroup
			loading, stop := context.WithCancel(ctx)
			load.Go(func() { server.Load(loading, discordtest.Load{Rate: 500, Seconds: 3600, Seed: seed}) })
			for range rounds {
				f := test.faults[random.IntN(len(test.faults))]
				if f.At != discordtest.AtConnect {
					f.Shard = random.IntN(shards)
				}
				log.Info("fault", "kind", f.Kind, "at", f.At, "shard", f.Shard, "code", int(f.Code))
				if _, err := server.Fault(f); err != nil {
					t.Fatalf("fault %+v: %v", f, err)
				}
				pause := time.NewTimer(time.Duration(random.IntN(60)) * time.Millisecond)
				select {
				case <-pause.C:
				case <-ctx.Done():
				}
			}
			stop()
			load.Wait()

			// Everything that was sent arrives, and is acknowledged.
			caughtUp := func() bool {
				for i, g := range gateways {
					ledgers[i].catchUp()
					if g.Status().State != StateReady {
						return false
					}
				}
				complete := 0
				for _, s := range server.Sessions() {
					if s.Connected && s.Acked >= s.Sequence {
						complete++
					}
				}
				return complete == shards
			}
			for !caughtUp() {
				select {
				case <-ctx.Done():
					for _, g := range gateways {
						t.Logf("%+v", g.Status())
					}
					t.Fatalf("not everything was acknowledged: %+v", server.Sessions())
				case <-time.After(20 * time.Millisecond):
				}
			}
			checkBooks(t, server, ledgers, test.keeps)
			for _, v := range server.Violations() {
				switch v.Rule {
				case discordtest.RuleResumeURL:
					continue // after three RESUMEs without an answer the home URL is tried
				case discordtest.RuleHeartbeatMissing:
					continue // a busy machine that plays both sides is late; heart_test is exact
				}
				t.Errorf("%s violation %s on shard %d: %s", v.Time.Format("05.000000"), v.Rule, v.Shard, v.Detail)
			}
			var all Status
			for _, g := range gateways {
				st := g.Status()
				all.Identifies += st.Identifies
				all.Resumes += st.Resumes
				all.Reconnects += st.Reconnects
				all.Events += st.Events
				all.Duplicates += st.Duplicates
			}
			t.Logf("%d faults: %d reconnects, %d resumes, %d identifies, %d events, %d duplicates left out", rounds, all.Reconnects, all.Resumes, all.Identifies, all.Events, all.Duplicates)
			if test.keeps && all.Identifies != shards {
				t.Errorf("%d IDENTIFYs for %d shards, although no session was taken away", all.Identifies, shards)
			}
		})
	}
}

// checkBooks compares what was sent with what the sinks got: nothing is missing
// in a session up to its last event, and nothing at all in those that live.
func checkBooks(t *testing.T, server *discordtest.Server, ledgers []*ledger, keeps bool) {
	t.Helper()
	sent, forgotten := server.Books()
	if forgotten != 0 {
		t.Fatalf("the books have forgotten %d events", forgotten)
	}
	last := map[string]int64{}
	got := map[string]map[int64]bool{}
	for _, l := range ledgers {
		l.mu.Lock()
		for session, seqs := range l.seqs {
			got[session] = map[int64]bool{}
			for _, seq := range seqs {
				got[session][seq] = true
			}
			last[session] = seqs[len(seqs)-1]
			if session == l.session {
				last[session] = 1 << 60
			}
		}
		l.mu.Unlock()
	}
	missing := 0
	for _, s := range sent {
		if s.Seq <= last[s.Session] && !got[s.Session][s.Seq] && s.Type != "RESUMED" {
			if missing++; missing < 5 {
				t.Errorf("session %s lost %s/%d", s.Session, s.Type, s.Seq)
			}
		}
	}
	if keeps {
		for session := range got {
			if last[session] != 1<<60 {
				t.Errorf("session %s was given up", session)
			}
		}
	}
	if missing > 0 {
		t.Error(fmt.Errorf("%d of %d events are lost", missing, len(sent)))
	}
}
