package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
)

// completionTimeout is how long a shell waits for names from the running host.
const completionTimeout = time.Second

// pluginFlag gives a command the flag --plugin for one name.
func (g *globals) pluginFlag(cmd *cobra.Command, does string) *string {
	name := cmd.Flags().String("plugin", "", does)
	g.completePlugins(cmd, "plugin")
	return name
}

// completePlugins lets the shell complete a flag with names of plugins: those of
// the running host, or else of the configuration.
func (g *globals) completePlugins(cmd *cobra.Command, flag string) {
	must(cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return g.pluginNames(cmd), cobra.ShellCompDirectiveNoFileComp
	}))
}

// completeEvents lets the shell complete a flag with names of events.
func completeEvents(cmd *cobra.Command, flag string) {
	must(cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		names := make([]string, 0, discord.EventTypes())
		for t := range discord.EventTypes() {
			names = append(names, discord.EventType(t).Name())
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}))
}

// must is for what can only fail because this program is wrong.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (g *globals) pluginNames(cmd *cobra.Command) []string {
	var names []string
	if g.completionClient(cmd, func(ctx context.Context, client *admin.Client) error {
		status, err := client.Status(ctx)
		for _, p := range status.Plugins {
			names = append(names, p.Name)
		}
		return err
	}) {
		return names
	}
	opts, err := g.options(cmd)
	if err != nil {
		return nil
	}
	if cfg, _ := config.Load(g.configs, opts); cfg != nil {
		for _, p := range cfg.Plugins {
			names = append(names, p.Name)
		}
	}
	return names
}

// completeLetters completes arguments with the ids of dead letters.
func (g *globals) completeLetters(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	g.completionClient(cmd, func(ctx context.Context, client *admin.Client) error {
		list, err := client.DeadLetters(ctx, "", 0)
		for _, l := range list.Letters {
			ids = append(ids, l.ID+"\t"+l.What)
		}
		return err
	})
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// completionClient asks the running host for names; false where there is none.
func (g *globals) completionClient(cmd *cobra.Command, f func(context.Context, *admin.Client) error) bool {
	addr := ""
	if flag := cmd.Flags().Lookup("admin"); flag != nil {
		addr = flag.Value.String()
	}
	client, err := g.dial(cmd, addr)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), completionTimeout)
	defer cancel()
	return f(ctx, client) == nil
}
