package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
)

// A mechanism hands an event of 1.2 KB to a handler that does nothing.
type mechanism struct {
	name string
	ours bool
	each int // events that one call of the bench hands over together
	open func(ctx context.Context, event []byte) (*handler, error)
}

// A handler is an open mechanism.
type handler struct {
	give  func(n int) error     // n events, until all are handled
	child func() time.Duration  // CPU time of another process that works for it
	count func() (int64, error) // events that reached the handler; nil: not told
	close func()
}

var mechanisms = []mechanism{
	{name: "wazero, bare call with copy", open: bareWazero},
	{name: "shardhost, mailbox to guest", ours: true, each: 512, open: lane(conformance.Silent)},
	{name: "shardhost, guest that says done", ours: true, each: 512, open: lane(func() []byte { return conformance.Poison(1) })},
	{name: "waPC", open: waPC},
	{name: "Extism", open: extismPlugin},
	{name: "hashicorp/go-plugin, net/rpc", open: processPlugin},
	{name: "goja", open: gojaFunction},
}

// call measures what it costs to bring an event to a handler and back.
func call(ctx context.Context, args []string) error {
	o, err := parse("call", args)
	if err != nil {
		return err
	}
	// On one processor what several goroutines do adds up to the time it takes.
	runtime.GOMAXPROCS(1)
	frame, err := messageFrame()
	if err != nil {
		return err
	}
	event := frame[abi.HeaderSize:]
	handlers := make([]*handler, len(mechanisms))
	for i, m := range mechanisms {
		if handlers[i], err = m.open(ctx, event); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		defer handlers[i].close()
	}
	fmt.Fprintf(os.Stderr, "an event of %d B to a handler that does nothing, CPU time; %d runs, interleaved\n\n", len(event), o.runs)
	costs := make([][]cost, len(mechanisms))
	rounds := make([]int, len(mechanisms))
	for run := range o.runs + 2 { // the first ones warm up
		for i, h := range handlers {
			each := max(mechanisms[i].each, 1)
			c, err := h.measure(max(rounds[i], 1), each)
			if err != nil {
				return fmt.Errorf("%s: %w", mechanisms[i].name, err)
			}
			rounds[i] = int(float64(20*time.Millisecond)/(c.nanos*float64(each))) + 1
			if run >= 2 {
				costs[i] = append(costs[i], c)
			}
		}
	}
	return reportCalls(costs, o)
}

type cost struct{ nanos, allocs float64 } // an event

func (h *handler) measure(rounds, each int) (c cost, err error) {
	var had int64
	if h.count != nil {
		if had, err = h.count(); err != nil {
			return c, err
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := cpuTime()
	if h.child != nil {
		begin += h.child()
	}
	for range rounds {
		if err := h.give(each); err != nil {
			return c, err
		}
	}
	end := cpuTime()
	if h.child != nil {
		end += h.child()
	}
	runtime.ReadMemStats(&after)
	n := float64(rounds * each)
	if h.count != nil {
		if has, err := h.count(); err != nil || has-had != int64(n) {
			return c, fmt.Errorf("%d of %.0f events were handled, %v", has-had, n, err)
		}
	}
	return cost{float64(end-begin) / n, float64(after.Mallocs-before.Mallocs) / n}, nil
}

func reportCalls(costs [][]cost, o options) error {
	type line struct {
		Name   string     `json:"name"`
		Nanos  [3]float64 `json:"ns"` // min, median, max
		Allocs float64    `json:"allocs"`
		Above  [3]float64 `json:"ns_above_bare"`
	}
	var lines []line
	fmt.Fprintf(os.Stderr, "%-34s %10s %8s   %-28s %s\n", "mechanism", "ns", "allocs", "ns above the bare call", "x ours")
	for i, m := range mechanisms {
		var nanos, allocs, above, ratio []float64
		for run, c := range costs[i] {
			nanos, allocs = append(nanos, c.nanos), append(allocs, c.allocs)
			above, ratio = append(above, c.nanos-costs[0][run].nanos), append(ratio, c.nanos/costs[1][run].nanos)
		}
		l := line{m.name, spread(nanos), spread(allocs)[1], spread(above)}
		lines = append(lines, l)
		fmt.Fprintf(os.Stderr, "%-34s %10.0f %8.2f   %8.0f (%.0f to %.0f)%*s %.2f\n", l.Name, l.Nanos[1], l.Allocs, l.Above[1], l.Above[0], l.Above[2],
			max(0, 16-len(fmt.Sprintf("(%.0f to %.0f)", l.Above[0], l.Above[2]))), "", spread(ratio)[1])
	}
	if !o.json {
		return nil
	}
	theirs, ratios := map[string]float64{}, map[string]map[string]float64{}
	for i, m := range mechanisms {
		if m.ours {
			continue
		}
		var ratio []float64
		for run, c := range costs[i] {
			ratio = append(ratio, costs[1][run].nanos/c.nanos)
		}
		theirs[m.name], ratios[m.name] = lines[i].Nanos[1], minMedianMax(spread(ratio))
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"bench": "call", "runs": o.runs, "ours": lines[1].Nanos[1], "theirs": theirs, "ratio": ratios, "mechanisms": lines,
	})
}
