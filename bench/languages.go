package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/shardhost/shardhost/host/build"
)

// A language is an SDK with a guest that has the handler of this bench: it reads
// content, author, channel and guild of a MESSAGE_CREATE and compares a prefix.
type language struct {
	name  string
	dir   string  // of the guest's source
	aim   float64 // microseconds; 0: none
	build string  // a shell command in dir that writes the module $OUT; "": as the host builds plugins
}

// languages are all there are. The handler is the same in each: what begins with
// !ping is a hit; author % 1000, channel % 1000, guild % 1000 and the last byte
// of the content go into a sum; the content !sum makes it log "HITS SUM".
var languages = []language{
	{"Go", "../plugins/sdk/go/bench", 10, ""},
	{"Go, encoding/json", "guests/gojson", 0, ""},
	{"Go, disgo structs", "guests/disgo", 0, ""},
	{"C", "../plugins/sdk/c/bench", 2, ""},
	{"Zig", "../plugins/sdk/zig/bench", 2, ""},
	{"Rust", "../plugins/sdk/rust/bench", 2, ""},
	{"C, no SDK", "guests/c", 2, "clang --target=wasm32 -O2 -nostdlib -ffreestanding -fno-builtin -Wl,--no-entry,-s,-z,stack-size=16384 -o $OUT bench.c"},
	{"AssemblyScript", "../plugins/sdk/assemblyscript/bench", 15, ""},
	{"JavaScript", "../plugins/sdk/js/bench", 60, ""},
}

// module builds the guest into a file. An error that is build.ErrMissing names a
// compiler that is not installed.
func (l language) module(ctx context.Context, file string) error {
	if l.build == "" {
		_, err := build.Source(ctx, build.Request{Source: l.dir, Output: file})
		return err
	}
	program, _, _ := strings.Cut(l.build, " ")
	if _, err := exec.LookPath(program); err != nil {
		return fmt.Errorf("%w: %w", build.ErrMissing, err)
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", l.build)
	cmd.Dir, cmd.Env = l.dir, append(os.Environ(), "OUT="+file)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	return nil
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
	dir, err := os.MkdirTemp("", "shardhost-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for i, l := range languages {
		file := filepath.Join(dir, fmt.Sprint(i, ".wasm"))
		if err := l.module(ctx, file); errors.Is(err, build.ErrMissing) {
			fmt.Fprintf(os.Stderr, "%s is left out: %v\n", l.name, err)
			continue
		} else if err != nil {
			return fmt.Errorf("build of the guest in %s: %w", l.name, err)
		}
		module, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		s, err := guestSide(ctx, l.name, module, events, want)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		defer s.close()
		sides = append(sides, s)
		lines = append(lines, languageLine{Name: l.name, Module: len(module), Aim: l.aim, file: file})
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
	for i := range lines[1:] {
		if err := lines[i+1].idle(ctx); err != nil {
			return err
		}
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
	Idle   float64            `json:"idle_kb"`      // resident memory of a lane that waits

	file string // of the module
}

// idle measures what a lane takes that has handled events and now waits.
func (l *languageLine) idle(ctx context.Context) error {
	lanes := max(20, min(500, int(64<<20/max(l.Memory, 1))))
	one, err := rssWithLanes(ctx, l.file, 1)
	if err != nil {
		return err
	}
	many, err := rssWithLanes(ctx, l.file, lanes)
	l.Idle = float64(many-one) / float64(lanes-1)
	return err
}

// reportLanguages prints a table as docs/sdk/README.md has it.
func reportLanguages(lines []languageLine, o options) error {
	fmt.Fprintf(os.Stderr, "| %-22s | µs an event | alone | of native | aim | module KB | memory KB | idle lane KB |\n|---|--:|--:|--:|--:|--:|--:|--:|\n", "")
	for _, l := range lines {
		fmt.Fprintf(os.Stderr, "| %-22s | %11.1f | %5.1f | %9.2f ", l.Name, l.Batch[1], l.Alone[1], l.Ratio["median"])
		if l.file == "" {
			fmt.Fprintf(os.Stderr, "| %3s | %9s | %9s | %12s |\n", "", "", "", "")
			continue
		}
		aim := ""
		if l.Aim > 0 {
			aim = fmt.Sprintf("%.0f", l.Aim)
		}
		fmt.Fprintf(os.Stderr, "| %3s | %9.0f | %9d | %12.0f |\n", aim, float64(l.Module)/1024, l.Memory>>10, l.Idle)
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
