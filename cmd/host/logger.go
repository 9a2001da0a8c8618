package main

import (
	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/internal/redact"
)

// newLogger makes the host's log: text for a person at a terminal, JSON for
// everything else, to stderr, without what log.redact names.
func newLogger(std *stdio, c config.Log) hclog.Logger {
	opts := &hclog.LoggerOptions{
		Level:      hclog.LevelFromString(c.Level),
		Output:     std.Err,
		JSONFormat: c.Format == "json" || c.Format == "auto" && !terminal(std.Err),
	}
	if colour(std.Err) && !opts.JSONFormat {
		opts.Color, opts.ColorHeaderOnly = hclog.ForceColor, true
	}
	return redact.Logger(hclog.New(opts), c.Redact)
}
