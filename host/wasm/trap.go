package wasm

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm/meter"
	"github.com/tetratelabs/wazero/sys"
)

// Errors of calls that never reached the guest.
var (
	ErrDead   = errors.New("the instance trapped before and cannot be called again")
	ErrClosed = errors.New("the instance is closed")
	ErrBusy   = errors.New("the instance is running: a host function must not call back into its guest")
	ErrMemory = errors.New("the plugin's memory limit is reached")
)

// TrapKind says why a guest's call was ended.
type TrapKind string

// The kinds of traps.
const (
	TrapDeadline     TrapKind = "deadline"     // it ran longer than it may
	TrapInstructions TrapKind = "instructions" // it executed more than it may
	TrapUnreachable  TrapKind = "unreachable"  // abort, assertion, panic of most languages
	TrapMemory       TrapKind = "memory"       // access outside its memory
	TrapStack        TrapKind = "stack"        // calls nested too deep
	TrapArithmetic   TrapKind = "arithmetic"   // division by zero, overflow
	TrapTable        TrapKind = "table"        // bad indirect call or table access
	TrapException    TrapKind = "exception"    // nobody caught it
	TrapExit         TrapKind = "exit"         // it called proc_exit
	TrapHost         TrapKind = "host"         // a host function failed
	TrapContract     TrapKind = "contract"     // it broke a rule of the contract
	TrapOther        TrapKind = "other"
)

// A Trap is the end of a guest. The instance is dead afterwards.
type Trap struct {
	Export  string // the export that was called
	Kind    TrapKind
	Message string // what happened, in the words of the engine
	Stack   string // the guest's frames, innermost first, one a line
	Stderr  string // the last lines it printed: most languages say there why they gave up

	// Ran is how long the call took, or the last frame of a batch, and Limit how
	// long it might have. Both are 0 where no call was under way.
	Ran, Limit time.Duration
}

func (t *Trap) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", t.Export, t.Message)
	if hint := t.hint(); hint != "" {
		b.WriteString("; " + hint)
	}
	if line := lastLine(t.Stderr); line != "" {
		b.WriteString("; it printed: " + line)
	}
	return b.String()
}

func (t *Trap) hint() string {
	switch t.Kind {
	case TrapDeadline:
		if t.Export != abi.ExportBatch {
			return "do less when it starts or stops, or raise the plugin's limits.init"
		}
		return "do less in one frame, or raise the plugin's limits.deadline"
	case TrapStack:
		return "look for a recursion without an end"
	case TrapInstructions:
		return "do less in one frame, or raise the plugin's limits.instructions"
	case TrapExit:
		return "a plugin must return from its exports, never exit"
	}
	return ""
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	// Go prints the panic first and the goroutine's frames after it.
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "panic:") || strings.HasPrefix(line, "fatal error:") {
			return line
		}
	}
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		s = s[i+1:]
	}
	return s
}

// Refused is the answer of a guest that does not want to go on: a negative
// result of shard_init, shard_save or shard_load.
type Refused struct {
	Export string
	Code   int32
}

func (r *Refused) Error() string {
	return fmt.Sprintf("%s answered %d (%s)", r.Export, r.Code, abi.Code(r.Code))
}

// stop is what host functions panic with to end their guest.
type stop struct {
	kind    TrapKind
	message string
}

func (s *stop) Error() string { return s.message }

// newTrap translates wazero's error.
func newTrap(export string, err error) *Trap {
	t := &Trap{Export: export, Kind: TrapOther}
	message, stack, _ := strings.Cut(err.Error(), "\nwasm stack trace:")
	t.Stack = cleanStack(stack)
	t.Message = message
	if i := strings.LastIndex(message, "wasm error: "); i >= 0 {
		t.Message = message[i+len("wasm error: "):]
	}

	var s *stop
	var exit *sys.ExitError
	switch {
	case errors.As(err, &s):
		t.Kind, t.Message = s.kind, s.message
	case errors.As(err, &exit):
		t.Kind = TrapExit
		t.Message = fmt.Sprintf("the guest exited with code %d", exit.ExitCode())
	case strings.Contains(message, "(recovered by wazero)"):
		t.Kind = TrapHost
		t.Message = strings.TrimSuffix(message, " (recovered by wazero)")
	default:
		t.Kind = kindOf(t.Message)
	}
	return t
}

// cleanStack takes out what wazero adds: the empty name of the instance, tabs,
// and the distance by which package meter moves functions without a name.
func cleanStack(stack string) string {
	var b strings.Builder
	for line := range strings.Lines(stack) {
		line = strings.TrimPrefix(strings.TrimSpace(line), ".")
		if line == "" {
			continue
		}
		if number, found := strings.CutPrefix(line, "$"); found {
			if digits, rest, ok := strings.Cut(number, "("); ok {
				if n, err := strconv.Atoi(digits); err == nil {
					line = fmt.Sprintf("$%d(%s", n-meter.Moved, rest)
				}
			}
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// kindOf classifies by wazero's texts: its error values are internal.
func kindOf(message string) TrapKind {
	switch message {
	case "unreachable":
		return TrapUnreachable
	case "out of bounds memory access", "unaligned atomic":
		return TrapMemory
	case "stack overflow":
		return TrapStack
	case "integer divide by zero", "integer overflow", "invalid conversion to integer":
		return TrapArithmetic
	case "invalid table access", "indirect call type mismatch", "null reference":
		return TrapTable
	case "uncaught exception":
		return TrapException
	}
	return TrapOther
}
