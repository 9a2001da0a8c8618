package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/config"
)

// globals are the flags that every command has.
type globals struct {
	*stdio
	configs []string
	vars    []string
}

func newRoot(std *stdio) *cobra.Command {
	g := &globals{stdio: std}
	root := &cobra.Command{
		Use:   "shardhost",
		Short: "Host a Discord bot's sessions, and its code as WebAssembly plugins",
		Long: "Shardhost keeps a Discord bot's gateway sessions alive and runs the bot's logic as\n" +
			"sandboxed WebAssembly plugins, which are reloaded while every session stays connected.\n\n" +
			"Exit codes: 0 done; 1 a check or an operation failed; 2 there are changes, with\n" +
			"--detailed-exitcode; 64 wrong usage; 70 a bug; 75 try again later; 77 token, intents or\n" +
			"shards refused by Discord; 78 configuration invalid.\n" +
			"A supervisor should not start it again after 64, 77 and 78.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(std.In)
	root.SetOut(std.Out)
	root.SetErr(std.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usage(cmd, "%s", err) })
	root.PersistentFlags().StringArrayVarP(&g.configs, "config", "c", []string{"config.hcl"}, "configuration file, folder of *.hcl files, or - for stdin; may be repeated")
	root.PersistentFlags().StringArrayVar(&g.vars, "var", nil, "value of a variable block, as NAME=VALUE; may be repeated")
	group(root)
	root.AddCommand(
		newRun(g), newDev(g), newSim(g),
		newValidate(g), newFmt(g), newPlan(g), newReload(g), newCommands(g), newDoctor(g), newPlugin(g),
		newStatus(g), newLogs(g), newTail(g), newRecord(g), newReplay(g), newDeadLetter(g),
		newEvents(g), newMan(g), newVersion(g),
	)
	must(root.RegisterFlagCompletionFunc("config", files("hcl")))
	must(root.RegisterFlagCompletionFunc("var", g.variables))
	completeNothing(root)
	return root
}

// group makes a command that only holds others: alone it prints its help, and
// an unknown subcommand is wrong usage.
func group(cmd *cobra.Command) {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			return usage(cmd, "unknown command %q; did you mean %q?", args[0], near[0])
		}
		return usage(cmd, "unknown command %q", args[0])
	}
	cmd.SuggestionsMinimumDistance = 2
}

// exactly makes a wrong number of arguments wrong usage; what names them.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		if n == 0 {
			return usage(cmd, "%q is not expected", args[0])
		}
		return usage(cmd, "%s", what)
	}
}

// options are those for loading a configuration.
func (g *globals) options(cmd *cobra.Command) (config.Options, error) {
	opts := config.Options{Stdin: g.In}
	for _, v := range g.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			return opts, usage(cmd, "--var %q has no value; write NAME=VALUE", v)
		}
		if opts.Vars == nil {
			opts.Vars = make(map[string]string)
		}
		opts.Vars[name] = value
	}
	return opts, nil
}

// load reads the configuration, and shows what it warns of.
func (g *globals) load(cmd *cobra.Command) (*config.Config, error) {
	opts, err := g.options(cmd)
	if err != nil {
		return nil, err
	}
	cfg, diags := config.Load(g.configs, opts)
	if cfg == nil {
		return nil, &configError{diags: diags}
	}
	printDiagnostics(g.stdio, diags)
	return cfg, nil
}

// say writes a line for a person, to stderr.
func (g *globals) say(format string, args ...any) {
	fmt.Fprintf(g.Err, format+"\n", args...)
}
