package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/language"
	"github.com/shardhost/shardhost/host/scaffold"
)

func newPluginNew(g *globals) *cobra.Command {
	names := language.Names()
	slices.Sort(names)
	cmd := &cobra.Command{
		Use:   "new LANGUAGE NAME",
		Short: "Begin a plugin: a project that builds, tests and runs",
		Long: "Begin a plugin, a project that builds, tests and runs, in a folder of its name. The SDK comes\n" +
			"with it, so nothing has to be fetched. The languages are " + strings.Join(names, ", ") + ".",
		Args: exactly(2, "name the language and the plugin, as in plugin new go hello"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return names, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
	}
	dir := cmd.Flags().String("dir", "", "the folder to make (default the plugin's name)")
	must(cmd.RegisterFlagCompletionFunc("dir", folders))
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		l, ok := language.Named(args[0])
		if !ok {
			return usage(cmd, "there is no project in %q: the languages are %s", args[0], strings.Join(names, ", "))
		}
		if err := scaffold.CheckName(args[1]); err != nil {
			return usage(cmd, "%s", err)
		}
		p := scaffold.Project{Dir: *dir, Name: args[1], Language: l}
		if p.Dir == "" {
			p.Dir = p.Name
		}
		files, err := scaffold.Write(p)
		if err != nil {
			return err
		}
		_, missing := build.Toolchain(cmd.Context(), p.Dir)
		if *asJSON {
			out := struct {
				FormatVersion int      `json:"format_version"`
				Dir           string   `json:"dir"`
				Language      string   `json:"language"`
				Files         []string `json:"files"`
				Missing       string   `json:"missing,omitempty"` // what has to be installed first
			}{FormatVersion: formatVersion, Dir: p.Dir, Language: l.Name, Files: files}
			if missing != nil {
				out.Missing = missing.Error()
			}
			return printJSON(g.Out, out)
		}
		for _, file := range files {
			fmt.Fprintf(g.Out, "  %s\n", filepath.Join(p.Dir, filepath.FromSlash(file)))
		}
		if missing != nil {
			fmt.Fprintf(g.Out, "\nBefore it builds: %s.\n", missing)
		}
		fmt.Fprintf(g.Out, "\nTry it, without a token:\n\n  shardhost dev %[1]s\n\nTest it, frames in and effects out:\n\n  shardhost plugin test %[1]s\n", p.Dir)
		return nil
	}
	return cmd
}

func newPluginBuild(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "build [FOLDER|SCRIPT]",
		Short: "Build a plugin's module from its source",
		Long: "Build a plugin's module from its source (default: this folder), in the language that it is\n" +
			"written in: " + language.Titles() + ".",
		Args: atMostOnePlugin,

		ValidArgsFunction: anyFile,
	}
	output := cmd.Flags().StringP("output", "o", "", "the module to write (default the plugin's name with .wasm, beside its source)")
	must(cmd.RegisterFlagCompletionFunc("output", files("wasm")))
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		source := "."
		if len(args) > 0 {
			source = args[0]
		}
		if *output == "" {
			*output = besides(source)
		}
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		r, err := build.Source(ctx, build.Request{Source: source, Output: *output, Log: g.Err})
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(g.Out, struct {
				FormatVersion int    `json:"format_version"`
				Module        string `json:"module"`
				Size          int64  `json:"size"` // bytes
				Changed       bool   `json:"changed"`
			}{formatVersion, r.Path, r.Size, !r.Cached})
		}
		state := ""
		if r.Cached {
			state = ", as it was"
		}
		fmt.Fprintf(g.Out, "%s: %.1f KiB in %s%s\n", *output, float64(r.Size)/1024, r.Duration.Round(time.Millisecond), state)
		return nil
	}
	return cmd
}

// besides is where the module of a source is written: in its folder, or next to
// the script.
func besides(source string) string {
	abs, err := filepath.Abs(source)
	if err != nil {
		abs = source
	}
	if l, ok := language.Of(source); ok && l.Script && filepath.Ext(source) != "" {
		return strings.TrimSuffix(source, filepath.Ext(source)) + ".wasm"
	}
	return filepath.Join(source, filepath.Base(abs)+".wasm")
}
