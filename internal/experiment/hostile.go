package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/host/admin"
)

const (
	hostileDeadline = 200 * time.Millisecond
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
	r.set("guests", len(e.cases))
	r.set("refused", len(e.others))
	if err != nil {
		return r, e.explain(err)
	}
	if err := e.judge(ctx, &r, map[string]string{"h": "p99_ratio", "r": "p99_ratio_reloads"}); err != nil {
		return r, e.explain(err)
	}
	return r, e.finish()
}

func (r *report) set(name string, v any) {
	if r.figures == nil {
		r.figures = map[string]any{}
	}
	r.figures[name] = v
}

// A hostileWorld has a plugin for each hostile guest, with a guild of its own.
type hostileWorld struct {
	*witnessWorld
	cases  []conformance.Case // that end in shard_batch; plugin h<i> is in guild witnessGuilds+i
	others []conformance.Case // that are refused, or end while they start
}

func newHostileWorld(ctx context.Context, b *bench) (*hostileWorld, error) {
	e := &hostileWorld{}
	for _, c := range conformance.Cases() {
		switch {
		case c.Answers, c.Fails > conformance.Batched:
		case c.Fails == conformance.Batched:
			e.cases = append(e.cases, c)
		default:
			e.others = append(e.others, c)
		}
	}
	var err error
	if e.witnessWorld, err = newWitnessWorld(ctx, b, len(e.cases)); err != nil {
		return nil, err
	}
	guilds := e.discord.Guilds()
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

// misbehave gives each hostile guest an event, and waits until it is over.
func (e *hostileWorld) misbehave(ctx context.Context, r *report) error {
	guilds := e.discord.Guilds()
	for i, c := range e.cases {
		if _, err := e.discord.SendMessage(guilds[witnessGuilds+i].General(), "go"); err != nil {
			return err
		}
		name := fmt.Sprintf("h%d", i)
		o, err := e.await(ctx, toldWithin, func(o observation) bool { return o.Plugin == name })
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
