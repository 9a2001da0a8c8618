package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/effect"
)

const (
	hostileDeadline = 200 * time.Millisecond
	hostileBeat     = time.Second // between heartbeats
	witnessLanes    = 2
	witnessGuilds   = 16
	hostileCalm     = 5 * time.Second // before and after, for each of --n
)

// hostile lets every guest of the conformance kit that ends badly do so, n times
// each and one after the other, beside a plugin under load; and those that are
// refused or fail to start, in reloads. The other plugin's messages must not
// take twice as long, every guest must be over in time, heartbeats must come.
func hostile(ctx context.Context, b *bench, o options) (r report, err error) {
	e, err := newHostileWorld(ctx, b)
	if err != nil {
		return r, err
	}
	defer e.close()
	if err := e.start(ctx); err != nil {
		return r, e.explain(err)
	}
	stop := e.load(ctx, o.rate)
	calm := time.Duration(max(o.n, 1)) * hostileCalm / 4
	run := func() error {
		e.phase("c")
		if err := pause(ctx, calm); err != nil {
			return err
		}
		quiet, err := e.mark(ctx)
		if err != nil {
			return err
		}
		e.phase("h")
		began := time.Now()
		for range o.n {
			if err := e.misbehave(ctx, &r); err != nil {
				return err
			}
		}
		disturbed, err := e.mark(ctx)
		if err != nil {
			return err
		}
		r.set("disturbed_s", time.Since(began).Seconds())
		r.set("stw_ms", disturbed.P99)
		r.set("stw_ms_max", disturbed.Max)
		r.set("stw_ms_calm", quiet.P99)
		r.set("stw_stops", disturbed.Stops)
		e.phase("r")
		began = time.Now()
		if err := e.refused(ctx, &r); err != nil {
			return err
		}
		r.set("reloads_s", time.Since(began).Seconds())
		e.phase("c")
		return pause(ctx, calm)
	}
	err = run()
	stop()
	if err != nil {
		return r, e.explain(err)
	}
	if err := e.judge(ctx, &r); err != nil {
		return r, e.explain(err)
	}
	return r, e.finish()
}

// finish lets the host end in good order.
func (e *hostileWorld) finish() error {
	if err := e.stdin.Close(); err != nil {
		return err
	}
	select {
	case <-e.host.ended:
		return e.host.err
	case <-time.After(30 * time.Second):
		return errors.New("the host did not end within 30 s")
	}
}

func (r *report) set(name string, v any) {
	if r.figures == nil {
		r.figures = map[string]any{}
	}
	r.figures[name] = v
}

// A hostileWorld is a Discord in this process, and the host in another.
type hostileWorld struct {
	b       *bench
	discord *discordtest.Server
	cases   []conformance.Case // that end in shard_batch; plugin h<i> is in guild witnessGuilds+i
	others  []conformance.Case // that are refused, or end while they start
	plugins string             // HCL
	host    *process
	stdin   io.WriteCloser
	told    chan observation
	admin   *admin.Client

	mu     sync.Mutex
	letter string // the phase
	sent   int
}

func newHostileWorld(ctx context.Context, b *bench) (*hostileWorld, error) {
	e := &hostileWorld{b: b, told: make(chan observation, 1024), letter: "c"}
	for _, c := range conformance.Cases() {
		switch {
		case c.Answers, c.Fails > conformance.Batched:
		case c.Fails == conformance.Batched:
			e.cases = append(e.cases, c)
		default:
			e.others = append(e.others, c)
		}
	}
	witness := filepath.Join(b.dir, "witness.wasm")
	if err := goBuild(ctx, witness, []string{"GOOS=wasip1", "GOARCH=wasm"}, "-buildmode=c-shared", "-ldflags=-s -w", "./internal/experiment/testdata/witness"); err != nil {
		return nil, err
	}
	e.discord = discordtest.NewServer(discordtest.Options{
		Guilds: witnessGuilds + len(e.cases), Shards: 2, MaxConcurrency: 2, HeartbeatInterval: hostileBeat, NoRateLimits: true,
	})
	guilds := e.discord.Guilds()
	var ids []string
	for _, g := range guilds[:witnessGuilds] {
		ids = append(ids, fmt.Sprintf("%q", g.ID))
	}
	e.plugins = fmt.Sprintf("plugin \"witness\" {\n  source = %q\n  lanes = %d\n  filter {\n    guilds = [%s]\n  }\n  grant {\n    discord {\n      allow = [\"POST /channels/*/messages\"]\n    }\n  }\n}\n",
		witness, witnessLanes, strings.Join(ids, ", "))
	for i, c := range e.cases {
		block, err := e.block(fmt.Sprintf("h%d", i), c, fmt.Sprintf("%q", guilds[witnessGuilds+i].ID))
		if err != nil {
			e.close()
			return nil, err
		}
		e.plugins += block
	}
	return e, nil
}

