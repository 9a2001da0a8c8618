package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
)

// adminTimeout bounds a call that answers at once.
const adminTimeout = 10 * time.Second

// adminFlag gives a command the flag --admin, and returns how to reach the
// host that it, or the configuration, names.
func (g *globals) adminFlag(cmd *cobra.Command) func() (*admin.Client, error) {
	addr := cmd.Flags().String("admin", "", "address of the host's admin API (default: from the configuration)")
	return func() (*admin.Client, error) { return g.dial(cmd, *addr) }
}

// dial reaches the host at an address, or where that is empty the one that the
// configuration names.
func (g *globals) dial(cmd *cobra.Command, addr string) (*admin.Client, error) {
	if addr != "" {
		return admin.DialWith(addr, credentials()), nil
	}
	opts, err := g.options(cmd)
	if err != nil {
		return nil, err
	}
	listen, diags := config.AdminAddress(g.configs, opts)
	if diags.HasErrors() {
		return nil, &configError{diags: diags}
	}
	return admin.DialWith(listen, credentials()), nil
}

// credentials are for a host whose admin API asks for them.
func credentials() admin.Credentials {
	return admin.Credentials{Token: os.Getenv("SHARDHOST_ADMIN_TOKEN"), CAFile: os.Getenv("SHARDHOST_ADMIN_CA")}
}

// ask calls the running host for what it answers at once.
func (g *globals) ask(cmd *cobra.Command, dial func() (*admin.Client, error), f func(context.Context, *admin.Client) error) error {
	client, err := dial()
	if err != nil {
		return err
	}
	ctx, stop := interruptible(cmd.Context(), g.stdio)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, adminTimeout)
	defer cancel()
	return f(ctx, client)
}

func newStatus(g *globals) *cobra.Command {
	cmd := &cobra.Command{Use: "status", Short: "Show the shards and plugins of the running host", Args: exactly(0, "")}
	asJSON := jsonFlag(cmd)
	dial := g.adminFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return g.ask(cmd, dial, func(ctx context.Context, client *admin.Client) error {
			status, err := client.Status(ctx)
			if err != nil {
				return err
			}
			if *asJSON {
				return printJSON(g.Out, status)
			}
			return printStatus(g.Out, status, time.Now())
		})
	}
	return cmd
}

// printStatus writes the status for a person.
func printStatus(out io.Writer, s admin.Status, now time.Time) error {
	fmt.Fprintf(out, "shardhost %s, process %d, up %s, %s\n", s.Version, s.PID, now.Sub(s.Started).Round(time.Second), readiness(s))
	fmt.Fprintf(out, "%s\n\n", identifies(s.Identifies))
	w := table(out)
	fmt.Fprintln(w, "SHARD\tSTATE\tGUILDS\tEVENTS\tSEQUENCE\tPOSITION\tLATENCY")
	for _, sh := range s.Shards {
		fmt.Fprintf(w, "%d/%d\t%s\t%s\t%d\t%d\t%d\t%s\n", sh.ID, sh.Of, sh.State, known(sh.Guilds), sh.Events, sh.Sequence, sh.Position, latency(sh.LatencyMS))
	}
	fmt.Fprintln(w, "\nPLUGIN\tSTATE\tGENERATION\tLANES\tHANDLED\tFAILED\tDROPPED\tMEMORY")
	for _, p := range s.Plugins {
		if p.State == admin.StateDisabled {
			fmt.Fprintf(w, "%s\t%s\t-\t-\t-\t-\t-\t-\n", p.Name, p.State)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%.1f MiB\n", p.Name, p.State, p.Generation, p.Lanes, p.Handled, p.Failed, p.Dropped, float64(p.Memory)/(1<<20))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, sh := range s.Shards {
		switch {
		case sh.Stalled:
			fmt.Fprintf(out, "\nshard %d: no event has come for long, although other shards have some; a new session may help: `shardhost run --fresh`\n", sh.ID)
		case len(sh.Silent) > 0:
			fmt.Fprintf(out, "\nshard %d: %s used to come and no longer do; a new session may help: `shardhost run --fresh`\n", sh.ID, strings.Join(sh.Silent, ", "))
		}
		if sh.LastError != "" {
			fmt.Fprintf(out, "\nshard %d: %s\n", sh.ID, sh.LastError)
		}
	}
	for _, p := range s.Plugins {
		if p.State == admin.StateDisabled {
			fmt.Fprintf(out, "\nplugin %s: disabled for %s; start it with `shardhost plugin enable %s`\n", p.Name, now.Sub(p.Since).Round(time.Second), p.Name)
		}
		if p.DeadLetters > 0 {
			fmt.Fprintf(out, "\nplugin %s: %s, see `shardhost deadletter list --plugin %s`\n", p.Name, count(p.DeadLetters, "dead letter"), p.Name)
		}
		if p.LastError != "" {
			fmt.Fprintf(out, "\nplugin %s: %s\n", p.Name, p.LastError)
		}
		if t := p.Probation; t != nil && !t.Until.IsZero() {
			on := ""
			if t.Canary > 0 {
				on = " on " + count(t.Canary, "lane")
			}
			fmt.Fprintf(out, "\nplugin %s: generation %d is on probation%s for %s, with %s so far; generation %d is kept\n",
				p.Name, t.Newest, on, t.Until.Sub(now).Round(time.Second), count(t.Failures, "failure"), t.Kept)
		}
	}
	return nil
}

func readiness(s admin.Status) string {
	if s.Ready {
		return "ready"
	}
	return "not ready: " + s.Reason
}

func identifies(i admin.Identifies) string {
	if i.Limit == 0 {
		return fmt.Sprintf("%d IDENTIFYs used", i.Used)
	}
	return fmt.Sprintf("%d of %d IDENTIFYs used until %s", i.Used, i.Limit, i.ResetAt.UTC().Format(time.RFC3339))
}

// latency is that of the last heartbeat, or a dash before one was answered.
func latency(ms float64) string {
	if ms == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f ms", ms)
}

// known is a number, or a dash where nobody knows it.
func known(n int) string {
	if n < 0 {
		return "-"
	}
	return strconv.Itoa(n)
}
