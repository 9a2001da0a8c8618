package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shardhost/shardhost/discord"
)

const (

	// thousandIntents are what the load needs; READY and guilds come with them.
	thousandIntents = discord.IntentGuilds | discord.IntentGuildMessages | discord.IntentGuildMessageReactions | discord.IntentGuildMessageTyping
)

// thousandShards opens n shards, measures what they take while nothing happens,
// and then the CPU time for the same events beside a bare read loop over as many
// connections. Each side has a simulated Discord of its own, one after the other.
func thousandShards(ctx context.Context, b *bench, o options) (report, error) {
	r := report{figures: map[string]any{"rate": o.rate}}
	if o.n < 2 {
		return r, fmt.Errorf("%d shards: at least 2, to tell what one takes", o.n)
	}
	lost, violations, identifies := 0, 0, 0
	for _, compress := range []string{"none", "zlib-stream"} {
		one, err := b.crowd(ctx, o, compress, 1, startHost)
		if err != nil {
			return r, err
		}
		ours, err := b.crowd(ctx, o, compress, o.n, startHost)
		if err != nil {
			return r, err
		}
		bare, err := b.crowd(ctx, o, compress, o.n, startFloor)
		if err != nil {
			return r, err
		}
		suffix := "_" + strings.TrimSuffix(compress, "-stream")
		r.figures["ready_s"+suffix] = ours.ready.Seconds()
		r.figures["rss_kb_per_shard"+suffix] = float64(ours.rss-one.rss) / float64(o.n-1)
		r.figures["rss_kb_per_shard_bare"+suffix] = float64(bare.rss) / float64(o.n)
		r.figures["cpu_us_per_event"+suffix] = ours.perEvent()
		r.figures["cpu_us_per_event_bare"+suffix] = bare.perEvent()
		r.figures["cpu_ratio"+suffix] = ours.perEvent() / bare.perEvent()
		r.figures["events"+suffix] = ours.events
		lost += ours.lost
		violations += ours.violations
		identifies += ours.identifies
		r.expect(ours.violations == 0, "%s: %d violations", compress, ours.violations)
		r.expect(ours.lost == 0, "%s: %d dispatches did not reach the host", compress, ours.lost)
		r.expect(ours.identifies == o.n, "%s: %d IDENTIFYs for %d shards", compress, ours.identifies, o.n)
	}
	r.figures["lost"], r.figures["violations"] = lost, violations
	r.figures["identifies"], r.figures["identifies_needed"] = identifies, 2*o.n
	return r, nil
}

// A crowd is what one side was measured to take.
type crowd struct {
	ready      time.Duration
	rss        int           // KiB, idle
	cpu        time.Duration // of the load
	events     int           // dispatches of the load
	lost       int           // dispatches that the host did not receive
	identifies int
	violations int
}

func (c crowd) perEvent() float64 { return float64(c.cpu.Microseconds()) / float64(c.events) }

// A starter starts one side and returns when all its shards are ready. received
// is how many dispatches it got.
type starter func(ctx context.Context, b *bench, s *sim, compress string, n int) (p *process, received func() (int, error), err error)

func (b *bench) crowd(ctx context.Context, o options, compress string, n int, start starter) (c crowd, err error) {
	s, err := b.sim("--guilds", fmt.Sprint(2*n), "--shards", fmt.Sprint(n), "--max-concurrency", fmt.Sprint(n), "--seed", fmt.Sprint(o.seed))
	if err != nil {
		return c, err
	}
	defer s.kill()
	began := time.Now()
	p, received, err := start(ctx, b, s, compress, n)
	if err != nil {
		return c, err
	}
	defer p.kill()
	c.ready = time.Since(began)
	fmt.Fprintf(os.Stderr, "%s, %s: %d connections after %.1f s\n", p.cmd.Args[1], compress, n, c.ready.Seconds())
	if c.rss, err = p.leastRSS(ctx, o.seconds); err != nil || n == 1 {
		return c, err
	}
	before, err := p.cpu()
	if err != nil {
		return c, err
	}
	var load struct {
		Sent int `json:"sent"`
	}
	if err := s.post("/load", map[string]any{"rate": o.rate, "seconds": o.seconds, "seed": o.seed}, &load); err != nil {
		return c, err
	}
	c.events = load.Sent
	var st simStats
	var violations []any
	if err := errors.Join(s.get("/stats", &st), s.get("/violations", &violations)); err != nil {
		return c, err
	}
	c.identifies, c.violations = st.Identifies, len(violations)
	// What is on its way still costs.
	for deadline := time.Now().Add(10 * time.Second); ; {
		got, err := received()
		if err != nil {
			return c, err
		}
		if c.lost = st.EventsSent - got; c.lost <= 0 || time.Now().After(deadline) {
			break
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return c, err
		}
	}
	after, err := p.cpu()
	c.cpu = after - before
	return c, err
}

func startHost(ctx context.Context, b *bench, s *sim, compress string, n int) (*process, func() (int, error), error) {
	if err := os.RemoveAll(b.data()); err != nil {
		return nil, nil, err
	}
	names := make([]string, 0, 4)
	for _, name := range thousandIntents.Names() {
		names = append(names, strconv.Quote(name))
	}
	h, err := b.launchWith(s, "  intents = ["+strings.Join(names, ", ")+"]", fmt.Sprintf("gateway {\n  compress = %q\n  identify_reserve = \"0%%\"\n  shards {\n    count = %d\n  }\n}\n", compress, n))
	if err != nil {
		return nil, nil, err
	}
	return h.process, func() (int, error) {
		st, err := h.admin.Status(ctx)
		total := 0
		for _, shard := range st.Shards {
			total += int(shard.Events)
		}
		return total, err
	}, h.ready(ctx, b)
}

func startFloor(ctx context.Context, b *bench, s *sim, compress string, n int) (*process, func() (int, error), error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	p, err := b.startBinary(self, floorName, w, []string{"DISCORD_TOKEN=" + s.Token},
		floorName, "--n", fmt.Sprint(n), "--url", s.Gateway, "--compress", compress, "--intents", fmt.Sprint(uint64(thousandIntents)))
	w.Close()
	if err != nil {
		return nil, nil, err
	}
	if _, err := io.ReadFull(r, make([]byte, len("ready\n"))); err != nil {
		p.kill()
		return nil, nil, fmt.Errorf("the bare read loop did not get ready: %w", err)
	}
	return p, func() (int, error) { return 1 << 62, nil }, nil // it does not count
}

// leastRSS watches a process for a time and returns the least memory it took:
// what the start has left is gone after two collections.
func (p *process) leastRSS(ctx context.Context, seconds int) (int, error) {
	var seen []int
	for range max(seconds, 1) {
		if err := pause(ctx, time.Second); err != nil {
			return 0, err
		}
		kib, err := p.rss()
		if err != nil {
			return 0, err
		}
		seen = append(seen, kib)
	}
	return slices.Min(seen), nil
}

// clockTick is the unit of CPU times in /proc. It is 100 a second wherever Linux
// runs Go.
const clockTick = 10 * time.Millisecond

// cpu is the time that the process has computed.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), ") ") // behind the name, which may hold anything
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat: %q", p.cmd.Process.Pid, text)
	}
	var ticks time.Duration
	for _, field := range fields[11:13] { // utime, stime
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += time.Duration(n)
	}
	return ticks * clockTick, nil
}
