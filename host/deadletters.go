package host

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/host/recording"
)

// listedError is how much of a dead letter's error stands in a list, in bytes.
const listedError = 400

// DeadLetters lists the newest dead letters of one plugin, or of all.
func (h *Host) DeadLetters(ctx context.Context, plugin string, limit int) (admin.DeadLetterList, error) {
	list := admin.DeadLetterList{}
	err := h.journal.DeadLetters(ctx, plugin, func(d journal.DeadLetter, err error) bool {
		letter := letterOf(d, err)
		if len(letter.Error) > listedError {
			letter.Error = strings.ToValidUTF8(letter.Error[:listedError], "") + "…"
		}
		list.Letters = append(list.Letters, letter)
		if list.Total++; len(list.Letters) > limit {
			list.Letters = list.Letters[1:]
		}
		return true
	})
	return list, err
}

func letterOf(d journal.DeadLetter, damage error) admin.DeadLetter {
	letter := admin.DeadLetter{
		ID: d.ID, Plugin: d.Plugin, What: d.Event, Time: d.Time, Attempts: d.Attempts, Generation: d.Generation,
		Version: d.Version, SHA256: d.SHA256, Lane: d.Lane, Bytes: len(d.Frame), Error: d.Error,
	}
	if damage != nil {
		letter.Damaged = damage.Error()
	}
	return letter
}

// DeadLetter returns one dead letter with its frame.
func (h *Host) DeadLetter(ctx context.Context, id string, raw bool) (admin.DeadLetter, error) {
	d, err := h.journal.DeadLetter(ctx, id)
	if errors.Is(err, journal.ErrNoLetter) {
		return admin.DeadLetter{}, letterError(err)
	}
	letter := letterOf(d, err)
	if err != nil {
		return letter, nil // what is known of it
	}
	letter.Stack, letter.Printed = d.Stack, d.Printed
	f, err := d.Parse()
	if err != nil {
		return letter, err
	}
	recording.Redact(&f, h.masked(raw))
	line := recording.NewLine(&f)
	letter.Frame = &line
	return letter, nil
}

// masked are the keys whose values are masked in frames that leave the host:
// what people write, and what the configuration names; none where somebody
// asked for frames as they are.
func (h *Host) masked(raw bool) []string {
	if raw {
		return nil
	}
	return append([]string{"content"}, h.config().Log.Redact...)
}

// letterError is what a client is told.
func letterError(err error) error {
	switch {
	case errors.Is(err, journal.ErrNoLetter):
		return &admin.Error{Code: admin.CodeNotFound, Message: err.Error() + "; the list may have changed since you looked"}
	case errors.Is(err, journal.ErrLetterBusy):
		return &admin.Error{Code: admin.CodeBusy, Message: err.Error() + "; wait for it"}
	}
	return err
}

// lettersNamed are the ids that a request means.
func (h *Host) lettersNamed(ctx context.Context, req admin.DeadLetterRequest) ([]string, error) {
	if !req.All {
		return req.IDs, nil
	}
	var ids []string
	err := h.journal.DeadLetters(ctx, req.Plugin, func(d journal.DeadLetter, _ error) bool {
		ids = append(ids, d.ID)
		return true
	})
	return ids, err
}

// ReplayDeadLetters delivers dead letters again, one after another: one that
// fails ends it, unless the request says to keep going.
func (h *Host) ReplayDeadLetters(ctx context.Context, req admin.DeadLetterRequest) (admin.DeadLetterReport, error) {
	return h.eachLetter(ctx, req, admin.LetterHandled, func(id string) error {
		name, _, _ := strings.Cut(id, "/")
		p := h.plugin(name)
		if _, disabled := h.isDisabled(name); disabled {
			return h.absent(name)
		}
		if p == nil {
			return fmt.Errorf("no plugin %q runs here: add it to the configuration again, or drop the dead letter", name)
		}
		return p.Replay(ctx, id)
	})
}

// DropDeadLetters removes dead letters for good, also those of plugins that are
// no longer in the configuration.
func (h *Host) DropDeadLetters(ctx context.Context, req admin.DeadLetterRequest) (admin.DeadLetterReport, error) {
	req.KeepGoing = true
	return h.eachLetter(ctx, req, admin.LetterDropped, func(id string) error {
		name, _, _ := strings.Cut(id, "/")
		if p := h.plugin(name); p != nil {
			return p.DropDeadLetter(ctx, id)
		}
		dead, err := h.journal.OpenDeadLetters(ctx, name, 0, 0)
		if err != nil {
			return err
		}
		return dead.Drop(ctx, id)
	})
}

// eachLetter does something with dead letters and reports what became of them.
func (h *Host) eachLetter(ctx context.Context, req admin.DeadLetterRequest, done string, do func(id string) error) (admin.DeadLetterReport, error) {
	ids, err := h.lettersNamed(ctx, req)
	report := admin.DeadLetterReport{}
	if err != nil {
		return report, err
	}
	stopped := false
	for _, id := range ids {
		outcome := admin.DeadLetterOutcome{ID: id, Outcome: admin.LetterSkipped}
		if !stopped && ctx.Err() == nil {
			err := do(id)
			if len(ids) == 1 && (errors.Is(err, journal.ErrNoLetter) || errors.Is(err, journal.ErrLetterBusy)) {
				return report, letterError(err)
			}
			outcome.Outcome = done
			if err != nil {
				outcome.Outcome, outcome.Error = admin.LetterSkipped, err.Error()
				if _, again := errors.AsType[*plugin.StillFailsError](err); again {
					outcome.Outcome = admin.LetterFailed
				}
				stopped = !req.KeepGoing
			}
		}
		report.Letters = append(report.Letters, outcome)
	}
	h.log.Info("dead letters worked on", "letters", len(ids), done, report.Count(done), "failed", report.Count(admin.LetterFailed))
	return report, nil
}
