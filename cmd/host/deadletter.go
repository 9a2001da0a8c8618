package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/admin"
)

func newDeadLetter(g *globals) *cobra.Command {
	cmd := &cobra.Command{Use: "deadletter", Short: "See and work on frames that failed too often", Aliases: []string{"deadletters"}}
	group(cmd)
	cmd.AddCommand(newLetterList(g), newLetterShow(g), newLetterReplay(g), newLetterDrop(g))
	return cmd
}

func newLetterList(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List dead letters, oldest first",
		Long: "List the dead letters of the running host, oldest first: frames that failed failure.retry + 1\n" +
			"times. Their effects did not take place, and nothing waits for them.",
		Args: exactly(0, ""),
	}
	plugin := g.pluginFlag(cmd, "only those of this plugin")
	limit := cmd.Flags().Int("limit", 0, "list no more than the newest N (default 1000)")
	asJSON := jsonFlag(cmd)
	dial := g.adminFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *limit < 0 {
			return usage(cmd, "--limit %d: it has to be at least 1", *limit)
		}
		return g.ask(cmd, dial, func(ctx context.Context, client *admin.Client) error {
			list, err := client.DeadLetters(ctx, *plugin, *limit)
			if err != nil {
				return err
			}
			if *asJSON {
				return printJSON(g.Out, list)
			}
			return g.printLetters(list, time.Now())
		})
	}
	return cmd
}

func (g *globals) printLetters(list admin.DeadLetterList, now time.Time) error {
	if list.Total == 0 {
		g.say("There are no dead letters.")
		return nil
	}
	w := table(g.Out)
	fmt.Fprintln(w, "ID\tFRAME\tAGE\tATTEMPTS\tGENERATION\tERROR")
	for _, l := range list.Letters {
		if l.Damaged != "" {
			fmt.Fprintf(w, "%s\tdamaged\t\t\t\t%s\n", l.ID, oneLine(l.Damaged, 120))
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\n", l.ID, l.What, age(now.Sub(l.Time)), l.Attempts, l.Generation, oneLine(l.Error, 120))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more := list.Total - len(list.Letters); more > 0 {
		g.say("%d older ones are not shown: --limit %d shows them.", more, list.Total)
	}
	return nil
}

// age is a duration as a person says it.
func age(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%dd", int(d.Hours())/24)
	case d >= time.Hour:
		return d.Round(time.Minute).String()[:strings.IndexByte(d.Round(time.Minute).String(), 'm')+1]
	}
	return max(d, 0).Round(time.Second).String()
}

// oneLine is the beginning of a text, of at most so many characters.
func oneLine(text string, most int) string {
	text, _, more := strings.Cut(text, "\n")
	if runes := []rune(text); len(runes) > most {
		text, more = string(runes[:most]), true
	}
	if more {
		text += "…"
	}
	return text
}

func newLetterShow(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show a dead letter with its error, the guest's stack and its frame",
		Long: "Show a dead letter with its error, the guest's stack and its frame. The content of messages,\n" +
			"and what the configuration names in log.redact, is masked unless --raw asks for it.",
		Args:              exactly(1, "the id of the dead letter is missing; `shardhost deadletter list` shows them"),
		ValidArgsFunction: firstArg(g.letters),
	}
	raw := cmd.Flags().Bool("raw", false, "show what people wrote, too")
	asJSON := jsonFlag(cmd)
	dial := g.adminFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return g.ask(cmd, dial, func(ctx context.Context, client *admin.Client) error {
			letter, err := client.DeadLetter(ctx, args[0], *raw)
			if err != nil {
				return err
			}
			if *asJSON {
				return printJSON(g.Out, struct {
					FormatVersion int `json:"format_version"`
					admin.DeadLetter
				}{formatVersion, letter})
			}
			return printLetter(g.Out, letter)
		})
	}
	return cmd
}

