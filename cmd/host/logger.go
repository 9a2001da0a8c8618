package main

import (
	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/internal/redact"
)

// newLogger makes the host's log: text for a person at a terminal, JSON for
// everything else, to stderr, without what log.redact names. Sinks get the same
// lines at levels of their own.
func newLogger(std *stdio, c config.Log) (log hclog.Logger, sinks host.LogSinks) {
	opts := &hclog.LoggerOptions{
		Level:      hclog.LevelFromString(c.Level),
		Output:     std.Err,
		JSONFormat: c.Format == "json" || c.Format == "auto" && !terminal(std.Err),
	}
	if colour(std.Err) && !opts.JSONFormat {
		opts.Color, opts.ColorHeaderOnly = hclog.ForceColor, true
	}
	root := hclog.NewInterceptLogger(opts)
	return redact.Logger(root, c.Redact), root
}
