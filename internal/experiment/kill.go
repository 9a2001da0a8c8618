package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

const (
	killShards = 4
	killGuilds = 40
	killAlive  = 2 * time.Second // between being ready and the next kill, at most
)

// kill ends the host with SIGKILL at n random moments under load, some of them
// while it starts, and starts it again. A guest books every message it handles;
// in the end its books must be those of the server.
func kill(ctx context.Context, b *bench, o options) (r report, err error) {
	s, err := b.sim("--guilds", fmt.Sprint(killGuilds), "--shards", fmt.Sprint(killShards), "--max-concurrency", fmt.Sprint(killShards), "--seed", fmt.Sprint(o.seed))
	if err != nil {
		return r, err
	}
	defer s.kill()
	hcl, err := b.tally(ctx)
	if err != nil {
		return r, err
	}
	h, err := b.host(ctx, s, hcl)
	if err != nil {
		return r, err
	}
	defer func() { h.kill() }()
	var first simStats
	if err := s.get("/stats", &first); err != nil {
		return r, err
	}
	stop := s.loadInBackground(ctx, o.rate, o.seed)
	ms, err := killAtRandom(ctx, b, s, &h, hcl, o)
	if err := errors.Join(err, stop()); err != nil {
		return r, err
	}
	expected, err := s.messagesByGuild()
	if err != nil {
		return r, err
	}
	r = report{figures: map[string]any{"kills": o.n, "rate": o.rate}}
	if err := r.compareTallies(ctx, s, expected); err != nil {
		return r, err
	}
	var last simStats
	var violations []any
	if err := errors.Join(s.get("/stats", &last), s.get("/violations", &violations)); err != nil {
		return r, err
	}
	slices.Sort(ms)
	again := last.Identifies - first.Identifies
	r.figures["identifies"], r.figures["identifies_needed"], r.figures["resumes"] = last.Identifies, killShards, last.Resumes
	r.figures["resume_ms_p50"], r.figures["resume_ms_p99"], r.figures["violations"] = quantile(ms, 0.5), quantile(ms, 0.99), len(violations)
	r.expect(again == 0, "%d IDENTIFYs after the first start", again)
	r.expect(len(violations) == 0, "violations: %v", violations)
	return r, h.stop()
}

// tally builds the guest and returns its plugin block.
func (b *bench) tally(ctx context.Context) (string, error) {
	module := filepath.Join(b.dir, "tally.wasm")
	env := []string{"GOOS=wasip1", "GOARCH=wasm"}
	if err := goBuild(ctx, module, env, "-buildmode=c-shared", "-ldflags=-s -w", "./internal/experiment/testdata/tally"); err != nil {
		return "", err
	}
	return fmt.Sprintf(`
plugin "tally" {
  source = %q
  lanes  = 2
  grant {
    discord {
      allow = ["POST /channels/*/messages"]
    }
    kv {}
  }
}
`, module), nil
}

// killAtRandom returns how long each start took that was allowed to finish, in
// milliseconds until all shards were ready.
func killAtRandom(ctx context.Context, b *bench, s *sim, h **hostProcess, hcl string, o options) (ms []float64, err error) {
	random := rand.New(rand.NewPCG(o.seed, 0x6b696c6c))
	if err := pause(ctx, time.Second); err != nil {
		return nil, err
	}
	for i := 1; i <= o.n; i++ {
		(*h).kill()
		began := time.Now()
		if *h, err = b.launch(s, hcl); err != nil {
			return nil, err
		}
		if i < o.n && random.IntN(4) == 0 { // a crash while it starts
			if err := pause(ctx, time.Duration(random.Int64N(int64(500*time.Millisecond)))); err != nil {
				return nil, err
			}
			continue
		}
		if err := (*h).ready(ctx, b); err != nil {
			return nil, err
		}
		ms = append(ms, float64(time.Since(began).Microseconds())/1000)
		if i%10 == 0 {
			fmt.Fprintf(os.Stderr, "%d kills; the last start took %.0f ms\n", i, ms[len(ms)-1])
		}
		if err := pause(ctx, time.Duration(random.Int64N(int64(killAlive)))); err != nil {
			return nil, err
		}
	}
	return ms, nil
}