// printLetter writes a dead letter for a person.
func printLetter(out io.Writer, l admin.DeadLetter) error {
	if l.Damaged != "" {
		_, err := fmt.Fprintln(out, l.Damaged)
		return err
	}
	w := table(out)
	version := ""
	if l.Version != "" {
		version = " " + l.Version
	}
	fmt.Fprintf(w, "id\t%s\nframe\t%s, %d bytes\nfailed\t%s, attempt %d\n", l.ID, l.What, l.Bytes, l.Time.UTC().Format(time.RFC3339), l.Attempts)
	fmt.Fprintf(w, "plugin\t%s%s, generation %d, lane %d\nmodule\tsha256 %s\nerror\t%s\n", l.Plugin, version, l.Generation, l.Lane, l.SHA256, l.Error)
	if err := w.Flush(); err != nil {
		return err
	}
	for _, part := range []struct{ title, text string }{{"stack", l.Stack}, {"printed", l.Printed}} {
		if part.text != "" {
			fmt.Fprintf(out, "\n%s\n  %s\n", part.title, strings.ReplaceAll(strings.TrimSpace(part.text), "\n", "\n  "))
		}
	}
	if l.Frame == nil {
		return nil
	}
	doc, err := json.MarshalIndent(l.Frame, "", "  ")
	if err == nil {
		_, err = fmt.Fprintf(out, "\nframe\n%s\n", doc)
	}
	return err
}

func newLetterReplay(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay ID...|--all",
		Short: "Deliver dead letters to the generation that runs now",
		Long: "Deliver dead letters to the generation that runs now, one after another, as redelivered\n" +
			"frames. One that succeeds is gone, in the same commit as what its handler did; one that\n" +
			"fails again stays, and ends it unless --keep-going is set.",
		ValidArgsFunction: everyArg(g.letters),
	}
	keepGoing := cmd.Flags().Bool("keep-going", false, "go on with the others when one has failed again")
	g.changeLetters(cmd, func(ctx context.Context, client *admin.Client, req admin.DeadLetterRequest) (admin.DeadLetterReport, error) {
		req.KeepGoing = *keepGoing
		return client.ReplayDeadLetters(ctx, req)
	}, admin.LetterHandled)
	return cmd
}

func newLetterDrop(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "drop ID...|--all",
		Short:             "Remove dead letters for good",
		Long:              "Remove dead letters for good. Nobody can deliver them again.",
		ValidArgsFunction: everyArg(g.letters),
	}
	g.changeLetters(cmd, func(ctx context.Context, client *admin.Client, req admin.DeadLetterRequest) (admin.DeadLetterReport, error) {
		return client.DropDeadLetters(ctx, req)
	}, admin.LetterDropped)
	return cmd
}

// changeLetters makes a command that does something with dead letters, after
// which they are done.
func (g *globals) changeLetters(cmd *cobra.Command, change func(context.Context, *admin.Client, admin.DeadLetterRequest) (admin.DeadLetterReport, error), done string) {
	all := cmd.Flags().Bool("all", false, "take all, or with --plugin all of one plugin")
	plugin := g.pluginFlag(cmd, "with --all: only those of this plugin")
	asJSON := jsonFlag(cmd)
	dial := g.adminFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case *all && len(args) > 0:
			return usage(cmd, "--all and ids exclude each other")
		case !*all && len(args) == 0:
			return usage(cmd, "name dead letters by their ids, or write --all; `shardhost deadletter list` shows them")
		case !*all && *plugin != "":
			return usage(cmd, "--plugin goes with --all")
		}
		client, err := dial()
		if err != nil {
			return err
		}
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		report, err := change(ctx, client, admin.DeadLetterRequest{IDs: args, All: *all, Plugin: *plugin})
		if err != nil {
			return err
		}
		if *asJSON {
			err = printJSON(g.Out, report)
		} else {
			err = g.printOutcomes(report, done)
		}
		if left := len(report.Letters) - report.Count(done); err == nil && left > 0 {
			err = &failure{fmt.Sprintf("%d of %s are left", left, count(len(report.Letters), "dead letter"))}
		}
		return err
	}
}

func (g *globals) printOutcomes(report admin.DeadLetterReport, done string) error {
	if len(report.Letters) == 0 {
		g.say("There are no dead letters.")
		return nil
	}
	skipped := 0
	w := table(g.Out)
	for _, l := range report.Letters {
		if l.Outcome == admin.LetterSkipped && l.Error == "" {
			skipped++
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", l.ID, l.Outcome, oneLine(l.Error, 200))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if skipped > 0 {
		g.say("%s not tried after the first that did not succeed; --keep-going tries them.", count(skipped, "dead letter"))
	}
	return nil
}
