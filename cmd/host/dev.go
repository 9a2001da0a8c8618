package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/dev"
)

func newDev(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dev [FOLDER|SCRIPT|FILE.wasm]",
		Short: "Run the host against a simulated Discord, with a page to talk to the bot",
		Long: "Run the host against a simulated Discord, without a token. Plugins are built from source, and\n" +
			"again when it is saved; a page on loopback takes messages and shows the bot's answers.\n\n" +
			"With a plugin named, that one runs alone: with the config.hcl in its folder, or else with\n" +
			"everything granted.",
		Args: atMostOnePlugin,

		ValidArgsFunction: anyFile,
	}
	o := dev.Options{Color: colour(g.Err), Out: g.Err, Version: buildInfo().Version}
	f := cmd.Flags()
	f.StringVar(&o.Listen, "listen", "", "address of the page, on loopback (default "+dev.DefaultListen+", or any free port)")
	f.IntVar(&o.Guilds, "guilds", 6, "servers that the bot is in")
	f.Uint64Var(&o.Seed, "seed", 1, "everything that looks random follows from it")
	f.BoolVar(&o.OpenBrowser, "open", false, "open the page in a browser")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if o.Guilds < 1 {
			return usage(cmd, "--guilds %d: it has to be at least 1", o.Guilds)
		}
		opts, err := g.options(cmd)
		if err != nil {
			return err
		}
		o.Configs, o.Vars = g.configs, opts.Vars
		if len(args) > 0 {
			path, remove, err := configOf(args[0])
			if err != nil {
				return err
			}
			defer remove()
			o.Configs = []string{path}
		}
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		host.SpareProcessor()
		err = dev.Run(ctx, o)
		if invalid, ok := errors.AsType[*dev.ConfigError](err); ok {
			return &configError{diags: invalid.Diagnostics}
		}
		return err
	}
	return cmd
}

// newPluginRun is dev for one plugin, by the name that people look for below
// plugin.
func newPluginRun(g *globals) *cobra.Command {
	cmd := newDev(g)
	cmd.Use = "run FOLDER|SCRIPT|FILE.wasm"
	cmd.Short = "Run a plugin alone against a simulated Discord: dev with a plugin named"
	cmd.Args = exactly(1, "name a plugin: its source or a .wasm file")
	return cmd
}

// configOf is the configuration that a plugin runs with alone: the one in its
// folder, or one that grants everything, in a file until remove is called.
func configOf(plugin string) (path string, remove func(), err error) {
	if _, err := os.Stat(plugin); err != nil {
		return "", nil, fmt.Errorf("there is no plugin to run: %w", err)
	}
	own := filepath.Join(plugin, "config.hcl")
	if _, err := os.Stat(own); err == nil {
		return own, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "shardhost-dev-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { _ = os.RemoveAll(dir) }
	path = filepath.Join(dir, "config.hcl")
	if err := os.WriteFile(path, []byte(config.Generous(plugin)), 0o600); err != nil {
		remove()
		return "", nil, err
	}
	return path, remove, nil
}

// atMostOnePlugin checks the arguments of commands that work on one plugin.
func atMostOnePlugin(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage(cmd, "%q is not expected: one plugin at a time", args[1])
	}
	return nil
}