// block writes the module of a case, and returns its plugin block.
func (e *hostileWorld) block(name string, c conformance.Case, guild string) (string, error) {
	file := filepath.Join(e.b.dir, name+".wasm")
	if err := os.WriteFile(file, c.Module(), 0o600); err != nil {
		return "", err
	}
	grants := ""
	for _, g := range c.Grants {
		grants += hostileGrants[g]
	}
	return fmt.Sprintf(`
plugin %q {
  source = %q
  events = ["MESSAGE_CREATE"]
  filter {
    guilds = [%s]
  }
  grant {
%s  }
  limits {
    memory   = "8MiB"
    deadline = "%v"
    init     = "%v"
  }
  failure {
    retry   = 0
    max     = 1000
    backoff = "10ms"
  }
}
`, name, file, guild, grants, hostileDeadline, hostileDeadline), nil
}

// hostileGrants are the blocks of all grants that a case may have.
var hostileGrants = map[string]string{
	"discord": "    discord {\n      allow = [\"GET /users/@me\"]\n    }\n",
	"kv":      "    kv {}\n",
	"timers":  "    timers {}\n",
	"gateway": "    gateway {\n      allow = [\"presence\"]\n    }\n",
	"http":    "    http {\n      allow = [\"https://example.com\"]\n    }\n",
	"bus":     "    bus {\n      publish = [\"experiment.*\"]\n    }\n",
}

// configure writes the configuration with further plugins.
func (e *hostileWorld) configure(more string) (file string, err error) {
	file = filepath.Join(e.b.dir, "config.hcl")
	text := fmt.Sprintf(`
host {
  data_dir = %q
}
admin {
  listen = "unix://%s/admin.sock"
}
discord {
  token = env("DISCORD_TOKEN")
  allow_privileged = ["MESSAGE_CONTENT"]
  api {
    base_url = %q
  }
}
`, e.b.data(), e.b.dir, e.discord.REST)
	return file, os.WriteFile(file, []byte(text+e.plugins+more), 0o600)
}

func (e *hostileWorld) start(ctx context.Context) error {
	file, err := e.configure("")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, observedName, file)
	cmd.Env = append(os.Environ(), "DISCORD_TOKEN="+e.discord.Token)
	if e.stdin, err = cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if e.host, err = e.b.launched(cmd, "observed"); err != nil {
		return err
	}
	go func() { // ends with the process
		defer close(e.told)
		for in := json.NewDecoder(bufio.NewReader(out)); ; {
			var o observation
			if in.Decode(&o) != nil {
				return
			}
			e.told <- o
		}
	}()
	e.admin = admin.Dial("unix://" + filepath.Join(e.b.dir, "admin.sock"))
	_, err = e.await(ctx, func(o observation) bool { return o.Ready })
	return err
}

// await returns the first observation that is looked for.
func (e *hostileWorld) await(ctx context.Context, wanted func(observation) bool) (observation, error) {
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for {
		select {
		case <-ctx.Done():
			return observation{}, ctx.Err()
		case <-limit.C:
			return observation{}, errors.New("the host did not tell within 20 s what was waited for")
		case o, ok := <-e.told:
			if !ok {
				return o, errors.New("the host ended")
			}
			if wanted(o) {
				return o, nil
			}
		}
	}
}

func (e *hostileWorld) explain(err error) error {
	log, _ := os.ReadFile(filepath.Join(e.b.dir, "observed.log"))
	return fmt.Errorf("%w\n%s", err, log[max(0, len(log)-4000):])
}

func (e *hostileWorld) close() {
	if e.host != nil {
		e.host.kill()
		for range e.told { // until its reader is done
		}
	}
	e.discord.Close()
}

func (e *hostileWorld) phase(letter string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.letter = letter
}

// load sends messages to the witness until the function that it returns is
// called.
func (e *hostileWorld) load(ctx context.Context, rate float64) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(time.Duration(float64(time.Second) / rate))
		defer tick.Stop()
		guilds := e.discord.Guilds()
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			e.mu.Lock()
			letter := e.letter
			e.sent++
			e.mu.Unlock()
			_, _ = e.discord.SendMessage(guilds[i%witnessGuilds].General(), fmt.Sprintf("%s%d", letter, time.Now().UnixNano())) // fails only for channels that are not there
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

func (e *hostileWorld) mark(ctx context.Context) (observation, error) {
	if _, err := io.WriteString(e.stdin, "mark\n"); err != nil {
		return observation{}, err
	}
	return e.await(ctx, func(o observation) bool { return o.Mark })
}

