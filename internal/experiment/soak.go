package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shardhost/shardhost/host/admin"
)

const (
	soakShards = 4
	soakGuilds = 40
	soakAsks   = 10 // messages a second that plugins answer

	soakRest = 30 * time.Second // within which what clients held is given back, and messages are answered
	soakStop = 15 * time.Second // within which the host ends, clients or not

	// soakGrowth and soakRoom are how much more memory the host may have in the
	// last tenth of the time than in the second: 10 %, and what the collector
	// of a start of seconds is away from its pace.
	soakGrowth = 1.1
	soakRoom   = 16 << 10 // KiB
)

// soak runs the host for a time under faults and load, while n people look at
// the dashboard and leave again, one stays, one has gone to sleep, and the
// command tail runs. Memory must stay where it was, what clients held must be
// given back, every message must be answered, and a stop must not wait for
// anybody.
func soak(ctx context.Context, b *bench, o options) (r report, err error) {
	s, err := b.sim("--guilds", fmt.Sprint(soakGuilds), "--shards", fmt.Sprint(soakShards), "--max-concurrency", fmt.Sprint(soakShards),
		"--seed", fmt.Sprint(o.seed), "--chaos", "mild")
	if err != nil {
		return r, err
	}
	defer s.kill()
	h, err := newSoaked(ctx, b, s)
	if err != nil {
		return r, err
	}
	defer h.kill()

	crowd := newAudience(h.base, o.seed)
	quiet, err := h.goroutines(ctx)
	if err != nil {
		return r, err
	}
	tail, err := b.start("tail", nil, nil, "tail", "--admin", h.base)
	if err != nil {
		return r, err
	}
	defer tail.kill()
	crowd.enter(ctx, o.n)
	defer crowd.leave()
	asked := newQuestions(ctx, s)
	load := make(chan error, 1)
	go func() {
		load <- s.post("/load", map[string]any{"rate": o.rate, "seconds": o.seconds, "seed": o.seed}, nil)
	}()
	rss, busy, err := h.watch(ctx, time.Duration(o.seconds)*time.Second)
	asked.stop()
	if err = errors.Join(err, <-load, asked.err, crowd.err()); err != nil {
		return r, h.explain(err)
	}
	r.set("visits", crowd.visits.Load())
	r.set("frames_seen", crowd.frames.Load())
	r.set("goroutines_busy", busy)
	r.flat(rss)

	tail.kill()
	crowd.leave()
	rest, err := h.rest(ctx, quiet)
	if err != nil {
		return r, h.explain(err)
	}
	r.set("goroutines_before", quiet)
	r.set("goroutines_after", rest)
	r.expect(rest <= quiet, "%d goroutines when all had left, %d before they came: see goroutines.txt in the folder (--keep)", rest, quiet)

	if err := r.answers(ctx, s, asked.n, o); err != nil {
		return r, h.explain(err)
	}
	crowd = newAudience(h.base, o.seed)
	crowd.enter(ctx, 1)
	began := time.Now()
	err = h.stop()
	crowd.leave()
	took := time.Since(began)
	r.set("stop_ms", took.Milliseconds())
	r.expect(took < soakStop, "it took %v to end while somebody looked at the dashboard", took)
	return r, err
}

// flat judges how the memory went: KiB at equal distances.
func (r *report) flat(rss []int) {
	tenth := len(rss) / 10
	median := func(part []int) int {
		part = slices.Sorted(slices.Values(part))
		return part[len(part)/2]
	}
	early, late := median(rss[tenth:max(2*tenth, tenth+1)]), median(rss[len(rss)-max(tenth, 1):])
	r.set("rss_mb_early", float64(early)/1024)
	r.set("rss_mb_late", float64(late)/1024)
	r.set("rss_mb_max", float64(slices.Max(rss))/1024)
	r.set("rss_drift", float64(late)/float64(early))
	r.expect(float64(late) <= soakGrowth*float64(early)+soakRoom, "memory grew from %d KiB in the second tenth to %d in the last", early, late)
}

