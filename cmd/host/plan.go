package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/admin"
)

func newPlan(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what a reload would do, and what it would cost",
		Long: "Have the running host read its configuration and modules, prepare everything, and say what a\n" +
			"reload would do with each plugin and with the sessions, and its price in IDENTIFYs and time.\n" +
			"Nothing is changed. `shardhost reload --plan NAME` does exactly that, or refuses.",
		Args: exactly(0, ""),
	}
	req := admin.ReloadRequest{DryRun: true}
	f := cmd.Flags()
	f.StringArrayVar(&req.Force, "force", nil, "as of reload: make a new generation of this plugin in any case; may be repeated")
	completeFlag(cmd, "force", g.pluginNames)
	detailed := f.Bool("detailed-exitcode", false, "exit with 2 when a reload would change something")
	asJSON := jsonFlag(cmd)
	dial := g.adminFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		r, err := g.reload(cmd, dial, req, *asJSON, printPlan)
		if err == nil && *detailed && r.Changed {
			return errChanges
		}
		return err
	}
	return cmd
}

// printPlan writes what a reload would do, for a person.
func printPlan(out io.Writer, r admin.ReloadReport) error {
	w := table(out)
	for _, p := range r.Plugins {
		what := p.Action
		switch p.Action {
		case admin.ActionAdded:
			what = "new"
		case admin.ActionSwapped:
			what = "changed"
		case admin.ActionDisabled:
			what = "stays disabled"
		}
		fmt.Fprintf(w, "plugin %s\t%s", p.Name, what)
		if p.Action == admin.ActionSwapped {
			fmt.Fprintf(w, "\tgeneration %d -> %d\t%s", p.From, p.To, changesOf(p))
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out, sessionLine(r.Sessions, r.Identifies))
	for _, warning := range r.Warnings {
		fmt.Fprintf(out, "warning: %s\n", warning)
	}
	if !r.Changed {
		_, err := fmt.Fprintln(out, "a reload would change nothing")
		return err
	}
	flag := ""
	if r.Identifies > 0 {
		flag = " --allow-identify"
	}
	_, err := fmt.Fprintf(out, "to do exactly this: shardhost reload%s --plan %s\n", flag, r.Plan)
	return err
}

// ranges writes shards as the configuration does: 0-15,32.
func ranges(ids []int) string {
	var parts []string
	for i := 0; i < len(ids); {
		last := i
		for last+1 < len(ids) && ids[last+1] == ids[last]+1 {
			last++
		}
		part := strconv.Itoa(ids[i])
		if last > i {
			part += "-" + strconv.Itoa(ids[last])
		}
		parts, i = append(parts, part), last+1
	}
	return strings.Join(parts, ",")
}

func changesOf(p admin.PluginReload) string {
	if len(p.Changes) == 0 {
		return "forced"
	}
	return strings.Join(p.Changes, ", ")
}

// sessionLine says what becomes of the shards, and the price.
func sessionLine(s admin.SessionReload, identifies int) string {
	line := fmt.Sprintf("shards %d", s.ShardsFrom)
	if s.ShardsTo != s.ShardsFrom {
		line += fmt.Sprintf(" -> %d", s.ShardsTo)
	}
	if s.Replaced {
		line += ": every session is replaced, beside the old one"
		if len(s.Added) > 0 {
			line += ", for the intents " + strings.Join(s.Added, ", ")
		}
	} else {
		var parts []string
		if s.Taken != nil {
			parts = append(parts, "this host takes on "+ranges(s.Taken))
		}
		if s.GivenAway != nil {
			parts = append(parts, "it gives away "+ranges(s.GivenAway))
		}
		stays := "every session stays"
		if parts != nil {
			stays = "every other session stays"
		}
		line += ": " + strings.Join(append(parts, stays), ", ")
		if identifies == 0 {
			return line + ", 0 IDENTIFYs"
		}
	}
	line += fmt.Sprintf("; that costs %s of the %d left and at least %s", count(identifies, "IDENTIFY"), s.Left, time.Duration(s.Seconds*float64(time.Second)))
	if !s.NotBefore.IsZero() {
		line += ", which the budget does not allow before " + s.NotBefore.UTC().Format(time.RFC3339)
	}
	return line
}
