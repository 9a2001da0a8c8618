package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/admin"
)

func newReload(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reload",
		Short: "Have the running host read its configuration again",
		Long: "Have the running host read its configuration and modules again and put them into effect,\n" +
			"all or nothing. Sessions stay connected. It is the same as SIGHUP, with an answer.",
		Args: exactly(0, ""),
	}
	var req admin.ReloadRequest
	f := cmd.Flags()
	f.BoolVar(&req.DryRun, "dry-run", false, "prepare everything and say what would happen, as plan does")
	f.BoolVar(&req.AllowIdentify, "allow-identify", false, "permit changes that need new sessions, such as other intents: they are opened beside the old ones")
	f.StringVar(&req.Plan, "plan", "", "refuse unless the reload is the one that plan has shown under this name")
	f.StringArrayVar(&req.Force, "force", nil, "make a new generation of this plugin even if nothing changed; may be repeated")
	completeFlag(cmd, "force", g.pluginNames)
	asJSON := jsonFlag(cmd)
	dial := g.adminFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		_, err := g.reload(cmd, dial, req, *asJSON, printReload)
		return err
	}
	return cmd
}

// reload asks the running host for a reload, and writes what came of it: as
// JSON, or by print for a person.
func (g *globals) reload(cmd *cobra.Command, dial func() (*admin.Client, error), req admin.ReloadRequest, asJSON bool, print func(io.Writer, admin.ReloadReport) error) (r admin.ReloadReport, err error) {
	client, err := dial()
	if err != nil {
		return r, err
	}
	ctx, stop := interruptible(cmd.Context(), g.stdio)
	defer stop()
	r, err = client.Reload(ctx, req)
	switch {
	case err != nil && asJSON:
		return r, errors.Join(refusalAsJSON(g.Out, err), err)
	case err != nil:
		return r, err
	case asJSON:
		return r, printJSON(g.Out, r)
	}
	return r, print(g.Out, r)
}

// refusalAsJSON writes why the host refused, besides what is written for a
// person; nothing for other errors.
func refusalAsJSON(out io.Writer, err error) error {
	refused, ok := errors.AsType[*admin.Error](err)
	if !ok {
		return nil
	}
	return printJSON(out, struct {
		FormatVersion int          `json:"format_version"`
		Error         *admin.Error `json:"error"`
	}{formatVersion, refused})
}

// printReload writes what a reload did, for a person.
func printReload(out io.Writer, r admin.ReloadReport) error {
	w := table(out)
	for _, p := range r.Plugins {
		fmt.Fprintf(w, "%s\t%s", p.Name, p.Action)
		if p.Action == admin.ActionSwapped {
			fmt.Fprintf(w, "\tgeneration %d -> %d", p.From, p.To)
			if !r.DryRun {
				fmt.Fprintf(w, "\tpaused %.2f ms", p.PauseMS)
			}
			if len(p.Changes) > 0 {
				fmt.Fprintf(w, "\t%s", strings.Join(p.Changes, ", "))
			}
		}
		if p.Action == admin.ActionRolledBack {
			fmt.Fprintf(w, "\tto generation %d\t%s", p.To, oneLine(p.Reason, 200))
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if r.Sessions.Replaced || r.Sessions.Taken != nil || r.Sessions.GivenAway != nil {
		fmt.Fprintln(out, sessionLine(r.Sessions, r.Identifies))
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(out, "warning: %s\n", warning)
	}
	what := "reloaded"
	switch {
	case r.DryRun:
		what = "nothing was changed: this was a dry run"
	case !r.Changed:
		what = "nothing has changed"
	}
	_, err := fmt.Fprintf(out, "%s (%.0f ms, %s)\n", what, r.DurationMS, count(r.Identifies, "IDENTIFY"))
	return err
}
