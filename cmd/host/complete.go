package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
)

// completionTimeout is how long a shell waits for names from the running host.
const completionTimeout = time.Second

// A completion offers a shell what may stand in a place: words, each perhaps
// with a tab and what it means.
type completion func(cmd *cobra.Command) []string

// completeFlag lets the shell complete a flag's values.
func completeFlag(cmd *cobra.Command, flag string, offer completion) {
	must(cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return offer(cmd), cobra.ShellCompDirectiveNoFileComp
	}))
}

// firstArg completes the only argument of a command.
func firstArg(offer completion) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return offer(cmd), cobra.ShellCompDirectiveNoFileComp
	}
}

// everyArg completes all arguments of a command, each with what none has yet.
func everyArg(offer completion) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		return slices.DeleteFunc(offer(cmd), func(word string) bool {
			word, _, _ = strings.Cut(word, "\t")
			return slices.Contains(args, word)
		}), cobra.ShellCompDirectiveNoFileComp
	}
}

// words offers always the same.
func words(all ...string) completion { return func(*cobra.Command) []string { return all } }

// files completes names of files with these endings, and folders.
func files(endings ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return endings, cobra.ShellCompDirectiveFilterFileExt
	}
}

// folders completes names of folders.
func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// anyFile completes names of files.
func anyFile(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// completeNothing sees to it that where no other completion is, the shell offers
// no file, which it would do by itself.
func completeNothing(cmd *cobra.Command) {
	if cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	each := func(f *pflag.Flag) {
		if _, there := cmd.GetFlagCompletionFunc(f.Name); !there && f.Value.Type() != "bool" {
			must(cmd.RegisterFlagCompletionFunc(f.Name, cobra.NoFileCompletions))
		}
	}
	cmd.Flags().VisitAll(each)
	cmd.PersistentFlags().VisitAll(each)
	for _, sub := range cmd.Commands() {
		completeNothing(sub)
	}
}

// pluginFlag gives a command the flag --plugin for one name.
func (g *globals) pluginFlag(cmd *cobra.Command, does string) *string {
	name := cmd.Flags().String("plugin", "", does)
	completeFlag(cmd, "plugin", g.pluginNames)
	return name
}

// eventsFlag lets the shell complete a flag that takes patterns of events, with
// commas between them.
func eventsFlag(cmd *cobra.Command, flag string) {
	must(cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		names := eventNames(nil)
		for i := range names {
			names[i] = before + names[i]
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}))
}

// eventNames offers the events of the table.
func eventNames(*cobra.Command) []string {
	names := make([]string, 0, discord.EventTypes())
	for t := range discord.EventTypes() {
		names = append(names, discord.EventType(t).Name())
	}
	return names
}

// must is for what can only fail because this program is wrong.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// pluginNames offers the plugins of the running host, or else those of the
// configuration.
func (g *globals) pluginNames(cmd *cobra.Command) []string {
	if names, ok := g.pluginsWhere(cmd, func(admin.Plugin) bool { return true }); ok {
		return names
	}
	return g.labels(cmd, "plugin")
}

// disabledNames offers plugins that can be enabled, runningNames those that can
// be disabled.
func (g *globals) disabledNames(cmd *cobra.Command) []string {
	names, _ := g.pluginsWhere(cmd, func(p admin.Plugin) bool { return p.State == admin.StateDisabled })
	return names
}

func (g *globals) runningNames(cmd *cobra.Command) []string {
	names, _ := g.pluginsWhere(cmd, func(p admin.Plugin) bool { return p.State != admin.StateDisabled })
	return names
}

// keptNames offers plugins that can go back.
func (g *globals) keptNames(cmd *cobra.Command) []string {
	names, _ := g.pluginsWhere(cmd, func(p admin.Plugin) bool { return p.Probation != nil })
	return names
}

// pluginsWhere are plugins of the running host, with their states; false where
// none runs.
func (g *globals) pluginsWhere(cmd *cobra.Command, good func(admin.Plugin) bool) (names []string, ok bool) {
	ok = g.completionClient(cmd, func(ctx context.Context, client *admin.Client) error {
		status, err := client.Status(ctx)
		for _, p := range status.Plugins {
			if good(p) {
				names = append(names, fmt.Sprintf("%s\t%s", p.Name, p.State))
			}
		}
		return err
	})
	return names, ok
}

// labels are the names of blocks in the configuration files.
func (g *globals) labels(cmd *cobra.Command, kind string) []string {
	opts, err := g.options(cmd)
	if err != nil {
		return nil
	}
	return config.Labels(g.configs, opts, kind)
}

// variables offers the variables of the configuration, to be given a value.
func (g *globals) variables(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	names := config.Labels(g.configs, config.Options{Stdin: strings.NewReader("")}, "variable")
	for i := range names {
		names[i] += "="
	}
	return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// letters offers the ids of dead letters, of the plugin that --plugin names.
func (g *globals) letters(cmd *cobra.Command) []string {
	var ids []string
	plugin := ""
	if flag := cmd.Flags().Lookup("plugin"); flag != nil {
		plugin = flag.Value.String()
	}
	g.completionClient(cmd, func(ctx context.Context, client *admin.Client) error {
		list, err := client.DeadLetters(ctx, plugin, 0)
		for _, l := range list.Letters {
			ids = append(ids, l.ID+"\t"+l.What)
		}
		return err
	})
	return ids
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
