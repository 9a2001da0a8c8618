package dev

import "github.com/shardhost/shardhost/host/admin"

// state is what the page shows of the host: the event "state".
type state struct {
	Phase   string        `json:"phase"` // one line for the top of the page
	Tone    string        `json:"tone"`  // of the phase
	Ready   bool          `json:"ready"` // messages reach the bot
	Sim     simStats      `json:"sim"`
	Shards  []admin.Shard `json:"shards"`
	Plugins []pluginState `json:"plugins"`
}

// pluginState is one plugin with its build.
type pluginState struct {
	Name       string `json:"name"`
	Generation uint64 `json:"generation"` // 0: none is running
	State      string `json:"state"`
	Handled    uint64 `json:"handled"`
	Failed     uint64 `json:"failed"`
	Dropped    uint64 `json:"dropped"`
	Queued     int    `json:"queued"`
	Source     string `json:"source"`          // what to edit, relative to the working directory
	Note       string `json:"note"`            // how its last build went
	Error      string `json:"error,omitempty"` // what the compiler or the guest said
}

// hello is the whole picture, with which every connection begins.
type hello struct {
	Run      string    `json:"run"` // differs at each start of the command
	Guilds   []guild   `json:"guilds"`
	Messages []message `json:"messages"` // of all channels, each channel's oldest first
	Log      []logLine `json:"log"`
	Try      []string  `json:"try"` // messages worth sending
	State    state     `json:"state"`
}
