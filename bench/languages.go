package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// A language is an SDK with a guest that has the handler of this bench: it reads
// content, author, channel and guild of a MESSAGE_CREATE and compares a prefix.
type language struct {
	name  string
	dir   string   // of the guest's source
	needs []string // programs that build it
	build string   // a shell command in dir that writes the module $OUT
	lanes int      // of the process that tells an idle lane's memory
	aim   float64  // microseconds
}

// languages are all there are. The handler is the same in each: what begins with
// !ping is a hit; author % 1000, channel % 1000, guild % 1000 and the last byte
// of the content go into a sum; the content !sum makes it log "HITS SUM".
var languages = []language{
	{"Go", "../plugins/sdk/go/bench", []string{"go"}, "GOOS=wasip1 GOARCH=wasm go build -trimpath -ldflags=-s -buildmode=c-shared -o $OUT .", 50, 10},
	{"C, by hand", "guests/c", []string{"clang", "wasm-ld"}, "clang --target=wasm32 -O2 -nostdlib -ffreestanding -fno-builtin -Wl,--no-entry,-s,-z,stack-size=16384 -o $OUT bench.c", 500, 2},
}

// missing names the programs that are not installed.
func (l language) missing() []string {
	var missing []string
	for _, program := range l.needs {
		if _, err := exec.LookPath(program); err != nil {
			missing = append(missing, program)
		}
	}
	return missing
}

// module builds the guest.
func (l language) module(ctx context.Context) ([]byte, error) {
	dir, err := os.MkdirTemp("", "shardhost-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "guest.wasm")
	cmd := exec.CommandContext(ctx, "sh", "-c", l.build)
	cmd.Dir, cmd.Env = l.dir, append(os.Environ(), "OUT="+out)
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build of the guest in %s: %w\n%s", l.name, err, text)
	}
	return os.ReadFile(out)
}

// languageCosts measures the typed handler of every SDK.
func languageCosts(ctx context.Context, args []string) error {
	o, err := parse("languages", args)
	if err != nil {
		return err
	}
	// On one processor what several goroutines do adds up to the time it takes.
	runtime.GOMAXPROCS(1)
	events, want, err := spokenEvents()
	if err != nil {
		return err
	}
	sides := []*side{nativeSide(events, want)}
	lines := []languageLine{{Name: sides[0].name}}
	for _, l := range languages {
		if missing := l.missing(); len(missing) > 0 {
			fmt.Fprintf(os.Stderr, "%s is left out: %s is not installed\n", l.name, strings.Join(missing, ", "))
			continue
		}
		module, err := l.module(ctx)
		if err != nil {
			return err
		}
		s, err := guestSide(ctx, l.name, module, events, want)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		defer s.close()
		sides = append(sides, s)
		lines = append(lines, languageLine{Name: l.name, Module: len(module), Aim: l.aim})
	}
	fmt.Fprintf(os.Stderr, "a handler that reads content, author, channel and guild of a message of %d B and compares a prefix, CPU time; %d runs, interleaved\n\n", len(events[0]), o.runs)
	times := make([][2][]float64, len(sides))
	for run := range o.runs + 2 { // the first ones warm up
		for turn := range sides {
			i := (turn + run) % len(sides)
			for how, each := range [2]int{len(events), 1} {
				d, err := sides[i].measure(each)
				if err != nil {
					return fmt.Errorf("%s: %w", sides[i].name, err)
				}
				if run >= 2 {
					times[i][how] = append(times[i][how], d/1000)
				}
			}
		}
	}
	for i := range sides {
		if err := sides[i].check(); err != nil {
			return fmt.Errorf("%s: %w", sides[i].name, err)
		}
		lines[i].Batch, lines[i].Alone = spread(times[i][0]), spread(times[i][1])
		var ratio []float64
		for run := range times[i][0] {
			ratio = append(ratio, times[i][0][run]/times[0][0][run])
		}
		lines[i].Ratio, lines[i].Memory = minMedianMax(spread(ratio)), sides[i].memory()
	}
	return reportLanguages(lines, o)
}

// A languageLine is a row of the table.
type languageLine struct {
	Name   string             `json:"name"`
	Batch  [3]float64         `json:"us"`       // an event of a batch: min, median, max
	Alone  [3]float64         `json:"us_alone"` // an event that comes alone
	Ratio  map[string]float64 `json:"ratio"`    // to the native handler
	Aim    float64            `json:"us_aim"`
	Module int                `json:"module_bytes"`
	Memory int64              `json:"memory_bytes"` // linear memory after the run
}

func reportLanguages(lines []languageLine, o options) error {
	fmt.Fprintf(os.Stderr, "%-28s %9s %9s %6s %8s %10s %10s\n", "", "us", "us alone", "aim", "x native", "module KB", "memory KB")
	for _, l := range lines {
		fmt.Fprintf(os.Stderr, "%-28s %9.2f %9.2f %6.0f %8.2f %10.1f %10d\n", l.Name, l.Batch[1], l.Alone[1], l.Aim, l.Ratio["median"], float64(l.Module)/1024, l.Memory>>10)
	}
	if !o.json {
		return nil
	}
	ours, ratio := map[string]float64{}, map[string]any{}
	for _, l := range lines[1:] {
		ours[l.Name], ratio[l.Name] = l.Batch[1], l.Ratio
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"bench": "languages", "runs": o.runs, "ours": ours, "theirs": map[string]float64{lines[0].Name: lines[0].Batch[1]}, "ratio": ratio, "lines": lines,
	})
}

// A side is one handler that is measured.
type side struct {
	name   string
	events int                      // of one round
	each   map[int]int              // rounds of a measurement, by how many events come together
	give   func(together int) error // all events once
	memory func() int64             // bytes
	check  func() error             // that all events were handled right
	close  func()
}

// measure returns the nanoseconds of an event.
func (s *side) measure(together int) (float64, error) {
	rounds := max(s.each[together], 1)
	begin := cpuTime()
	for range rounds {
		if err := s.give(together); err != nil {
			return 0, err
		}
	}
	each := float64(cpuTime()-begin) / float64(rounds*s.events)
	s.each[together] = int(float64(20*time.Millisecond)/(each*float64(s.events))) + 1
	return each, nil
}
