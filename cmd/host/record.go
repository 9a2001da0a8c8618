package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/recording"
)

// errEnough ends a watch that has seen what was asked for.
var errEnough = errors.New("enough")

// watchFlags are the flags of commands that watch frames.
type watchFlags struct {
	admin.WatchRequest
	n        int
	duration time.Duration
	dial     func() (*admin.Client, error)
}

func (g *globals) watchFlags(cmd *cobra.Command) *watchFlags {
	w := &watchFlags{dial: g.adminFlag(cmd)}
	f := cmd.Flags()
	f.StringArrayVar(&w.Plugins, "plugin", nil, "only frames that this plugin is given; may be repeated")
	f.StringSliceVar(&w.Events, "events", nil, "only events that these patterns match, such as GUILD_MEMBER_*; else timers and answers too")
	f.IntVar(&w.n, "n", 0, "end after N frames")
	f.DurationVar(&w.duration, "duration", 0, "end after this time, such as 30s")
	f.BoolVar(&w.Raw, "raw", false, "with what people wrote: do not mask content and log.redact")
	completeFlag(cmd, "plugin", g.pluginNames)
	eventsFlag(cmd, "events")
	return w
}

// watch checks the flags and runs f with the host's client and a context that
// ends with the time, or the user's interrupt.
func (w *watchFlags) watch(cmd *cobra.Command, g *globals, f func(context.Context, *admin.Client) error) error {
	if w.n < 0 || w.duration < 0 {
		return usage(cmd, "--n and --duration cannot be negative")
	}
	ctx, ignore := interruptible(cmd.Context(), g.stdio)
	defer ignore()
	if w.duration > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeoutCause(ctx, w.duration, errEnough)
		defer cancel()
	}
	client, err := w.dial()
	if err != nil {
		return err
	}
	return f(ctx, client)
}

func newRecord(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "record -o FILE|-",
		Short: "Record the frames that plugins are given",
		Long: "Record the frames that plugins of the running host are given, until it is interrupted or has\n" +
			"enough: events, answers and timers, each once, in the format of package abi. `shardhost\n" +
			"replay` feeds them to a plugin. The content of messages, and what the configuration names\n" +
			"in log.redact, is masked unless --raw asks for it; tokens always are. Nothing waits for a\n" +
			"recording: what cannot be taken fast enough is left out and counted.",
		Args: exactly(0, ""),
	}
	w := g.watchFlags(cmd)
	path := cmd.Flags().StringP("output", "o", "", "file to write, or - for stdout")
	must(cmd.RegisterFlagCompletionFunc("output", anyFile))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *path == "" {
			return usage(cmd, "where to? write -o FILE, or -o - for stdout")
		}
		if *path == "-" && terminal(g.Out) {
			return usage(cmd, "a recording is not for the eye: write -o FILE, or use `shardhost tail` to look at frames")
		}
		return w.watch(cmd, g, func(ctx context.Context, client *admin.Client) error { return g.record(ctx, client, w, *path) })
	}
	return cmd
}

// record writes what the host sends into a file, or to stdout.
func (g *globals) record(ctx context.Context, client *admin.Client, w *watchFlags, path string) error {
	stream, err := client.Record(ctx, w.WatchRequest)
	if err != nil {
		return err
	}
	defer stream.Close()
	out := g.Out
	if path != "-" {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer file.Close() // after an error; else it is closed below
		out = file
	}
	r := recorded{plugins: map[string]int{}}
	err = r.copy(ctx, out, stream, w.n)
	if file, ok := out.(*os.File); ok && path != "-" && err == nil {
		err = file.Close()
	}
	g.say("%s", r.String())
	return err
}

// recorded is what a recording has come to.
type recorded struct {
	frames  int
	plugins map[string]int
	order   []string
	dropped uint64
}

func (r *recorded) String() string {
	parts := make([]string, len(r.order))
	for i, name := range r.order {
		parts[i] = fmt.Sprintf("%d of %s", r.plugins[name], name)
	}
	text := count(r.frames, "frame") + " recorded"
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	if r.dropped > 0 {
		text += fmt.Sprintf("; %s left out, because they came too fast", count(int(r.dropped), "frame"))
	}
	return text + "."
}

// copy copies whole frames until ctx ends or n of them are there.
func (r *recorded) copy(ctx context.Context, out io.Writer, stream io.Reader, n int) error {
	var whole bytes.Buffer
	frames := recording.NewReader(io.TeeReader(stream, &whole))
	for n == 0 || r.frames < n {
		_, err := frames.Next()
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return fmt.Errorf("the recording ended early: %w", admin.ErrStreamEnded)
		}
		header := frames.Header()
		if r.plugins[header.Plugin] == 0 {
			r.order = append(r.order, header.Plugin)
		}
		r.plugins[header.Plugin]++
		r.frames, r.dropped = r.frames+1, header.Dropped
		if _, err := whole.WriteTo(out); err != nil {
			return err
		}
	}
	return nil
}
