package dev

import (
	"fmt"
	"io"

	"github.com/shardhost/shardhost/host/config"
)

// Options of Run.
type Options struct {
	Configs []string          // configuration files or folders
	Vars    map[string]string // values for its variable blocks
	Listen  string            // of the page, on loopback; "": DefaultListen, or any free port when it is taken
	Out     io.Writer         // progress and log, for a person; nil: nowhere
	Color   bool              // Out is a terminal that shows colours

	OpenBrowser bool   // show the page on the desktop once the bot is ready
	Guilds      int    // servers in the simulated Discord; default 6
	Seed        uint64 // everything that looks random follows from it; default 1
	Version     string // of the host, for its status
}

// withDefaults fills in what was left out.
func (o Options) withDefaults() Options {
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Guilds <= 0 {
		o.Guilds = 6
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	return o
}

// A ConfigError says that the configuration cannot be used. Nothing was
// started.
type ConfigError struct{ Diagnostics config.Diagnostics }

func (e *ConfigError) Error() string {
	return fmt.Sprintf("dev: the configuration has %s", count(e.Diagnostics.Errors(), "error"))
}
