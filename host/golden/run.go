package golden

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/host/wasm"
)

// Options are what tests are run with.
type Options struct {
	Engine  *wasm.Engine
	Module  []byte
	Source  string // where the module or its source is
	Version string // of the host
}

// start is when the time of every test begins.
func start() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// Run runs a test and returns what came out. An error says that the test itself
// cannot be run.
func (f *File) Run(ctx context.Context, o Options) (effects string, err error) {
	spec, diags := config.Standalone(o.Source, f.Plugin)
	if spec == nil {
		return "", fmt.Errorf("%s: %s:\n%s", f.Name, partPlugin, diags)
	}
	r, started, err := plugin.Rehearse(ctx, plugin.RehearsalOptions{
		Spec: *spec, Module: o.Module, Version: o.Version, Engine: o.Engine, Start: start(), KV: f.KV,
	})
	if err != nil {
		return "", fmt.Errorf("%s: %w", f.Name, err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	var b strings.Builder
	if !started.Idle() {
		b.WriteString(started.Text())
	}
	for i, s := range f.steps {
		outcome, err := s.play(ctx, r, uint64(i+1))
		if err != nil {
			return "", fmt.Errorf("%s: %s line %d: %w", f.Name, partFrames, s.line, err)
		}
		b.WriteString(outcome.Text())
	}
	return b.String(), nil
}

func (s *step) play(ctx context.Context, r *plugin.Rehearsal, number uint64) (plugin.Outcome, error) {
	switch {
	case s.timer:
		o, ok, err := r.Fire(ctx)
		if err == nil && !ok {
			err = errors.New("no timer is set that could fire")
		}
		return o, err
	case s.again:
		return r.Reload(ctx)
	case s.reply != nil:
		call, err := s.reply.find(r.Pending())
		if err != nil {
			return plugin.Outcome{}, err
		}
		return r.Answer(ctx, call, s.reply.Status, s.reply.body(call))
	}
	f := *s.frame
	if f.Received == 0 {
		f.Received = r.Now().UnixNano()
	}
	if f.Tag == 0 && f.Kind == abi.KindEvent {
		f.Tag = number
	}
	return r.Give(ctx, f)
}

// find finds the call that is answered.
func (a *answer) find(pending []*effect.Call) (*effect.Call, error) {
	var waiting []string
	for _, call := range pending {
		if a.matches(call) {
			return call, nil
		}
		waiting = append(waiting, call.Method+" "+call.Path+call.URL)
	}
	if len(waiting) == 0 {
		return nil, fmt.Errorf("nobody waits for the answer to %s, or to any call", a.Answer)
	}
	return nil, fmt.Errorf("nobody waits for the answer to %s, but for those to %s", a.Answer, strings.Join(waiting, ", "))
}

// Diff shows how effects differ from those that the test expects, "" where they
// do not.
func (f *File) Diff(effects string) string {
	return string(diff.Diff("expected", []byte(f.Effects), "effects", []byte(effects)))
}
