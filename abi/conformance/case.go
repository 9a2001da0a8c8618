package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
)

// Host is a host of the contract under test.
type Host interface {
	// Check says why the host refuses a module, before it runs any of it.
	// granted are the grant blocks that the configuration has.
	Check(module []byte, granted []string) []string

	// Start makes an instance with a memory limit of MemoryLimit and calls its
	// _initialize and shard_init, each within Deadline. An error of the type
	// *Failure tells how the guest ended.
	Start(module []byte) (Instance, error)
}

// Instance is a running guest.
type Instance interface {
	// Batch gives the guest frames, within Deadline, and returns the result of
	// shard_batch, or a *Failure.
	Batch(frames []byte, count int) (int32, error)
	Close() error
}

// Limits that the cases are made for.
const (
	MemoryLimit = 8 << 20 // bytes
	Deadline    = 200 * time.Millisecond
	Overrun     = time.Second // how much later a guest must be over, on a busy machine
)

// Failure is the end of a guest.
type Failure struct {
	Kind    string // deadline, instructions, unreachable, memory, stack, exit, arithmetic, table, contract, refused
	Message string
}

func (f *Failure) Error() string { return f.Kind + ": " + f.Message }

// Stage is when something happens to a guest.
type Stage int

// The stages of a guest's life.
const (
	Checked Stage = iota // the module is looked at
	Started              // _initialize, shard_buffer and shard_init are called
	Batched              // shard_batch is called
)

// Case is one guest and what a host must make of it.
type Case struct {
	Name   string
	Rule   string // the rule of docs/abi.md that it is about
	Module func() []byte
	Grants []string
	Frames []abi.Frame // given in one batch; none: one event with the body {}

	// Fails is the stage that ends the guest; with Answers, nothing does.
	Fails   Stage
	Answers bool
	Code    int32    // with Answers: the result of shard_batch
	Kinds   []string // any of these kinds of Failure; for Checked, words of any problem
}

// Run checks a host against every case.
func Run(t *testing.T, host Host) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			if err := c.run(host); err != nil {
				t.Errorf("%v\nthe rule: %s", err, c.Rule)
			}
		})
	}
}

func (c *Case) run(host Host) (err error) {
	module := c.Module()
	problems := host.Check(module, c.Grants)
	if c.Fails == Checked && !c.Answers {
		return c.matchProblems(problems)
	}
	if len(problems) > 0 {
		return fmt.Errorf("refused: %s", strings.Join(problems, "; "))
	}
	start := time.Now()
	g, err := host.Start(module)
	if c.Fails == Started && !c.Answers {
		if err == nil {
			_ = g.Close()
		}
		return c.matchFailure(err, start)
	}
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	defer func() {
		if e := g.Close(); err == nil && e != nil {
			err = fmt.Errorf("close: %w", e)
		}
	}()
	frames := c.Frames
	if frames == nil {
		frames = []abi.Frame{{Kind: abi.KindEvent, Tag: 1, Body: []byte("{}")}}
	}
	var b []byte
	for i := range frames {
		b = frames[i].Append(b)
	}
	start = time.Now()
	code, err := g.Batch(b, len(frames))
	if !c.Answers {
		if err := c.matchFailure(err, start); err != nil {
			return err
		}
		if _, err := g.Batch(b, len(frames)); err == nil {
			return fmt.Errorf("a guest that trapped was called again")
		}
		return nil
	}
	if err != nil || code != c.Code {
		return fmt.Errorf("shard_batch gave %d, %v, want %d", code, err, c.Code)
	}
	return nil
}

func (c *Case) matchProblems(problems []string) error {
	if len(problems) == 0 {
		return fmt.Errorf("the module was not refused")
	}
	for _, p := range problems {
		if slices.ContainsFunc(c.Kinds, func(words string) bool { return strings.Contains(p, words) }) {
			return nil
		}
	}
	return fmt.Errorf("refused for another reason than %q: %s", c.Kinds, strings.Join(problems, "; "))
}

func (c *Case) matchFailure(err error, start time.Time) error {
	took := time.Since(start)
	var f *Failure
	if !errors.As(err, &f) {
		return fmt.Errorf("got %v, want a failure %q", err, c.Kinds)
	}
	if took > Deadline+Overrun {
		return fmt.Errorf("it ended after %v", took)
	}
	if slices.Contains(c.Kinds, f.Kind) {
		return nil
	}
	return fmt.Errorf("got %v, want a failure %q", err, c.Kinds)
}
