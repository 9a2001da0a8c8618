package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/host/recording"
)

func newReplay(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay FILE|- --plugin NAME|--module PATH",
		Short: "Give a recording to a plugin, and show what it would do",
		Long: "Give the frames of a recording to a plugin of the configuration, or to any module or folder of\n" +
			"source, and show what it does with each: keys and values, calls, timers, log lines, errors.\n" +
			"Nothing of it takes place: keys and timers live in memory, and calls get no answer but those\n" +
			"in the recording. The time is that of the frames and randomness is always the same, so the\n" +
			"same recording gives the same outcome. With --json each frame is a line of JSON. It exits\n" +
			"with 1 when a frame failed.",
		Args: exactly(1, "the recording is missing; `shardhost record` makes one"),

		ValidArgsFunction: anyFile,
	}
	name := g.pluginFlag(cmd, "a plugin of the configuration, with its grants and its config")
	module := cmd.Flags().String("module", "", "a .wasm file or source, which is granted everything")
	from := cmd.Flags().String("from", "", "of a recording of several plugins: take the frames of this one (default: the plugin's own)")
	must(cmd.RegisterFlagCompletionFunc("module", anyFile))
	completeFlag(cmd, "from", g.pluginNames)
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if (*name == "") == (*module == "") {
			return usage(cmd, "what is to get the frames? write --plugin NAME or --module PATH, one of the two")
		}
		in, err := g.open(args[0])
		if err != nil {
			return err
		}
		defer in.Close()
		spec, err := g.pluginSpec(cmd, *name, *module)
		if err != nil {
			return err
		}
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		return withToolbox(g, func(tools *host.Toolbox) error {
			s := replayed{from: *from, plugin: *name, asJSON: *asJSON, out: g.Out}
			err := s.run(ctx, tools, *spec, recording.NewReader(in))
			if s.total > 0 || err == nil {
				g.say("%s", s.String())
			}
			if err == nil && s.failed > 0 {
				err = &failure{count(s.failed, "frame") + " failed"}
			}
			return err
		})
	}
	return cmd
}

// open opens a file to read, or stdin.
func (g *globals) open(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(g.In), nil
	}
	return os.Open(path)
}

// pluginSpec is a plugin of the configuration, or one without a configuration.
func (g *globals) pluginSpec(cmd *cobra.Command, name, path string) (*config.Plugin, error) {
	if path != "" {
		if _, err := os.Stat(path); err != nil {
			return nil, err
		}
		spec, diags := config.Standalone(path, "")
		if spec == nil {
			return nil, &configError{diags: diags}
		}
		return spec, nil
	}
	cfg, err := g.load(cmd)
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range cfg.Plugins {
		if cfg.Plugins[i].Name == name {
			return &cfg.Plugins[i], nil
		}
		names = append(names, cfg.Plugins[i].Name)
	}
	return nil, usage(cmd, "the configuration has no plugin %q; it has %s", name, strings.Join(names, ", "))
}

// withToolbox opens what looks at plugins, and closes it afterwards.
func withToolbox(g *globals, f func(tools *host.Toolbox) error) error {
	log, _ := newLogger(g.stdio, config.Log{Level: "warn", Format: "auto"})
	tools, err := host.OpenToolbox(log)
	if err != nil {
		return err
	}
	return errors.Join(f(tools), tools.Close())
}

// replayed is what a replay has come to.
type replayed struct {
	from, plugin string
	asJSON       bool
	out          io.Writer

	r                       *plugin.Rehearsal
	total, failed, unwanted int
	others                  map[string]int // frames of plugins that were left out
}

func (s *replayed) String() string {
	text := fmt.Sprintf("%s: %d handled, %d failed, %d unwanted.", count(s.total, "frame"), s.total-s.failed-s.unwanted, s.failed, s.unwanted)
	for name, n := range s.others {
		text += fmt.Sprintf(" Left out: %s of %s.", count(n, "frame"), name)
	}
	return text
}

// run gives all frames to the plugin.
func (s *replayed) run(ctx context.Context, tools *host.Toolbox, spec config.Plugin, frames *recording.Reader) (err error) {
	module, err := tools.Module(ctx, spec)
	if err != nil {
		return err
	}
	s.others = map[string]int{}
	defer func() {
		if s.r != nil {
			err = errors.Join(err, s.r.Close())
		}
	}()
	for ctx.Err() == nil {
		f, err := frames.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if of := frames.Header().Plugin; !s.takes(of) {
			s.others[of]++
			continue
		}
		if s.r == nil {
			var started plugin.Outcome
			s.r, started, err = plugin.Rehearse(ctx, plugin.RehearsalOptions{
				Spec: spec, Module: module, Version: buildInfo().Version, Engine: tools.Engine, Start: time.Unix(0, f.Received),
			})
			if err != nil {
				s.r = nil
				return err
			}
			if !started.Idle() {
				if err := s.print(started); err != nil {
					return err
				}
			}
		}
		o, err := s.r.Give(ctx, f)
		if err != nil {
			return err
		}
		s.total++
		switch o.Status {
		case plugin.Failed:
			s.failed++
		case plugin.Unwanted:
			s.unwanted++
		}
		for _, e := range o.Ends {
			if e.Error != "" {
				s.failed++
			}
		}
		if err := s.print(o); err != nil {
			return err
		}
	}
	if s.total == 0 && len(s.others) > 0 {
		return fmt.Errorf("the recording has no frames of %q: name the plugin whose frames are to be taken with --from", s.wanted())
	}
	return nil
}

// takes tells whether the frames of a plugin are taken. Where nobody has said
// so, a recording of one plugin is good for any.
func (s *replayed) takes(of string) bool {
	wanted := s.wanted()
	if wanted == "" && of != "" {
		s.from = of // the first in the recording
		return true
	}
	return of == "" || of == wanted
}

func (s *replayed) wanted() string {
	if s.from != "" {
		return s.from
	}
	return s.plugin
}

func (s *replayed) print(o plugin.Outcome) error {
	if s.asJSON {
		doc, err := json.Marshal(struct {
			FormatVersion int `json:"format_version"`
			plugin.Outcome
		}{formatVersion, o})
		if err == nil {
			_, err = fmt.Fprintf(s.out, "%s\n", doc)
		}
		return err
	}
	text := o.Text()
	for _, part := range []string{o.Stack, o.Printed} {
		if part != "" {
			text += "    " + strings.ReplaceAll(strings.TrimSpace(part), "\n", "\n    ") + "\n"
		}
	}
	_, err := io.WriteString(s.out, text)
	return err
}