// loadInBackground lets things happen, second by second, until the function that
// it returns is called.
func (s *sim) loadInBackground(ctx context.Context, rate float64, seed uint64) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var failed error
	wg.Go(func() {
		for i := seed; ctx.Err() == nil && failed == nil; i++ {
			failed = s.post("/load", map[string]any{"rate": rate, "seconds": 1, "seed": i}, nil)
		}
	})
	return func() error {
		cancel()
		wg.Wait()
		return failed
	}
}

// messagesByGuild is how many messages the sim's books have, by guild id.
func (s *sim) messagesByGuild() (map[string]int, error) {
	var books struct {
		Forgotten uint64 `json:"forgotten"`
		Sent      []struct {
			Event uint64 `json:"event"`
			Type  string `json:"t"`
			Guild string `json:"guild_id"`
		} `json:"sent"`
	}
	if err := s.get("/books", &books); err != nil {
		return nil, err
	}
	if books.Forgotten > 0 {
		return nil, fmt.Errorf("the sim has forgotten %d events", books.Forgotten)
	}
	seen := make(map[uint64]bool)
	count := make(map[string]int)
	for _, e := range books.Sent {
		if e.Type == "MESSAGE_CREATE" && !seen[e.Event] {
			seen[e.Event] = true
			count[e.Guild]++
		}
	}
	return count, nil
}

// A tally is what the guest's books say about one guild.
type tally struct {
	Handled   int `json:"handled"`
	Doubled   int `json:"doubled"`
	Reordered int `json:"reordered"`
}

// compareTallies asks the guest in every guild. The question is handled after
// everything before it, because a guild's events are handled in their order.
func (r *report) compareTallies(ctx context.Context, s *sim, expected map[string]int) error {
	var guilds []struct {
		ID string `json:"id"`
	}
	if err := s.get("/guilds", &guilds); err != nil {
		return err
	}
	channels := make([]string, len(guilds))
	for i := range guilds {
		var at struct {
			Channel string `json:"channel_id"`
		}
		if err := s.post("/messages", map[string]any{"guild": i, "content": "!total"}, &at); err != nil {
			return err
		}
		channels[i] = at.Channel
	}
	events, lost, surplus, sum := 0, 0, 0, tally{}
	for i, g := range guilds {
		t, err := s.tallyIn(ctx, channels[i])
		if err != nil {
			return fmt.Errorf("guild %s: %w", g.ID, err)
		}
		events += expected[g.ID]
		lost += max(0, expected[g.ID]-t.Handled)
		surplus += max(0, t.Handled-expected[g.ID])
		sum.Doubled += t.Doubled
		sum.Reordered += t.Reordered
		if t.Handled != expected[g.ID] {
			r.expect(false, "guild %s: %d messages were sent, %d handled", g.ID, expected[g.ID], t.Handled)
		}
	}
	r.figures["events"], r.figures["lost"], r.figures["unknown"] = events, lost, surplus
	r.figures["doubled"], r.figures["reordered"] = sum.Doubled, sum.Reordered
	r.expect(sum == tally{}, "handled more than once or out of order: %+v", sum)
	return nil
}

// tallyIn waits for the guest's answer in a channel.
func (s *sim) tallyIn(ctx context.Context, channel string) (tally, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("!total was not answered within a minute"))
	defer cancel()
	for {
		var messages []struct {
			Content string `json:"content"`
			Author  struct {
				Bot bool `json:"bot"`
			} `json:"author"`
		}
		if err := s.get("/messages?channel="+channel, &messages); err != nil {
			return tally{}, err
		}
		for _, m := range messages {
			if m.Author.Bot {
				var t tally
				return t, json.Unmarshal([]byte(m.Content), &t)
			}
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return tally{}, context.Cause(ctx)
		}
	}
}
