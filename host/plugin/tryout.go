package plugin

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
)

// longestTryout is how long a reload waits for the rehearsal of a generation. What
// is left then is not given to it.
const longestTryout = 10 * time.Second

// A RehearsalError says that a generation failed at a frame that an earlier one
// has handled, and was not put into place.
type RehearsalError struct {
	Plugin  string
	At      config.Location // of reload.rehearse
	Frame   abi.Frame       // without its name and body
	Outcome Outcome         // of the frame; its number counts from the oldest
	Of      int             // frames
}

func (e *RehearsalError) Error() string {
	var b strings.Builder
	f := &e.Frame
	fmt.Fprintf(&b, "%splugin %q fails at a frame of its rehearsal that was handled before: %s, shard %d", place(e.At), e.Plugin, e.Outcome.Name, f.Shard)
	if f.Guild != 0 {
		fmt.Fprintf(&b, ", guild %d", f.Guild)
	}
	if f.Kind == abi.KindEvent {
		fmt.Fprintf(&b, ", sequence %d", f.Tag)
	}
	fmt.Fprintf(&b, " (%d of %d): %s", e.Outcome.Number, e.Of, e.Outcome.Error)
	for line := range strings.Lines(e.Outcome.Stack) {
		b.WriteString("\n    " + strings.TrimRight(line, "\n"))
	}
	fmt.Fprintf(&b, "\n  fix the plugin, or load it all the same with --force %s", e.Plugin)
	return b.String()
}

// tryOut gives the frames that were handled last to a spare guest of a new
// generation. It sees the plugin's real keys; nothing that it does takes place.
func (p *Plugin) tryOut(ctx context.Context, spec config.Plugin, module []byte) (err error) {
	frames := p.recent.last(spec.Reload.Rehearse)
	if spec.Reload.Rehearse == 0 {
		return nil
	}
	if len(frames) == 0 {
		p.log.Info("no rehearsal: no frame has been kept for it yet")
		return nil
	}
	began := time.Now()
	r, _, err := Rehearse(ctx, RehearsalOptions{
		Spec: spec, Module: module, Version: p.deps.Version, Engine: p.deps.Engine,
		Start: time.Unix(0, frames[0].Received), store: effect.NewView(p.deps.Store, p.name),
	})
	if err != nil {
		return fmt.Errorf("rehearsal: %w", err)
	}
	defer func() {
		if closing := r.Close(); closing != nil {
			p.log.Error("rehearsal not closed", "error", closing)
		}
	}()
	for i, f := range frames {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if time.Since(began) > longestTryout {
			p.log.Warn("rehearsal cut short", "after", longestTryout, "frames", i, "of", len(frames), "change", place(spec.Line("reload.rehearse"))+"lower reload.rehearse")
			return nil
		}
		o, err := r.Give(ctx, f)
		if err != nil {
			return fmt.Errorf("%splugin %q: rehearsal of frame %d of %d: %w", place(spec.Line("reload.rehearse")), p.name, i+1, len(frames), err)
		}
		if at := failedAt(&o, i+1); at > 0 {
			blamed := frames[at-1]
			o.Number, o.Name = at, frameName(&blamed)
			blamed.Name, blamed.Body = nil, nil
			return &RehearsalError{Plugin: p.name, At: spec.Line("reload.rehearse"), Frame: blamed, Outcome: o, Of: len(frames)}
		}
	}
	p.log.Info("rehearsal passed", "frames", len(frames), "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// failedAt is the number of the frame that failed, 0 for none: the one that was
// given, or an earlier one whose handler had waited.
func failedAt(o *Outcome, given int) int {
	if o.Status == Failed {
		return given
	}
	for _, end := range o.Ends {
		if end.Error != "" {
			o.Error = end.Error
			return end.Frame
		}
	}
	return 0
}
