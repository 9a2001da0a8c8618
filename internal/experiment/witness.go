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

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/effect"
)

const (
	witnessLanes  = 2
	witnessGuilds = 16
	witnessBeat   = time.Second // between heartbeats
)

// A witnessWorld is a Discord in this process and the host in another, with a
// plugin that looks at how late messages reach it, in phases.
type witnessWorld struct {
	b       *bench
	discord *discordtest.Server
	plugins string // HCL
	host    *process
	stdin   io.WriteCloser
	told    chan observation
	admin   *admin.Client

	mu     sync.Mutex
	letter string // the phase
	sent   int
	ready  time.Time // of the host that runs now
}

// newWitnessWorld makes it, with guilds for other plugins.
func newWitnessWorld(ctx context.Context, b *bench, more int) (*witnessWorld, error) {
	e := &witnessWorld{b: b, letter: "c"}
	witness := filepath.Join(b.dir, "witness.wasm")
	if err := goBuild(ctx, witness, []string{"GOOS=wasip1", "GOARCH=wasm"}, "-buildmode=c-shared", "-ldflags=-s -w", "./internal/experiment/testdata/witness"); err != nil {
		return nil, err
	}
	e.discord = discordtest.NewServer(discordtest.Options{
		Guilds: witnessGuilds + more, Shards: 2, MaxConcurrency: 2, HeartbeatInterval: witnessBeat, NoRateLimits: true,
	})
	var ids []string
	for _, g := range e.discord.Guilds()[:witnessGuilds] {
		ids = append(ids, fmt.Sprintf("%q", g.ID))
	}
	e.plugins = fmt.Sprintf(`
plugin "witness" {
  source = %q
  lanes  = %d
  filter {
    guilds = [%s]
  }
  grant {
    discord {
      allow = ["POST /channels/*/messages"]
    }
  }
}
`, witness, witnessLanes, strings.Join(ids, ", "))
	return e, nil
}

// configure writes the configuration with further plugins.
func (e *witnessWorld) configure(more string) (file string, err error) {
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

func (e *witnessWorld) start(ctx context.Context) error {
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
	e.told = make(chan observation, 1024)
	if e.host, err = e.b.launched(cmd, "observed"); err != nil {
		return err
	}
	told := e.told
	go func() { // ends with the process
		defer close(told)
		for in := json.NewDecoder(bufio.NewReader(out)); ; {
			var o observation
			if in.Decode(&o) != nil {
				return
			}
			told <- o
		}
	}()
	e.admin = admin.Dial("unix://" + filepath.Join(e.b.dir, "admin.sock"))
	_, err = e.await(ctx, readyWithin, func(o observation) bool { return o.Ready })
	e.ready = time.Now()
	return err
}

// How long the host may take to become ready, and to tell anything else.
const (
	readyWithin = 5 * time.Minute // many plugins, and nothing in the cache
	toldWithin  = 20 * time.Second
)

// await returns the first observation that is looked for.
func (e *witnessWorld) await(ctx context.Context, within time.Duration, wanted func(observation) bool) (observation, error) {
	limit := time.NewTimer(within)
	defer limit.Stop()
	for {
		select {
		case <-ctx.Done():
			return observation{}, ctx.Err()
		case <-limit.C:
			return observation{}, fmt.Errorf("the host did not tell within %v what was waited for", within)
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

func (e *witnessWorld) explain(err error) error {
	log, _ := os.ReadFile(filepath.Join(e.b.dir, "observed.log"))
	return fmt.Errorf("%w\n%s", err, log[max(0, len(log)-4000):])
}

func (e *witnessWorld) close() {
	if e.host != nil {
		e.host.kill()
		for range e.told { // until its reader is done
		}
	}
	e.discord.Close()
}

func (e *witnessWorld) phase(letter string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.letter = letter
}

// load sends messages to the witness until the function that it returns is
// called.
func (e *witnessWorld) load(ctx context.Context, rate float64) (stop func()) {
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

func (e *witnessWorld) mark(ctx context.Context) (observation, error) {
	if _, err := io.WriteString(e.stdin, "mark\n"); err != nil {
		return observation{}, err
	}
	return e.await(ctx, toldWithin, func(o observation) bool { return o.Mark })
}

// finish lets the host end in good order.
func (e *witnessWorld) finish() error {
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

// judge compares what the witness saw in calm times with the phases that are
// named, and looks at the heartbeats.
func (e *witnessWorld) judge(ctx context.Context, r *report, names map[string]string) error {
	seen := 0
	ratios := map[string]float64{}
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
		calm := phases["c"]
		text := fmt.Sprintf("p50 %.2f, p99 %.2f, most %.1f calm", ms(calm[1]), ms(calm[2]), ms(calm[3]))
		for letter, figure := range names {
			p := phases[letter]
			ratios[figure] = max(ratios[figure], float64(p[2])/float64(calm[2]))
			text += fmt.Sprintf("; %.2f, %.2f, %.1f for %s", ms(p[1]), ms(p[2]), ms(p[3]), figure)
		}
		r.set(fmt.Sprintf("lane_%d_ms", lane), text)
	}
	for figure, ratio := range ratios {
		r.set(figure, ratio)
	}
	late := e.beatLateness()
	r.set("events", e.sent)
	r.set("lost", e.sent-seen)
	r.set("heartbeat_late_ms", float64(late.Milliseconds()))
	r.expect(seen == e.sent, "%d messages were sent to the witness, it saw %d", e.sent, seen)
	r.expect(late < witnessBeat/2, "a heartbeat was %v late", late)
	r.expect(len(e.discord.Violations()) == 0, "violations: %v", e.discord.Violations())
	r.set("violations", len(e.discord.Violations()))
	return nil
}

func ms(micros int64) float64 { return float64(micros) / 1000 }

// beatLateness is the most that a heartbeat came after its time.
func (e *witnessWorld) beatLateness() (most time.Duration) {
	last := map[string]time.Time{}
	for _, beat := range e.discord.Heartbeats() {
		if before, ok := last[beat.Session]; ok && beat.Session != "" && before.After(e.ready) {
			most = max(most, beat.Time.Sub(before)-witnessBeat)
		}
		last[beat.Session] = beat.Time
	}
	return most
}
