package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

const (
	reloadShards = 2
	reloadGuilds = 32
	reloadSettle = 30 * time.Second // for a generation that has to go back
)

// A subject is a plugin that is reloaded again and again.
type subject struct {
	name    string
	events  []string
	modules map[string][]string // files by fault; of faultNone several
	running string              // its block, as it runs
	round   int
	pauses  []float64 // milliseconds
}

// reloads puts new generations of two plugins into place, n times, under load.
// Many have a fault, at a random place of their life. Each plugin books what it
// handles; in the end its books must be those of the server.
func reloads(ctx context.Context, b *bench, o options) (r report, err error) {
	server, err := discordtest.Start(discordtest.Options{
		Seed: o.seed, Guilds: reloadGuilds, Shards: reloadShards, MaxConcurrency: 16, HeartbeatInterval: 3 * time.Second,
		BookLimit: 1 << 23, NoRateLimits: true,
	})
	if err != nil {
		return r, err
	}
	defer server.Close()
	subjects, err := b.subjects(ctx)
	if err != nil {
		return r, err
	}
	s := &sim{REST: server.REST, Token: server.Token}
	h, err := b.launchWith(s, `  allow_privileged = ["GUILD_PRESENCES"]`, blocks(subjects))
	if err != nil {
		return r, err
	}
	defer h.kill()
	if err := h.ready(ctx, b); err != nil {
		return r, err
	}
	loading, stop := context.WithCancel(ctx)
	var load sync.WaitGroup
	load.Go(func() {
		_, _ = server.Load(loading, discordtest.Load{Rate: o.rate, Seconds: 24 * 3600, Seed: o.seed}) // ends with the context
	})
	run := &reloading{bench: b, host: h, sim: s, subjects: subjects, random: rand.New(rand.NewPCG(o.seed, 0x72656c6f6164)), report: &r, kinds: map[string]int{}}
	r.figures = map[string]any{"rate": o.rate}
	began := time.Now()
	err = run.all(ctx, o.n)
	r.figures["reloads_per_second"] = float64(o.n) / time.Since(began).Seconds()
	stop()
	load.Wait()
	if err == nil {
		err = server.WaitForAcks(ctx)
	}
	if err == nil {
		err = h.stop()
	}
	if err != nil {
		return r, err
	}
	run.figures()
	return r, r.compareBookings(ctx, b, server, subjects)
}

// subjects makes the plugins' modules: one guest of a few hundred bytes, one of
// Go's.
func (b *bench) subjects(ctx context.Context) ([]*subject, error) {
	write := func(name string, module []byte) string {
		path := filepath.Join(b.dir, name+".wasm")
		if err := os.WriteFile(path, module, 0o600); err != nil {
			panic(err) // a folder of our own
		}
		return path
	}
	garbage := write("garbage", []byte("\x00asm\x01\x00\x00\x00garbage"))
	small := &subject{name: "small", events: []string{"MESSAGE_CREATE", "TYPING_START", "PRESENCE_UPDATE"}, modules: map[string][]string{faultGarbage: {garbage}}}
	for _, fault := range []string{faultNone, faultGrant, faultInit, faultLoad, faultTrap, faultLoop, faultGrow} {
		small.modules[fault] = []string{write("small-"+fault, smallGuest("a", fault))}
	}
	small.modules[faultNone] = append(small.modules[faultNone], write("small-b", smallGuest("b", faultNone)))
	path := filepath.Join(b.dir, "books.wasm")
	env := []string{"GOOS=wasip1", "GOARCH=wasm"}
	if err := goBuild(ctx, path, env, "-buildmode=c-shared", "-ldflags=-s -w", "./internal/experiment/testdata/books"); err != nil {
		return nil, err
	}
	large := &subject{name: "large", events: []string{"MESSAGE_CREATE"}, modules: map[string][]string{
		faultGarbage: {garbage}, faultGrant: {small.modules[faultGrant][0]},
	}}
	for _, fault := range []string{faultNone, faultInit, faultLoad, faultTrap, faultLoop, faultGrow} {
		large.modules[fault] = []string{path} // the configuration tells it
	}
	subjects := []*subject{small, large}
	for _, s := range subjects {
		s.running = s.block(small.modules[faultNone][0], faultNone)
	}
	large.running = large.block(path, faultNone)
	return subjects, nil
}

// block is the plugin's part of the configuration, another one each time.
func (s *subject) block(module, fault string) string {
	s.round++
	return fmt.Sprintf(`
plugin %q {
  source = %q
  events = ["%s"]
  lanes  = 2
  config {
    fault = %q
    round = %d
  }
  grant {
    kv {}
  }
  limits {
    memory   = "16MiB"
    deadline = "200ms"
  }
  failure {
    retry   = 1
    max     = 3
    backoff = "10ms"
  }
  reload {
    probation = "30s"
  }
}
`, s.name, module, strings.Join(s.events, `", "`), fault, s.round)
}

func blocks(subjects []*subject) string {
	var all strings.Builder
	for _, s := range subjects {
		all.WriteString(s.running)
	}
	return all.String()
}

// reloading is the state of the experiment.
type reloading struct {
	bench    *bench
	host     *hostProcess
	sim      *sim
	subjects []*subject
	random   *rand.Rand
	report   *report
	kinds    map[string]int
	rss      []float64 // KiB, after each reload
	took     []float64 // milliseconds, of each reload
}