// misbehave gives each hostile guest an event, and waits until it is over.
func (e *hostileWorld) misbehave(ctx context.Context, r *report) error {
	guilds := e.discord.Guilds()
	for i, c := range e.cases {
		if _, err := e.discord.SendMessage(guilds[witnessGuilds+i].General(), "go"); err != nil {
			return err
		}
		name := fmt.Sprintf("h%d", i)
		o, err := e.await(ctx, func(o observation) bool { return o.Plugin == name })
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		r.expect(slices.Contains(c.Kinds, o.Kind), "%s: it ended with %q, want one of %q", c.Name, o.Kind, c.Kinds)
		if worst, ok := r.figures["overrun_ms"].(float64); !ok || o.Overrun > worst {
			r.set("overrun_ms", o.Overrun)
			r.set("overrun_by", c.Name)
		}
	}
	return nil
}

// refused asks for reloads with guests that the host does not take, or that do
// not start.
func (e *hostileWorld) refused(ctx context.Context, r *report) error {
	var worst time.Duration
	for i, c := range e.others {
		block, err := e.block(fmt.Sprintf("r%d", i), c, `"1"`)
		if err != nil {
			return err
		}
		if _, err := e.configure(block); err != nil {
			return err
		}
		began := time.Now()
		_, err = e.admin.Reload(ctx, admin.ReloadRequest{})
		if took := time.Since(began); took > worst {
			worst = took
			r.set("refusal_ms", float64(took.Milliseconds()))
		}
		r.expect(err != nil, "%s: a reload took it", c.Name)
	}
	return nil
}

// judge compares what the witness saw in calm and in disturbed times, and looks
// at the heartbeats.
func (e *hostileWorld) judge(ctx context.Context, r *report) error {
	r.set("guests", len(e.cases))
	r.set("refused", len(e.others))
	seen, ratio, reloads := 0, 0.0, 0.0
	guilds := e.discord.Guilds()
	if err := pause(ctx, time.Second); err != nil { // what was sent on other sessions arrives first
		return err
	}
	for lane := range witnessLanes {
		g := guilds[slices.IndexFunc(guilds, func(g *discordtest.Guild) bool { return effect.LaneOf(uint64(g.ID), witnessLanes) == lane })]
		if _, err := e.discord.SendMessage(g.General(), "!report"); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeoutCause(ctx, 10*time.Second, errors.New("the witness did not answer"))
		m, err := e.discord.WaitForMessage(ctx, g.General(), func(m discordtest.Message) bool { return m.Author.Bot })
		cancel()
		if err != nil {
			return err
		}
		var phases map[string][4]int64
		if err := json.Unmarshal([]byte(m.Content), &phases); err != nil {
			return fmt.Errorf("the witness said %q: %w", m.Content, err)
		}
		for _, p := range phases {
			seen += int(p[0])
		}
		ratio = max(ratio, float64(phases["h"][2])/float64(phases["c"][2]))
		reloads = max(reloads, float64(phases["r"][2])/float64(phases["c"][2]))
		r.set(fmt.Sprintf("lane_%d_ms", lane), fmt.Sprintf("p99 %.2f calm, %.2f disturbed, %.2f in reloads; p50 %.2f, %.2f, %.2f; most %.1f, %.1f, %.1f",
			ms(phases["c"][2]), ms(phases["h"][2]), ms(phases["r"][2]), ms(phases["c"][1]), ms(phases["h"][1]), ms(phases["r"][1]),
			ms(phases["c"][3]), ms(phases["h"][3]), ms(phases["r"][3])))
	}
	late := e.beatLateness()
	r.set("events", e.sent)
	r.set("lost", e.sent-seen)
	r.set("p99_ratio", ratio)
	r.set("p99_ratio_reloads", reloads)
	r.set("heartbeat_late_ms", float64(late.Milliseconds()))
	r.expect(seen == e.sent, "%d messages were sent to the witness, it saw %d", e.sent, seen)
	r.expect(late < hostileBeat/2, "a heartbeat was %v late", late)
	r.expect(len(e.discord.Violations()) == 0, "violations: %v", e.discord.Violations())
	r.set("violations", len(e.discord.Violations()))
	return nil
}

func ms(micros int64) float64 { return float64(micros) / 1000 }

// beatLateness is the most that a heartbeat came after its time.
func (e *hostileWorld) beatLateness() (most time.Duration) {
	last := map[string]time.Time{}
	for _, beat := range e.discord.Heartbeats() {
		if before, ok := last[beat.Session]; ok && beat.Session != "" {
			most = max(most, beat.Time.Sub(before)-hostileBeat)
		}
		last[beat.Session] = beat.Time
	}
	return most
}
