package plugin

import (
	"errors"
	"fmt"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/journal"
)

// A refusal is a handler's own error: the guest is in order and goes on.
type refusal struct {
	code abi.Code
	text string
}

func (r *refusal) Error() string {
	if r.text != "" {
		return r.text
	}
	return fmt.Sprintf("the handler answered %d (%s)", r.code, r.code)
}

// failed deals with the first frame of batch, which err has stopped. The guest
// had been given tried of them; first tells that it had finished none before.
func (l *lane) failed(batch []entry, tried int, first bool, err error) []entry {
	if errors.Is(err, errStopped) {
		return batch
	}
	redeliver(batch[:tried])
	var lost *journal.ConflictError
	if errors.As(err, &lost) {
		// Nobody's fault, and whoever was faster got on: it ends by itself.
		l.plugin.log.Debug("frame delivered again", "lane", l.index, "frame", batch[0].what(), "error", err)
		return batch
	}
	var own *refusal
	if errors.As(err, &own) && l.guest != nil && l.guest.recorder.Crowded() {
		l.crowded = true
		return batch
	}
	if tried > 1 && first && !l.counted && !errors.As(err, &own) {
		// This guest may not call done, so any of these frames can be the one.
		l.alone = tried
		return batch
	}
	if l.retry(&batch[0], err) {
		return batch
	}
	return batch[1:]
}

// redeliver marks frames as given before.
func redeliver(batch []entry) {
	for i := range batch {
		batch[i].flags |= abi.FlagRedelivered
	}
}

// retry tells whether a frame that failed is to be given again. If not, it is
// kept as a dead letter.
func (l *lane) retry(e *entry, err error) bool {
	if e.unpark != nil {
		l.plugin.log.Debug("control frame not handled", "lane", l.index, "error", err)
		return false
	}
	var own *refusal
	if e.tried != l.gen.number && e.letter == nil { // another generation has attempts of its own
		e.tried, e.attempts = l.gen.number, 0
	}
	e.attempts++
	if e.parked != nil {
		e.parked.Attempts, e.parked.Tried = e.attempts, e.tried
	}
	p := l.plugin
	p.failed.Add(1)
	what := e.what()
	if !errors.As(err, &own) { // a handler's own words name the event already
		err = fmt.Errorf("%s: %w", what, err)
	}
	p.note(err)
	if e.attempts <= l.gen.spec.Failure.Retry {
		p.log.Warn("frame failed, trying again", "lane", l.index, "generation", l.gen.number,
			"frame", what, "attempt", e.attempts, "error", err)
		return true
	}
	if e.letter == nil && p.failing(l.gen, fmt.Errorf("a frame failed %d times: %w", e.attempts, err), own == nil) {
		return true // for the generation before
	}
	return !l.bury(e, err)
}