func (r *reloading) all(ctx context.Context, n int) error {
	faults := []string{faultGarbage, faultGrant, faultInit, faultLoad, faultTrap, faultLoop, faultGrow}
	for i := range n {
		fault := faultNone
		if r.random.IntN(3) == 0 {
			fault = faults[r.random.IntN(len(faults))]
		}
		if err := r.one(ctx, r.subjects[r.random.IntN(len(r.subjects))], fault); err != nil {
			return err
		}
		rss, err := r.host.rss()
		if err != nil {
			return err
		}
		r.rss = append(r.rss, float64(rss))
		if (i+1)%100 == 0 {
			fmt.Fprintf(os.Stderr, "%d reloads, %d MiB\n", i+1, rss>>10)
		}
	}
	return nil
}

// one reloads with one plugin changed, and waits for what has to come of it.
func (r *reloading) one(ctx context.Context, s *subject, fault string) error {
	r.kinds[fault]++
	modules := s.modules[fault]
	before := s.running
	s.running = s.block(modules[r.random.IntN(len(modules))], fault)
	if err := r.bench.configure(r.sim, `  allow_privileged = ["GUILD_PRESENCES"]`, blocks(r.subjects)); err != nil {
		return err
	}
	began := time.Now()
	done, err := r.host.admin.Reload(ctx, admin.ReloadRequest{})
	r.took = append(r.took, milliseconds(time.Since(began)))
	if fault == faultGarbage || fault == faultGrant || fault == faultInit {
		r.report.expect(err != nil, "%s with the fault %q was not refused", s.name, fault)
		s.running = before
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s with the fault %q: %w", s.name, fault, err)
	}
	i := slices.IndexFunc(done.Plugins, func(p admin.PluginReload) bool { return p.Name == s.name })
	p := done.Plugins[i]
	s.pauses = append(s.pauses, p.PauseMS)
	if fault == faultNone {
		r.report.expect(p.Action == admin.ActionSwapped, "%s was %s (%s)", s.name, p.Action, p.Reason)
		return nil
	}
	r.report.expect(p.Action == admin.ActionRolledBack || fault != faultLoad, "%s with the fault %q was %s", s.name, fault, p.Action)
	s.running = before
	return r.wentBack(ctx, s, fault)
}

// wentBack waits until the plugin's newest generation has gone back.
func (r *reloading) wentBack(ctx context.Context, s *subject, fault string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, reloadSettle, fmt.Errorf("%s with the fault %q did not go back", s.name, fault))
	defer cancel()
	for {
		st, err := r.host.admin.Status(ctx)
		if err != nil {
			return errors.Join(err, context.Cause(ctx))
		}
		i := slices.IndexFunc(st.Plugins, func(p admin.Plugin) bool { return p.Name == s.name })
		if back := st.Plugins[i].RolledBack; back != nil {
			s.pauses = append(s.pauses, back.PauseMS)
			return nil
		}
		if st.Plugins[i].Probation == nil {
			r.report.expect(false, "%s with the fault %q has passed its probation", s.name, fault)
			return nil
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return context.Cause(ctx)
		}
	}
}

func (r *reloading) figures() {
	f := r.report.figures
	f["kinds"] = r.kinds
	for _, s := range r.subjects {
		slices.Sort(s.pauses)
		f["pause_ms_p50_"+s.name], f["pause_ms_p99_"+s.name] = quantile(s.pauses, 0.5), quantile(s.pauses, 0.99)
		f["pause_ms_max_"+s.name] = quantile(s.pauses, 1)
	}
	slices.Sort(r.took)
	f["reload_ms_p50"], f["reload_ms_p99"] = quantile(r.took, 0.5), quantile(r.took, 0.99)
	if tenth := len(r.rss) / 10; tenth > 0 {
		f["rss_mb"] = int(r.rss[len(r.rss)-1]) >> 10
		f["rss_drift"] = mean(r.rss[len(r.rss)-tenth:]) / mean(r.rss[tenth:2*tenth])
	}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// compareBookings reads what the plugins have booked, now that the host has
// stopped, and compares it with the server's books.
func (r *report) compareBookings(ctx context.Context, b *bench, server *discordtest.Server, subjects []*subject) error {
	sent, forgotten := server.Books()
	if forgotten > 0 {
		return fmt.Errorf("the server has forgotten %d events", forgotten)
	}
	file, err := store.OpenFile(filepath.Join(b.data(), "shardhost.db"), store.FileOptions{})
	if err != nil {
		return err
	}
	defer file.Close()
	events, lost, surplus, doubled, reordered := 0, 0, 0, uint64(0), uint64(0)
	for _, s := range subjects {
		space, err := effect.OpenSpace(ctx, file, s.name, time.Now)
		if err != nil {
			return err
		}
		expected := map[uint64]int{}
		for _, e := range sent {
			if slices.Contains(s.events, e.Type) {
				expected[uint64(e.Guild)]++
			}
		}
		for guild, want := range expected {
			key := fmt.Sprint(guild)
			if s.name == "small" {
				key = guildKey(guild)
			}
			v, _, err := space.Get(ctx, key)
			if err != nil {
				return err
			}
			book, _ := parseBooking(v.Data)
			got := int(book.handled)
			events += want
			lost, surplus = lost+max(0, want-got), surplus+max(0, got-want)
			doubled, reordered = doubled+book.doubled, reordered+book.reordered
			r.expect(got == want && book.doubled+book.reordered == 0, "%s, guild %d: %d events were sent, and %+v", s.name, guild, want, book)
		}
	}
	stats := server.Stats()
	r.figures["events"], r.figures["lost"], r.figures["unknown"] = events, lost, surplus
	r.figures["doubled"], r.figures["reordered"] = doubled, reordered
	r.figures["identifies"], r.figures["identifies_needed"], r.figures["violations"] = stats.Identifies, reloadShards, len(server.Violations())
	r.expect(stats.Identifies == reloadShards, "%d IDENTIFYs for %d shards", stats.Identifies, reloadShards)
	r.expect(len(server.Violations()) == 0, "violations: %+v", server.Violations())
	return nil
}
