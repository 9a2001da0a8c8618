package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/dev"
)

func newDev(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Run the host against a simulated Discord, with a page to talk to the bot",
		Long: "Run the host against a simulated Discord, without a token. Plugins are built from source, and\n" +
			"again when it is saved; a page on loopback takes messages and shows the bot's answers.",
		Args: exactly(0, ""),
	}
	o := dev.Options{Color: colour(g.Err), Out: g.Err, Version: build().Version}
	f := cmd.Flags()
	f.StringVar(&o.Listen, "listen", "", "address of the page, on loopback (default "+dev.DefaultListen+", or any free port)")
	f.IntVar(&o.Guilds, "guilds", 6, "servers that the bot is in")
	f.Uint64Var(&o.Seed, "seed", 1, "everything that looks random follows from it")
	f.BoolVar(&o.OpenBrowser, "open", false, "open the page in a browser")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if o.Guilds < 1 {
			return usage(cmd, "--guilds %d: it has to be at least 1", o.Guilds)
		}
		opts, err := g.options(cmd)
		if err != nil {
			return err
		}
		o.Configs, o.Vars = g.configs, opts.Vars
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
