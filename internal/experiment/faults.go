package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/gateway"
)

const (
	faultShards = 16
	faultGuilds = 64
	faultPause  = 40 * time.Millisecond
	faultCount  = 50000 // of 100,000 strikes that the server remembers

	// A session is given up when RESUME has failed five times in a row, which
	// is right, but says nothing: so few faults wait for one shard's RESUMEs.
	faultsWaiting = 2
)

// faultResumeDown is not a fault of a connection: for a moment nobody answers at
// resume_gateway_url.
const faultResumeDown discordtest.FaultKind = "resume_down"

// faultKinds are what strikes: every kind, at every moment where it means
// something else, every close code after which a client goes on. Codes that tell
// a client to stop (4004, 4010 to 4014) are not among them. One that is listed
// more often strikes more often.
func faultKinds() []discordtest.Fault {
	list := []discordtest.Fault{
		{Kind: discordtest.FaultReset},
		{Kind: discordtest.FaultReset, At: discordtest.AtReplay, After: 3},
		{Kind: discordtest.FaultReset, At: discordtest.AtResume},
		{Kind: discordtest.FaultReset, At: discordtest.AtResumed},
		{Kind: discordtest.FaultReset, At: discordtest.AtIdentify},
		{Kind: discordtest.FaultReset, At: discordtest.AtReady},
		{Kind: discordtest.FaultReset, At: discordtest.AtConnect, Shard: discordtest.AllShards},
		{Kind: discordtest.FaultReconnect},
		{Kind: discordtest.FaultReconnect, At: discordtest.AtConnect, Shard: discordtest.AllShards},
		{Kind: discordtest.FaultReconnect, At: discordtest.AtResume},
		{Kind: discordtest.FaultReconnect, At: discordtest.AtReplay, After: 2},
		{Kind: discordtest.FaultReconnect, At: discordtest.AtReady},
		{Kind: discordtest.FaultInvalidSession, Resumable: true},
		{Kind: discordtest.FaultInvalidSession},
		{Kind: discordtest.FaultInvalidSession, At: discordtest.AtIdentify},
		{Kind: discordtest.FaultInvalidSession, At: discordtest.AtResume},
		{Kind: discordtest.FaultMuteAcks},
		{Kind: discordtest.FaultHalfOpen},
		{Kind: discordtest.FaultHalfOpen, At: discordtest.AtReplay, After: 1},
		{Kind: discordtest.FaultExpire},
		{Kind: discordtest.FaultCorrupt},
		{Kind: discordtest.FaultCorrupt, At: discordtest.AtReplay, After: 2},
		{Kind: discordtest.FaultLateHello, At: discordtest.AtConnect, Shard: discordtest.AllShards, Delay: 300 * time.Millisecond},
		{Kind: discordtest.FaultHeartbeatRequest},
		{Kind: discordtest.FaultGarbage},
		{Kind: discordtest.FaultGarbage, At: discordtest.AtConnect, Shard: discordtest.AllShards},
		{Kind: discordtest.FaultUnknownOpcode},
		{Kind: discordtest.FaultUnknownEvent},
		{Kind: discordtest.FaultNullData},
		{Kind: discordtest.FaultDuplicate, Events: 5},
		{Kind: discordtest.FaultGap, Events: 2},
		{Kind: discordtest.FaultOutage},
		{Kind: faultResumeDown},
	}
	for _, code := range []discord.CloseCode{1000, 1001, 1011, 1012, 1013, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009, 4999} {
		list = append(list, discordtest.Fault{Kind: discordtest.FaultClose, Code: code})
	}
	return list
}

// Faults that cost twenty seconds or megabytes strike once in so many.
const rarely = 250

func rareFaults() []discordtest.Fault {
	return []discordtest.Fault{
		{Kind: discordtest.FaultNoHello, At: discordtest.AtConnect, Shard: discordtest.AllShards},
		{Kind: discordtest.FaultHuge, Events: 2},
	}
}

// hasty are the pauses between connections where nobody is hurt by short ones.
var hasty = gateway.Backoff{
	First: time.Millisecond, Step: time.Millisecond, ResumeCap: 20 * time.Millisecond, IdentifyCap: 20 * time.Millisecond,
	Invalid: time.Millisecond, RateLimited: time.Millisecond, Stable: 50 * time.Millisecond,
}

// gatewayFaults strikes 16 shards under load with n faults and compares the
// books of the server with what their sinks took.
func gatewayFaults(ctx context.Context, _ *bench, o options) (r report, err error) {
	if o.n > faultCount {
		return r, fmt.Errorf("%d faults: at most %d, which is what the server remembers", o.n, faultCount)
	}
	server, err := discordtest.Start(discordtest.Options{
		ResumeListen: "127.0.0.1:0", Seed: o.seed, Guilds: faultGuilds, Shards: faultShards, MaxConcurrency: faultShards,
		BucketWindow: 10 * time.Millisecond, IdentifyLimit: 1e6, HeartbeatInterval: 4 * time.Second,
		SplitFrames: true, NoRateLimits: true, BookLimit: 1 << 23,
	})
	if err != nil {
		return r, err
	}
	defer server.Close()
	var all recorder
	governor := &spacing{every: 100 * time.Millisecond, next: make(map[int]time.Time)}
	m, sinks, err := openManager(ctx, server, &all, gateway.CompressZlib, hasty, governor)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()

	loading, stop := context.WithCancel(ctx)
	var load sync.WaitGroup
	load.Go(func() {
		_, _ = server.Load(loading, discordtest.Load{Rate: o.rate, Seconds: 24 * 3600, Seed: o.seed}) // ends with the context
	})
	err = strikeAtRandom(ctx, server, o)
	stop()
	load.Wait()
	if err == nil {
		err = settle(ctx, server, sinks())
	}
	if err != nil {
		for _, s := range m.Status() {
			fmt.Fprintf(os.Stderr, "%+v\n", s)
		}
		return r, err
	}
	return faultReport(server, &all), nil
}

