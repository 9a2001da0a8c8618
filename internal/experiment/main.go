// Command experiment runs the host as its users do, as a process against a
// simulated Discord, injects what may go wrong, and compares the books of both
// sides. It prints what it does, then its figures; with --json one line of JSON
// at the end. It exits with 1 when something that must hold does not.
//
//	go run ./internal/experiment NAME [--n N] [--seconds T] [--rate R] [--seed S] [--json]
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
)

// An experiment does its work and fills in what it measured.
type experiment struct {
	about string
	n     int     // default of --n
	rate  float64 // default of --rate
	run   func(ctx context.Context, b *bench, o options) (report, error)
}

var experiments = map[string]experiment{
	"ping": {"round trips of !ping through run against sim", 1000, 0, ping},
	"idle": {"memory of idle shards", 200, 0, idle},
	"dev":  {"time from the command dev to the first answer, cold and warm", 1, 0, devStart},

	"fuzz": {"every fuzz target of the repository for --seconds, one after another; --n 0: all", 0, 0, fuzz},

	"gateway-faults": {"n faults of every kind at random shards and moments under load", 10000, 400, gatewayFaults},
	"kill":           {"n times SIGKILL of the host under load", 50, 300, kill},
	"exactly-once":   {"n times SIGKILL of the host while a guest writes keys, sends messages and sets timers", 30, 2000, exactlyOnce},
	"mixed":          {"exactly-once with n faults: of connections, lost answers, traps, reloads and kills", 150, 2000, mixed},
	"disk":           {"exactly-once with a disk that is full n times", 12, 1000, disk},
	"commit":         {"n frames with one kv write each, on one core", 200000, 0, commit},
	"kv":             {"n keys: how long a guest waits for one, how long the host takes to start", 1000000, 0, kv},

	"flood":           {"n round trips of !ping, alone and beside a plugin that floods REST", 300, 0, flood},
	"rescale":         {"n times from 4 to 8 shards and back under load", 3, 5000, rescale},
	"hostile":         {"each hostile guest of the conformance kit n times beside a plugin under load", 4, 400, hostile},
	"soak":            {"the host under mild chaos for --seconds, with n people at the dashboard", 4, 200, soak},
	"start":           {"n plugins in Go start: with an empty cache, with a full one, and beside a plugin under load", 50, 400, start},
	"reloads":         {"n reloads under load, a third of them with a fault in the new generation", 300, 5000, reloads},
	"thousand-shards": {"n shards idle, then at a constant total rate, beside a bare read loop", 1000, 2000, thousandShards},
}

// options of every experiment.
type options struct {
	n       int
	seconds int
	rate    float64
	seed    uint64
	json    bool
}

// A report is what an experiment measured: figures by name. broken names the
// invariants that did not hold.
type report struct {
	figures map[string]any
	broken  []string
}

// mostBroken bounds what a report spells out.
const mostBroken = 50

// expect notes an invariant as broken, with what is wrong, unless it holds.
func (r *report) expect(holds bool, format string, args ...any) {
	if !holds && len(r.broken) < mostBroken {
		r.broken = append(r.broken, fmt.Sprintf(format, args...))
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "experiment:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	names := slices.Sorted(maps.Keys(experiments))
	if len(args) == 0 {
		return fmt.Errorf("name one of %s", strings.Join(names, ", "))
	}
	name := args[0]
	switch name {
	case floorName:
		return runFloor(ctx, args[1:])
	case observedName:
		return runObserved(ctx, args[1:])
	}
	e, ok := experiments[name]
	if !ok {
		return fmt.Errorf("there is no experiment %q; there are %s", name, strings.Join(names, ", "))
	}
	o := options{}
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.IntVar(&o.n, "n", e.n, "how many")
	f.IntVar(&o.seconds, "seconds", 10, "how long, where that matters")
	f.Float64Var(&o.rate, "rate", e.rate, "events a second of the load, where there is one")
	f.Uint64Var(&o.seed, "seed", 1, "what looks random follows from it")
	keep := f.Bool("keep", false, "keep the folder with the host's data and log")
	f.BoolVar(&o.json, "json", false, "print one line of JSON at the end")
	if err := f.Parse(args[1:]); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s: %s; n %d, seed %d\n", name, e.about, o.n, o.seed)
	b, err := newBench("")
	if err != nil {
		return err
	}
	if *keep {
		fmt.Fprintln(os.Stderr, "folder:", b.dir)
	} else {
		defer b.close()
	}
	r, err := e.run(ctx, b, o)
	if err != nil {
		return err
	}
	doc := map[string]any{"experiment": name, "seed": o.seed, "n": o.n, "seconds": o.seconds, "broken": r.broken}
	maps.Copy(doc, r.figures)
	for _, key := range slices.Sorted(maps.Keys(r.figures)) {
		fmt.Fprintf(os.Stderr, "%-24s %v\n", key, r.figures[key])
	}
	if o.json {
		if err := json.NewEncoder(os.Stdout).Encode(doc); err != nil {
			return err
		}
	}
	if len(r.broken) > 0 {
		return errors.New("broken: " + strings.Join(r.broken, "; "))
	}
	return nil
}

// quantile of sorted values.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
