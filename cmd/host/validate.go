package main

import (
	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/plugin"
)

func newValidate(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check the configuration and the modules it names",
		Long: "Check the configuration and the modules it names, without running anything and without\n" +
			"the network. Plugins that the host builds from source are checked when they are built.",
		Args: exactly(0, ""),
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		opts, err := g.options(cmd)
		if err != nil {
			return err
		}
		cfg, diags := config.Load(g.configs, opts)
		if cfg != nil {
			validateModules(cfg, &diags)
		}
		if *asJSON {
			if err := diags.WriteJSON(g.Out); err != nil {
				return err
			}
		} else {
			printDiagnostics(g.stdio, diags)
		}
		if diags.HasErrors() {
			return &configError{diags, true}
		}
		if !*asJSON {
			g.say("The configuration is valid: %s, %s.", count(len(cfg.Plugins), "plugin"), count(diags.Warnings(), "warning"))
		}
		return nil
	}
	return cmd
}

// validateModules checks the modules that are files and not built.
func validateModules(cfg *config.Config, diags *config.Diagnostics) {
	for _, p := range cfg.Plugins {
		if !p.FromSource() && p.Build == nil {
			plugin.Validate(cfg, p, diags)
		}
	}
}
