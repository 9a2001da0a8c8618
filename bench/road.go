package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// A contestant is one client of the bench road.
type contestant struct {
	name     string // as it is printed
	kind     string // what the client process runs
	compress string
	floor    bool // the bare read loop that ratios are also taken against
	ours     bool
}

var contestants = []contestant{
	{name: "gorilla loop", kind: "loop", floor: true},
	{name: "shardhost, nobody wants it", kind: "gateway", ours: true},
	{name: "shardhost, nobody wants it, zlib-stream", kind: "gateway", compress: "zlib-stream", ours: true},
	{name: "shardhost, nobody wants it, zstd-stream", kind: "gateway", compress: "zstd-stream", ours: true},
	{name: "shardhost, !ping plugin", kind: "host", ours: true},
	{name: "shardhost, !ping plugin, zstd-stream", kind: "host", compress: "zstd-stream", ours: true},
	{name: "discordgo", kind: "discordgo"},
	{name: "disgo", kind: "disgo"},
}

// result is what a client process reports.
type result struct {
	CPU    float64 `json:"cpu_us"` // an event
	Allocs float64 `json:"allocs"` // an event, of the Go heap
	Bytes  float64 `json:"bytes"`  // an event, of the Go heap
	Events int     `json:"events"`
	Sum    int64   `json:"sum"` // of sequences: proof that all came
}

// road measures the CPU of an event from the socket until its handler has
// returned, on one hot connection.
func road(ctx context.Context, args []string) error {
	o, err := parse("road", args)
	if err != nil {
		return err
	}
	s := newStream(o.events, 1)
	srv, err := serve(s, []string{"", "zlib-stream", "zstd-stream"})
	if err != nil {
		return err
	}
	defer srv.close()
	fmt.Fprintf(os.Stderr, "%d events a run, %d B of JSON on average, %d MESSAGE_CREATE; %d runs, interleaved\n",
		o.events, s.bytes/int64(o.events), s.creates, o.runs)
	results := make([][]result, len(contestants))
	for run := range o.runs + 1 { // the first is a warm-up
		for i, c := range contestants {
			r, err := runClient(ctx, srv, c, o.events)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			if want := int64(o.events) * int64(o.events+3) / 2; r.Events != o.events || r.Sum != want {
				return fmt.Errorf("%s: got %d events with sum %d, want %d with %d", c.name, r.Events, r.Sum, o.events, want)
			}
			if run > 0 {
				results[i] = append(results[i], r)
			}
			fmt.Fprintf(os.Stderr, "run %d  %-42s %7.3f us  %6.2f allocs\n", run, c.name, r.CPU, r.Allocs)
		}
	}
	report(results, o)
	return nil
}

func runClient(ctx context.Context, srv *server, c contestant, events int) (r result, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.CommandContext(ctx, self, "client", c.kind, srv.addr, c.compress, fmt.Sprint(events), fmt.Sprint(srv.stream.creates))
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(out, &r)
}

func report(results [][]result, o options) {
	floor := 0
	for i, c := range contestants {
		if c.floor {
			floor = i
		}
	}
	fmt.Fprintf(os.Stderr, "\n%-44s %10s %8s %10s %10s\n", "client", "us median", "allocs", "B/event", "x floor")
	type line struct {
		Name   string     `json:"name"`
		CPU    [3]float64 `json:"cpu_us"` // min, median, max
		Allocs float64    `json:"allocs"`
		Ratio  [3]float64 `json:"ratio_to_floor"`
	}
	var lines []line
	for i, c := range contestants {
		var cpu, allocs, bytes, ratio []float64
		for run, r := range results[i] {
			cpu, allocs, bytes = append(cpu, r.CPU), append(allocs, r.Allocs), append(bytes, r.Bytes)
			ratio = append(ratio, r.CPU/results[floor][run].CPU)
		}
		l := line{Name: c.name, CPU: spread(cpu), Allocs: spread(allocs)[1], Ratio: spread(ratio)}
		lines = append(lines, l)
		fmt.Fprintf(os.Stderr, "%-44s %10.3f %8.2f %10.1f %10.2f\n", c.name, l.CPU[1], l.Allocs, spread(bytes)[1], l.Ratio[1])
	}
	if !o.json {
		return
	}
	// Ours is the whole road with a plugin; the ratios say how much dearer the
	// peers are, pair by pair.
	ours := slices.IndexFunc(contestants, func(c contestant) bool { return c.kind == "host" })
	doc := map[string]any{"bench": "road", "events": o.events, "runs": o.runs, "clients": lines, "ours": lines[ours].CPU[1]}
	theirs, ratios := map[string]float64{}, map[string]map[string]float64{}
	for i, c := range contestants {
		if c.ours {
			continue
		}
		var ratio []float64
		for run, r := range results[i] {
			ratio = append(ratio, results[ours][run].CPU/r.CPU)
		}
		sp := spread(ratio)
		key := strings.ReplaceAll(c.name, " ", "_")
		theirs[key] = lines[i].CPU[1]
		ratios[key] = map[string]float64{"min": sp[0], "median": sp[1], "max": sp[2]}
	}
	doc["theirs"], doc["ratio"] = theirs, ratios
	json.NewEncoder(os.Stdout).Encode(doc)
}

// spread is minimum, median and maximum.
func spread(v []float64) [3]float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return [3]float64{v[0], v[len(v)/2], v[len(v)-1]}
}
