package dev

import (
	"errors"
	"testing"
	"time"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
)

func TestOutlook(t *testing.T) {
	at := time.Date(2026, 5, 4, 14, 2, 11, 0, time.UTC)
	good := buildState{module: []byte("m"), at: at, took: 3100 * time.Millisecond}
	bad := buildState{module: []byte("m"), at: at, err: errors.New("main.go:3: no")}
	never := buildState{at: at, err: errors.New("main.go:3: no")}
	running := func(states ...string) *admin.Status {
		st := &admin.Status{Ready: true, Plugins: []admin.Plugin{{Name: "p", Generation: 2, State: "running", Handled: 7}}}
		for i, s := range states {
			st.Shards = append(st.Shards, admin.Shard{ID: i, State: s})
			st.Ready = st.Ready && s == "ready"
		}
		return st
	}
	for _, c := range []struct {
		name        string
		build       buildState
		host        *admin.Status
		trouble     string
		swap        string
		phase, tone string
		ready       bool
		plugin      pluginState
	}{
		{"before the first build", buildState{}, nil, "", "", "starting the host", toneWait, false,
			pluginState{State: "waiting"}},
		{"building", buildState{building: true, began: at}, nil, "", "", "building 1 plugin", toneWait, false,
			pluginState{State: "building", Note: "for 2 s"}},
		{"does not build", never, nil, "", "", "p does not build", toneBad, false,
			pluginState{State: "build failed", Error: "main.go:3: no"}},
		{"built", good, nil, "", "", "starting the host", toneWait, false,
			pluginState{State: "built", Note: "built 14:02:11 in 3.1 s"}},
		{"host does not start", good, nil, "the host does not start", "trap", "the host does not start", toneBad, false,
			pluginState{State: "not swapped", Error: "trap"}},
		{"connecting", good, running("ready", "identifying"), "", "", "1 of 2 shards ready", toneWait, false,
			pluginState{State: "running", Generation: 2, Handled: 7, Note: "built 14:02:11 in 3.1 s"}},
		{"ready", good, running("ready", "ready"), "", "", "2 shards ready", toneGood, true,
			pluginState{State: "running", Generation: 2, Handled: 7, Note: "built 14:02:11 in 3.1 s"}},
		{"saved while it runs", buildState{module: []byte("m"), building: true, began: at, step: "runtime, 7 packages"}, running("ready"), "", "", "1 shard ready", toneGood, true,
			pluginState{State: "building", Generation: 2, Handled: 7, Note: "for 2 s, runtime, 7 packages"}},
		{"a bad save while it runs", bad, running("ready"), "", "", "1 shard ready", toneGood, true,
			pluginState{State: "build failed", Generation: 2, Handled: 7, Note: "generation 2 goes on working", Error: "main.go:3: no"}},
		{"a save that the host refuses", good, running("ready"), "", "grant missing", "1 shard ready", toneGood, true,
			pluginState{State: "not swapped", Generation: 2, Handled: 7, Note: "generation 2 goes on working", Error: "grant missing"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := outlook{
				plugins: []config.Plugin{{Name: "p", Source: "/elsewhere/p"}}, builds: func(string) buildState { return c.build },
				host: c.host, trouble: c.trouble, swaps: map[string]string{"p": c.swap},
			}
			got := o.state(at.Add(2 * time.Second))
			if got.Phase != c.phase || got.Tone != c.tone || got.Ready != c.ready {
				t.Errorf("phase %q %s, ready %t; want %q %s, %t", got.Phase, got.Tone, got.Ready, c.phase, c.tone, c.ready)
			}
			c.plugin.Name, c.plugin.Source = "p", shortPath("/elsewhere/p")
			if len(got.Plugins) != 1 || got.Plugins[0] != c.plugin {
				t.Errorf("plugin is\n%+v, want\n%+v", got.Plugins, c.plugin)
			}
			if got.Shards == nil {
				t.Error("shards would be null on the page")
			}
		})
	}
}
