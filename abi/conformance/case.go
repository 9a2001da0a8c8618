package conformance

import (
	"bytes"
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
	// _initialize, shard_manifest and shard_init, each within Deadline. An error of the type
	// *Failure tells how the guest ended.
	Start(module []byte) (Instance, error)
}

// Instance is a running guest. Each call may take Deadline. Whatever ends the
// guest is a *Failure, and so is its refusal: a negative result of shard_save,
// shard_load or shard_stop has the kind refused.
type Instance interface {
	// Batch gives the guest frames and returns the result of shard_batch.
	Batch(frames []byte, count int) (int32, error)

	// Save returns what the guest has written with state_write in shard_save.
	Save() (schema int32, state []byte, err error)

	// Load gives the guest a state, Stop a reason.
	Load(schema int32, state []byte) error
	Stop(reason int32) error

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
	Kind    string // too much (of anything, while it is loaded), deadline, instructions, unreachable, memory, stack, exit, arithmetic, table, contract, refused
	Message string
}

func (f *Failure) Error() string { return f.Kind + ": " + f.Message }

// Stage is when something happens to a guest.
type Stage int

// The stages of a guest's life.
const (
	Checked Stage = iota // the module is looked at
	Started              // _initialize, shard_manifest, shard_buffer and shard_init are called
	Batched              // shard_batch is called
	Saved                // then shard_save
	Loaded               // then shard_load instead
	Stopped              // then shard_stop instead
)

func (s Stage) String() string {
	return [...]string{"check", "start", "batch", "save", "load", "stop"}[s]
}

// Case is one guest and what a host must make of it.
type Case struct {
	Name   string
	Rule   string // the rule of docs/abi.md that it is about
	Module func() []byte
	Grants []string
	Frames []abi.Frame // given in one batch; none: one event with the body {}
	Times  int         // how often that batch is given; 0: once

	// Fails is the stage that ends the guest; with Answers, nothing does, and
	// it is the last stage: 0 is Batched.
	Fails   Stage
	Answers bool
	Code    int32    // with Answers: the result of shard_batch
	State   []byte   // what Save must give, or what Load is given; its schema is 1
	Kinds   []string // any of these kinds of Failure; for Checked, words of any problem
}

// stage is the last one that the guest reaches.
func (c *Case) stage() Stage {
	if c.Answers {
		return max(c.Fails, Batched)
	}
	return c.Fails
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
	frames, count := c.batch()
	var code int32
	for range max(c.Times, 1) {
		start = time.Now()
		if code, err = g.Batch(frames, count); err != nil {
			break
		}
	}
	if !c.Answers && c.Fails == Batched {
		if err := c.matchFailure(err, start); err != nil {
			return err
		}
		if _, err := g.Batch(frames, count); err == nil {
			return fmt.Errorf("a guest that trapped was called again")
		}
		return nil
	}
	if err != nil || code != c.Code {
		return fmt.Errorf("shard_batch gave %d, %v, want %d", code, err, c.Code)
	}
	return c.last(g)
}

// batch is the batch that the guest is given.
func (c *Case) batch() (b []byte, count int) {
	frames := c.Frames
	if frames == nil {
		frames = []abi.Frame{{Kind: abi.KindEvent, Tag: 1, Body: []byte("{}")}}
	}
	for i := range frames {
		b = frames[i].Append(b)
	}
	return b, len(frames)
}

// last makes the call behind the batch, if there is one.
func (c *Case) last(g Instance) error {
	start := time.Now()
	var schema int32
	var state []byte
	var err error
	switch c.stage() {
	case Saved:
		schema, state, err = g.Save()
	case Loaded:
		err = g.Load(1, c.State)
	case Stopped:
		err = g.Stop(abi.StopReload)
	default:
		return nil
	}
	if !c.Answers {
		return c.matchFailure(err, start)
	}
	if err == nil && c.stage() == Saved && (schema != 1 || !bytes.Equal(state, c.State)) {
		err = fmt.Errorf("it saved %q with schema %d, want %q with schema 1", state, schema, c.State)
	}
	return err
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
