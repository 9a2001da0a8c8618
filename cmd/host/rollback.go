package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/admin"
)

func newRollback(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rollback NAME",
		Short: "Put the generation of a plugin back that ran before the last swap",
		Long: "Put the generation of a plugin back that ran before the last swap: its guests resume with their\n" +
			"memory as it was then. It is kept as long as reload.probation lasts. What was given up is not loaded\n" +
			"again until its module or configuration changes, or `shardhost reload --force NAME` asks for it.",
		Args:              exactly(1, "the name of the plugin is missing; `shardhost status` shows them"),
		ValidArgsFunction: firstArg(g.keptNames),
	}
	asJSON := jsonFlag(cmd)
	dial := g.adminFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return g.ask(cmd, dial, func(ctx context.Context, client *admin.Client) error {
			done, err := client.Rollback(ctx, args[0])
			if err != nil {
				return err
			}
			if *asJSON {
				return printJSON(g.Out, struct {
					FormatVersion int `json:"format_version"`
					admin.Rollback
				}{formatVersion, done})
			}
			_, err = fmt.Fprintf(g.Out, "%s runs generation %d again, %d was given up (paused %.2f ms)\n", done.Plugin, done.To, done.Generation, done.PauseMS)
			return err
		})
	}
	return cmd
}
