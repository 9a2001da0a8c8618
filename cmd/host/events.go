package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/discord"
)

func newEvents(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "events [PATTERN]...",
		Short: "List the events that plugins can subscribe to",
		Long:  "List the events that plugins can subscribe to. In a pattern * stands for any characters.",

		ValidArgsFunction: everyArg(eventNames),
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			args = []string{"*"}
		}
		rows := []eventRow{}
		for _, pattern := range args {
			events, err := discord.MatchEvents(pattern)
			if err != nil {
				return usage(cmd, "%s", strings.TrimPrefix(err.Error(), "discord: "))
			}
			for _, e := range events {
				rows = append(rows, eventRow{uint16(e), e.Name(), e.GuildPath().String(), e.ChannelPath(), e.UserPath(), e.Intents().Names()})
			}
		}
		if *asJSON {
			return printJSON(g.Out, struct {
				FormatVersion int        `json:"format_version"`
				Events        []eventRow `json:"events"`
			}{formatVersion, rows})
		}
		w := table(g.Out)
		fmt.Fprintln(w, "NUMBER\tEVENT\tINTENTS")
		for _, r := range rows {
			fmt.Fprintf(w, "%d\t%s\t%s\n", r.Number, r.Name, strings.Join(r.Intents, " or "))
		}
		return w.Flush()
	}
	return cmd
}

// eventRow is one event; paths are inside its body.
type eventRow struct {
	Number  uint16   `json:"number"`
	Name    string   `json:"name"`
	Guild   string   `json:"guild_id_path"`
	Channel string   `json:"channel_id_path"`
	User    string   `json:"user_id_path"`
	Intents []string `json:"intents"` // any one of them brings it; empty: always sent
}
