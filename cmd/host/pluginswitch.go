package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/admin"
)

func newPluginEnable(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "enable NAME",
		Short: "Start a plugin of the running host that was disabled",
		Long: "Start a plugin of the running host that was disabled: with the configuration that is in effect,\n" +
			"and the module as it is now. It finds its keys and values as it left them, its timers go on, and\n" +
			"calls that had not been sent are. What happened meanwhile it is not told.",
		Args:              exactly(1, "the name of the plugin is missing; `shardhost plugin list` shows those that are disabled"),
		ValidArgsFunction: firstArg(g.disabledNames),
	}
	allow := cmd.Flags().Bool("allow-identify", false, "permit new sessions, where those that run lack an intent of the plugin")
	g.switching(cmd, func(ctx context.Context, client *admin.Client, name string) (admin.Switched, error) {
		return client.Enable(ctx, admin.EnableRequest{Plugin: name, AllowIdentify: *allow})
	})
	return cmd
}

func newPluginDisable(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "disable NAME",
		Short: "Stop a plugin of the running host until it is enabled again",
		Long: "Stop a plugin of the running host, until `shardhost plugin enable` starts it again: restarts and\n" +
			"reloads leave it stopped, as long as the configuration has it. What waits for it is given up, and\n" +
			"holds no shard's position back. What it has stored stays; so do its slash commands at Discord, which\n" +
			"nobody answers meanwhile. Sessions go on to bring its events, so that enabling it costs nothing.",
		Args:              exactly(1, "the name of the plugin is missing; `shardhost plugin list` shows them"),
		ValidArgsFunction: firstArg(g.runningNames),
	}
	g.switching(cmd, func(ctx context.Context, client *admin.Client, name string) (admin.Switched, error) {
		return client.Disable(ctx, name)
	})
	return cmd
}

// switching makes a command one that enables or disables a plugin.
func (g *globals) switching(cmd *cobra.Command, f func(ctx context.Context, client *admin.Client, name string) (admin.Switched, error)) {
	asJSON := jsonFlag(cmd)
	dial := g.adminFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		client, err := dial()
		if err != nil {
			return err
		}
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		done, err := f(ctx, client, args[0])
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(g.Out, done)
		}
		line := done.Plugin + " is disabled"
		if done.Enabled {
			line = fmt.Sprintf("%s runs, generation %d", done.Plugin, done.Generation)
		}
		if done.Identifies > 0 {
			line += fmt.Sprintf(" (%s)", count(done.Identifies, "IDENTIFY"))
		}
		if !done.Changed {
			line += "; it was so before"
		}
		_, err = fmt.Fprintln(g.Out, line)
		return err
	}
}
