package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/admin"
)

func newPluginList(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the plugins of the running host",
		Args:  exactly(0, ""),
	}
	asJSON := jsonFlag(cmd)
	dial := g.adminFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return g.ask(cmd, dial, func(ctx context.Context, client *admin.Client) error {
			status, err := client.Status(ctx)
			if err != nil {
				return err
			}
			if *asJSON {
				return printJSON(g.Out, struct {
					FormatVersion int            `json:"format_version"`
					Plugins       []admin.Plugin `json:"plugins"`
				}{formatVersion, status.Plugins})
			}
			if len(status.Plugins) == 0 {
				g.say("The host has no plugins.")
				return nil
			}
			w := table(g.Out)
			fmt.Fprintln(w, "PLUGIN\tVERSION\tSTATE\tGENERATION\tSINCE\tDEAD LETTERS\tSHA256")
			for _, p := range status.Plugins {
				version := p.Version
				if version == "" {
					version = "-"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%.12s\n", p.Name, version, p.State, generation(p), p.Since.UTC().Format("2006-01-02 15:04:05"), p.DeadLetters, p.SHA256)
			}
			return w.Flush()
		})
	}
	return cmd
}

// generation is the one that runs, or a dash.
func generation(p admin.Plugin) string {
	if p.Generation == 0 {
		return "-"
	}
	return strconv.FormatUint(p.Generation, 10)
}
