package dev

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
)

// Tones of a state, which the page shows as a colour beside the words.
const (
	toneGood = "good"
	toneWait = "wait" // it passes by itself
	toneBad  = "bad"  // a person has to do something
)

// An outlook is everything that a state is made of.
type outlook struct {
	plugins []config.Plugin
	builds  func(name string) buildState
	host    *admin.Status // nil: not running yet
	trouble string        // why the host does not run, in one line; "": it does, or will
	swaps   map[string]string
	sim     simStats
}

// state puts the parts together as the page shows them.
func (o outlook) state(now time.Time) state {
	s := state{Sim: o.sim, Shards: []admin.Shard{}, Plugins: []pluginState{}}
	running := make(map[string]admin.Plugin)
	if o.host != nil {
		s.Shards = append(s.Shards, o.host.Shards...)
		for _, p := range o.host.Plugins {
			running[p.Name] = p
		}
	}
	for _, p := range o.plugins {
		s.Plugins = append(s.Plugins, o.plugin(p, running[p.Name], now))
	}
	s.Phase, s.Tone = o.phase(s)
	s.Ready = o.host != nil && o.host.Ready
	return s
}

// phase is the line at the top of the page.
func (o outlook) phase(s state) (text, tone string) {
	building, failed := 0, ""
	for _, p := range o.plugins {
		b := o.builds(p.Name)
		if b.building {
			building++
		}
		if b.err != nil && b.module == nil {
			failed = p.Name
		}
	}
	ready := 0
	for _, shard := range s.Shards {
		if shard.State == "ready" {
			ready++
		}
	}
	switch {
	case o.trouble != "":
		return o.trouble, toneBad
	case o.host == nil && building > 0:
		return fmt.Sprintf("building %s", count(building, "plugin")), toneWait
	case o.host == nil && failed != "":
		return failed + " does not build", toneBad
	case o.host == nil || len(s.Shards) == 0:
		return "starting the host", toneWait
	case ready < len(s.Shards):
		return fmt.Sprintf("%d of %s ready", ready, count(len(s.Shards), "shard")), toneWait
	}
	return count(ready, "shard") + " ready", toneGood
}

// plugin is one plugin's row.
func (o outlook) plugin(p config.Plugin, run admin.Plugin, now time.Time) pluginState {
	b := o.builds(p.Name)
	s := pluginState{
		Name: p.Name, Generation: run.Generation, State: run.State, Source: shortPath(p.Source),
		Handled: run.Handled, Failed: run.Failed, Dropped: run.Dropped, Queued: run.Queued, Error: run.LastError,
	}
	old := ""
	if run.Generation > 0 {
		old = fmt.Sprintf("generation %d goes on working", run.Generation)
	}
	switch {
	case b.building:
		s.State, s.Note = "building", b.doing(now)
	case b.err != nil:
		s.State, s.Note, s.Error = "build failed", old, b.err.Error()
	case o.swaps[p.Name] != "":
		s.State, s.Note, s.Error = "not swapped", old, o.swaps[p.Name]
	case !b.at.IsZero():
		s.Note = fmt.Sprintf("built %s in %s", b.at.Format("15:04:05"), seconds(b.took))
	}
	if s.State == "" {
		s.State = "waiting"
		if b.module != nil {
			s.State = "built"
		}
	}
	return s
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// shortPath is a path as a person at this terminal would write it.
func shortPath(path string) string {
	here, err := filepath.Abs(".")
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(here, path)
	switch {
	case err != nil || len(rel) >= len(path):
		return path
	case filepath.Dir(rel) == ".":
		return "." + string(filepath.Separator) + rel // plainly a path
	}
	return rel
}
