package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/admin"
)

func newTail(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "Watch the frames that plugins are given",
		Long: "Watch the frames that plugins of the running host are given, as they come: events, answers\n" +
			"and timers. The content of messages, and what the configuration names in log.redact, is\n" +
			"masked unless --raw asks for it. With --json each frame is a line of JSON.",
		Args: exactly(0, ""),
	}
	w := g.watchFlags(cmd)
	full := cmd.Flags().Bool("full", false, "show whole bodies, not only their beginning")
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return w.watch(cmd, g, func(ctx context.Context, client *admin.Client) error {
			seen := 0
			err := client.Tail(ctx, w.WatchRequest, func(l admin.TailLine) error {
				if l.Dropped > 0 && !*asJSON {
					g.say("%s left out here: they came too fast.", count(int(l.Dropped), "frame"))
				}
				if err := printFrame(g.Out, l, *asJSON, *full); err != nil {
					return err
				}
				if seen++; seen == w.n {
					return errEnough
				}
				return nil
			})
			if errors.Is(err, errEnough) || ctx.Err() != nil {
				return nil
			}
			return err
		})
	}
	return cmd
}

// bodyShown is how much of a body stands on a line, in characters.
const bodyShown = 160

// printFrame writes one frame on one line.
func printFrame(out io.Writer, l admin.TailLine, asJSON, full bool) error {
	if asJSON {
		doc, err := json.Marshal(struct {
			FormatVersion int `json:"format_version"`
			admin.TailLine
		}{formatVersion, l})
		if err == nil {
			_, err = fmt.Fprintf(out, "%s\n", doc)
		}
		return err
	}
	body := string(l.Body)
	if body == "" {
		body = l.Text
	}
	if !full {
		body = oneLine(body, bodyShown)
	}
	parts := []string{l.Received.UTC().Format("15:04:05.000"), l.Plugin, l.Kind}
	switch {
	case l.Event != "":
		parts[2] = l.Event
		parts = append(parts, fmt.Sprintf("seq=%d", *l.Sequence))
	case l.Tag != nil:
		parts = append(parts, "tag="+l.Tag.String())
	case l.Name != "":
		parts = append(parts, "name="+l.Name)
	}
	if l.Status != nil {
		parts = append(parts, fmt.Sprintf("status=%d", *l.Status))
	}
	if l.Guild != 0 {
		parts = append(parts, "guild="+l.Guild.String())
	}
	parts = append(parts, fmt.Sprintf("shard=%d", l.Shard))
	parts = append(parts, l.Flags...)
	_, err := fmt.Fprintln(out, strings.TrimSpace(strings.Join(parts, " ")+" "+body))
	return err
}