// strikeAtRandom injects faults until n have struck.
func strikeAtRandom(ctx context.Context, server *discordtest.Server, o options) error {
	random := rand.New(rand.NewPCG(o.seed, 0x6661756c7473))
	kinds, rare := faultKinds(), rareFaults()
	began := time.Now()
	armed := make([]int, faultShards) // faults that were to wait for a RESUME, by shard
	struck := server.Faults()
	for i := 1; len(struck) < o.n; i++ {
		f := kinds[random.IntN(len(kinds))]
		if random.IntN(rarely) == 0 {
			f = rare[random.IntN(len(rare))]
		}
		if f.At != discordtest.AtConnect {
			f.Shard = random.IntN(faultShards)
		}
		if meetsResume(f.At) {
			if armed[f.Shard]-metResume(struck, f.Shard) >= faultsWaiting {
				continue
			}
			armed[f.Shard]++
		}
		if err := inject(server, f); err != nil {
			return err
		}
		if err := pause(ctx, time.Duration(random.Int64N(int64(faultPause)))); err != nil {
			return err
		}
		if i%20 == 0 {
			struck = server.Faults()
		}
		if i%1000 == 0 {
			fmt.Fprintf(os.Stderr, "%d faults after %.0f s\n", len(struck), time.Since(began).Seconds())
		}
	}
	up := false
	return server.Change(discordtest.Settings{ResumeDown: &up})
}

// inject injects one fault. While resume_down is the last one, nobody answers at
// the resume URL.
func inject(server *discordtest.Server, f discordtest.Fault) error {
	down := f.Kind == faultResumeDown
	if down {
		f.Kind = discordtest.FaultReset
	}
	if err := server.Change(discordtest.Settings{ResumeDown: &down}); err != nil {
		return err
	}
	_, err := server.Fault(f)
	return err
}

func meetsResume(at discordtest.Moment) bool {
	return at == discordtest.AtResume || at == discordtest.AtReplay || at == discordtest.AtResumed
}

func metResume(strikes []discordtest.Strike, shard int) int {
	n := 0
	for _, s := range strikes {
		if s.Shard == shard && meetsResume(s.At) {
			n++
		}
	}
	return n
}

// settleLimit is how long everything may take to arrive after the last fault.
// Faults that still wait for their moment strike meanwhile.
const settleLimit = 2 * time.Minute

// settle waits until every shard is connected and has acknowledged everything.
func settle(ctx context.Context, server *discordtest.Server, sinks []*shardSink) error {
	ctx, cancel := context.WithTimeoutCause(ctx, settleLimit, errors.New("not everything was acknowledged two minutes after the last fault"))
	defer cancel()
	for _, s := range sinks {
		s.catchUp()
	}
	err := server.WaitFor(ctx, func() bool {
		complete := 0
		for _, s := range server.Sessions() {
			if s.Connected && s.Acked >= s.Sequence {
				complete++
			}
		}
		return complete == faultShards
	})
	if err != nil {
		return errors.Join(context.Cause(ctx), fmt.Errorf("%+v", server.Sessions()))
	}
	return nil
}

// faultReport compares the books with what was taken.
func faultReport(server *discordtest.Server, all *recorder) report {
	strikes := server.Faults()
	byKind := make(map[string]int)
	for _, s := range strikes {
		byKind[nameOf(s)]++
	}
	known := all.sessions()
	audit := server.Audit(all.taken, func(s discordtest.Sent) bool { return known[s.Session] })
	stats := server.Stats()
	sent, _ := server.Books()
	explained, unexplained := explain(sent, strikes, known, stats.Identifies)
	needed := faultShards
	for _, n := range explained {
		needed += n
	}
	violations := make(map[discordtest.Rule]int)
	total := 0
	for _, v := range server.Violations() {
		violations[v.Rule]++
		// While nobody answers at the resume URL, the gateway's own is the
		// only way back.
		if v.Rule != discordtest.RuleResumeURL {
			total++
		}
	}
	r := report{figures: map[string]any{
		"events": audit.Events, "lost": audit.Lost + audit.Unknown, "doubled": audit.Doubled, "reordered": audit.Reordered,
		"refused_by_server": audit.Forgone, "identifies": stats.Identifies, "identifies_needed": needed, "identifies_why": explained,
		"resumes": stats.Resumes, "struck": len(strikes), "faults": byKind, "violations": total, "violations_by_rule": violations,
	}}
	r.expect(audit.Sound(), "the books and what was taken differ: %+v", audit)
	r.expect(len(unexplained) == 0, "%d IDENTIFYs that nothing explains: %v", len(unexplained), unexplained)
	r.expect(stats.Identifies == needed+len(unexplained), "%d IDENTIFYs, of which %d were needed", stats.Identifies, needed)
	r.expect(total == 0, "violations: %v", violations)
	return r
}