// answers compares what was asked with what was answered: mild chaos takes no
// session away, so each is answered, once.
func (r *report) answers(ctx context.Context, s *sim, asked int, o options) error {
	var st simStats
	for deadline := time.Now().Add(soakRest); ; {
		if err := s.get("/stats", &st); err != nil {
			return err
		}
		if st.MessagesCreated >= asked || time.Now().After(deadline) {
			break
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	var faults []any
	if err := s.get("/faults", &faults); err != nil {
		return err
	}
	r.set("events", st.EventsSent)
	r.set("faults", len(faults))
	r.set("lost", max(0, asked-st.MessagesCreated))
	r.set("doubled", max(0, st.MessagesCreated-asked))
	r.set("identifies", st.Identifies)
	r.set("identifies_needed", soakShards)
	r.expect(st.MessagesCreated == asked, "%d answers to %d messages", st.MessagesCreated, asked)
	r.expect(st.Identifies == soakShards, "%d IDENTIFYs for %d shards", st.Identifies, soakShards)
	return nil
}

// A soaked host has its dashboard and its metrics on ports of its own.
type soaked struct {
	*hostProcess
	b       *bench
	base    string // of the admin API
	metrics string
	client  *http.Client
}

func newSoaked(ctx context.Context, b *bench, s *sim) (*soaked, error) {
	plugins := ""
	for _, name := range []string{"ping", "counter"} {
		block, err := examplePlugin(ctx, name)
		if err != nil {
			return nil, err
		}
		plugins += block
	}
	text := fmt.Sprintf(`
host {
  data_dir = %q
}
log {
  format = "json"
}
admin {
  listen = "127.0.0.1:0"
}
metrics {
  listen = "127.0.0.1:0"
  pprof  = true
}
discord {
  token            = env("DISCORD_TOKEN")
  allow_privileged = ["MESSAGE_CONTENT"]
  api {
    base_url = %q
  }
}
%s`, b.data(), s.REST, plugins)
	if err := os.WriteFile(b.config(), []byte(text), 0o600); err != nil {
		return nil, err
	}
	p, err := b.start("host", nil, []string{"DISCORD_TOKEN=" + s.Token}, "run", "-c", b.config())
	if err != nil {
		return nil, err
	}
	h := &soaked{hostProcess: &hostProcess{process: p}, b: b, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	for message, address := range map[string]*string{"admin API listens": &h.base, "metrics are served": &h.metrics} {
		if *address, err = h.address(ctx, message); err != nil {
			h.kill()
			return nil, h.explain(err)
		}
	}
	h.admin = admin.Dial(h.base)
	return h, h.ready(ctx, b)
}

// address waits for a line of the log that says where something listens.
func (h *soaked) address(ctx context.Context, message string) (string, error) {
	line := regexp.MustCompile(`(?m)^.*"@message":"` + message + `".*$`)
	address := regexp.MustCompile(`"address":"([^"]+)"`)
	for {
		log, err := os.ReadFile(filepath.Join(h.b.dir, "host.log"))
		if err != nil {
			return "", err
		}
		if m := address.FindSubmatch(line.Find(log)); m != nil {
			return string(m[1]), nil
		}
		select {
		case <-h.ended:
			return "", fmt.Errorf("the host ended: %v", h.err)
		default:
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return "", err
		}
	}
}

// explain adds the end of the host's log.
func (h *soaked) explain(err error) error {
	log, _ := os.ReadFile(filepath.Join(h.b.dir, "host.log"))
	return fmt.Errorf("%w\n%s", err, log[max(0, len(log)-4000):])
}

// watch notes the host's memory at equal distances, in KiB, and the most
// goroutines that it had.
func (h *soaked) watch(ctx context.Context, d time.Duration) (rss []int, most int, err error) {
	every := min(time.Second, d/40)
	for range max(1, int(d/every)) {
		if err := pause(ctx, every); err != nil {
			return nil, 0, err
		}
		kib, err := h.process.rss()
		if err != nil {
			return nil, 0, fmt.Errorf("the host is gone: %w", err)
		}
		n, err := h.countGoroutines(ctx)
		if err != nil {
			return nil, 0, err
		}
		rss, most = append(rss, kib), max(most, n)
	}
	return rss, most, nil
}

// goroutines is how many the host has at rest: the least of some moments,
// because faults go on.
func (h *soaked) goroutines(ctx context.Context) (least int, err error) {
	for i := range 20 {
		stacks, err := h.get(ctx, goroutineStacks)
		if err != nil {
			return 0, err
		}
		if n := countStacks(string(stacks)); i == 0 || n < least {
			least = n
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return 0, err
		}
	}
	return least, nil
}

const goroutineStacks = "/debug/pprof/goroutine?debug=1"

// countStacks adds up the goroutines of a profile: each paragraph begins with the
// number of those that have its stack. Connections to the REST API are left out:
// after a load the client keeps them for 90 s.
func countStacks(profile string) (n int) {
	for paragraph := range strings.SplitSeq(profile, "\n\n") {
		number, stack, ok := strings.Cut(paragraph, " @ ")
		if !ok || strings.Contains(stack, "net/http.(*persistConn)") {
			continue
		}
		number = number[strings.LastIndexByte(number, '\n')+1:] // below the profile's title
		if k, err := strconv.Atoi(number); err == nil {
			n += k
		}
	}
	return n
}

// rest waits until the host has as few goroutines as before, and writes down
// which it has when it does not come to that.
func (h *soaked) rest(ctx context.Context, before int) (n int, err error) {
	for deadline := time.Now().Add(soakRest); ; {
		if n, err = h.goroutines(ctx); err != nil || n <= before {
			return n, err
		}
		if time.Now().After(deadline) {
			break
		}
	}
	stacks, err := h.get(ctx, goroutineStacks)
	if err == nil {
		err = os.WriteFile(filepath.Join(h.b.dir, "goroutines.txt"), stacks, 0o600)
	}
	return n, err
}

func (h *soaked) countGoroutines(ctx context.Context) (int, error) {
	page, err := h.get(ctx, "/metrics")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(page), "\ngo_goroutines ")
	number, _, _ := strings.Cut(rest, "\n")
	return strconv.Atoi(number)
}

func (h *soaked) get(ctx context.Context, path string) ([]byte, error) {
	return fetch(ctx, h.client, "http://"+h.metrics+path)
}
