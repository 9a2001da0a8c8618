package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/golden"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/host/recording"
)

func newPluginBench(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench FOLDER|FILE.wasm",
		Short: "Measure what a plugin costs on this machine",
		Long: "Measure what a plugin costs on this machine: nanoseconds an event from the frame to its\n" +
			"effects, memory, size. It gets the frames of a recording, or else those of its golden tests,\n" +
			"or else messages that nobody answers. Nothing of what it does takes place.",
		Args: exactly(1, "name a plugin: its source or a .wasm file"),

		ValidArgsFunction: anyFile, // a folder, a script or a module
	}
	frames := cmd.Flags().String("frames", "", "a recording with the frames to give")
	must(cmd.RegisterFlagCompletionFunc("frames", anyFile))
	duration := cmd.Flags().Duration("duration", time.Second, "how long to measure")
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *duration <= 0 {
			return usage(cmd, "--duration %s: it has to be more than nothing", *duration)
		}
		spec, err := g.pluginSpec(cmd, "", args[0])
		if err != nil {
			return err
		}
		given, what, err := g.benchFrames(args[0], *frames)
		if err != nil {
			return err
		}
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		return withToolbox(g, func(tools *host.Toolbox) error {
			module, err := tools.Module(ctx, *spec)
			if err != nil {
				return err
			}
			m, err := plugin.Measure(ctx, plugin.RehearsalOptions{
				Spec: *spec, Module: module, Version: buildInfo().Version, Engine: tools.Engine, Start: time.Now(),
			}, given, *duration)
			if err != nil {
				return err
			}
			if *asJSON {
				return printJSON(g.Out, struct {
					FormatVersion int    `json:"format_version"`
					Frames        string `json:"frames"`
					plugin.Measurement
				}{formatVersion, what, m})
			}
			w := table(g.Out)
			fmt.Fprintf(w, "frames\t%s\n", what)
			fmt.Fprintf(w, "time\t%.0f ns an event, %d events, %.2g effects each\n", m.PerEvent, m.Events, m.Effects)
			fmt.Fprintf(w, "memory\t%.1f MiB at the start, %+.1f KiB after the events\n", float64(m.MemoryAtStart)/(1<<20), float64(m.MemoryAtEnd-m.MemoryAtStart)/(1<<10))
			fmt.Fprintf(w, "module\t%.1f KiB, starts in %s\n", float64(m.ModuleBytes)/(1<<10), m.Start.Round(time.Millisecond/10))
			return w.Flush()
		})
	}
	return cmd
}

// maxBenchFrames bounds what is read of a recording.
const maxBenchFrames = 10000

// benchFrames are what a plugin is measured with, and their name.
func (g *globals) benchFrames(path, file string) (frames []abi.Frame, what string, err error) {
	if file != "" {
		in, err := g.open(file)
		if err != nil {
			return nil, "", err
		}
		defer in.Close()
		for r := recording.NewReader(in); len(frames) < maxBenchFrames; {
			f, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, "", err
			}
			f.Name, f.Body = append([]byte(nil), f.Name...), append([]byte(nil), f.Body...)
			frames = append(frames, f)
		}
		return frames, count(len(frames), "frame") + " of " + file, nil
	}
	dir := path
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		dir = filepath.Dir(path)
	}
	tests, err := filepath.Glob(filepath.Join(dir, "testdata", "*.txtar"))
	if err != nil {
		return nil, "", err
	}
	for _, test := range tests {
		data, err := os.ReadFile(test)
		if err != nil {
			return nil, "", err
		}
		f, err := golden.Parse(test, data)
		if err != nil {
			return nil, "", err
		}
		frames = append(frames, f.Events()...)
	}
	if len(frames) > 0 {
		return frames, count(len(frames), "event") + " of its golden tests", nil
	}
	l, err := recording.ReadLine([]byte(`{"event":"MESSAGE_CREATE","body":{"id":"11","channel_id":"22","guild_id":"33","author":{"id":"44","username":"somebody"},` +
		`"content":"` + strings.Repeat("words ", 20) + `","timestamp":"2026-01-01T00:00:00+00:00","mentions":[],"attachments":[],"embeds":[],"type":0}}`))
	if err != nil {
		return nil, "", err
	}
	f, err := l.Frame()
	return []abi.Frame{f}, "a message that nobody answers", err
}
