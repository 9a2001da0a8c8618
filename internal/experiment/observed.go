package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/wasm"
)

// observedName is a command of its own process and no experiment: the host with
// an observer inside, who stops the world again and again as the garbage
// collector does, and sees how each guest ends.
const observedName = "observed-host"

// stopEvery is how often the observer stops the world.
const stopEvery = 5 * time.Millisecond

// An observation is what the observer tells, a line of JSON each.
type observation struct {
	Ready bool `json:"ready,omitempty"`

	// A frame was given up, and how long the guest ran beyond its deadline.
	Plugin  string  `json:"plugin,omitempty"`
	Kind    string  `json:"kind,omitempty"`
	Overrun float64 `json:"overrun_ms,omitempty"`

	// How long stopping the world took since the last mark.
	Mark  bool    `json:"mark,omitempty"`
	Stops uint64  `json:"stops,omitempty"`
	P99   float64 `json:"stw_ms_p99,omitempty"`
	Max   float64 `json:"stw_ms_max,omitempty"`
}

// runObserved runs the host with a configuration until its stdin ends. Each line
// of stdin is a mark.
func runObserved(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("name one configuration file")
	}
	load := func() (*config.Config, config.Diagnostics) { return config.Load(args, config.Options{}) }
	cfg, diags := load()
	if cfg == nil {
		return diags.Err()
	}
	host.SpareProcessor()
	var mu sync.Mutex // of stdout
	tell := func(o observation) {
		mu.Lock()
		defer mu.Unlock()
		_ = json.NewEncoder(os.Stdout).Encode(o) // the parent is gone: stdin ends too
	}
	log := hclog.NewInterceptLogger(&hclog.LoggerOptions{Output: os.Stderr, Level: hclog.Warn})
	log.RegisterSink(&trapSink{tell})
	h := host.New(cfg, host.Options{Logger: log, Version: "experiment", Load: load})
	if err := h.Start(ctx); err != nil {
		return errors.Join(err, h.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { stopTheWorld(ctx) })
	tell(observation{Ready: true})
	before := readPauses()
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		now := readPauses()
		tell(now.since(before))
		before = now
	}
	cancel()
	wg.Wait()
	return h.Close()
}

// stopTheWorld does so until the context ends.
func stopTheWorld(ctx context.Context) {
	tick := time.NewTicker(stopEvery)
	defer tick.Stop()
	var m runtime.MemStats
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			runtime.ReadMemStats(&m)
		}
	}
}

// pauses are histograms of the time from wanting to stop the world until it
// stood still, in seconds.
type pauses [2]*metrics.Float64Histogram

func readPauses() (p pauses) {
	samples := []metrics.Sample{{Name: "/sched/pauses/stopping/gc:seconds"}, {Name: "/sched/pauses/stopping/other:seconds"}}
	metrics.Read(samples)
	for i := range samples {
		p[i] = samples[i].Value.Float64Histogram()
	}
	return p
}

// since is what came between two readings. A value counts as the upper end of
// its bucket, or the lower one of the last bucket.
func (p pauses) since(before pauses) observation {
	o := observation{Mark: true}
	counts := make([]uint64, len(p[0].Counts))
	for k := range p {
		for i, n := range p[k].Counts {
			counts[i] += n - before[k].Counts[i]
			o.Stops += n - before[k].Counts[i]
		}
	}
	var seen uint64
	for i, n := range counts {
		if n == 0 {
			continue
		}
		o.Max = 1000 * p[0].Buckets[min(i+1, len(counts)-1)]
		if seen*100 < o.Stops*99 {
			o.P99 = o.Max
		}
		seen += n
	}
	return o
}

// trapSink sees the log's lines about frames that are given up.
type trapSink struct{ tell func(observation) }

func (s *trapSink) Accept(_ string, _ hclog.Level, msg string, args ...any) {
	if msg != "frame given up" {
		return
	}
	var o observation
	for i := 0; i+1 < len(args); i += 2 {
		switch v := args[i+1].(type) {
		case string:
			if args[i] == "plugin" {
				o.Plugin = v
			}
		case error:
			o.Kind = fmt.Sprintf("%T", v)
			if trap, ok := errors.AsType[*wasm.Trap](v); ok {
				o.Kind, o.Overrun = string(trap.Kind), float64((trap.Ran-trap.Limit).Microseconds())/1000
			}
		}
	}
	s.tell(o)
}
