package plugin

import (
	"errors"
	"fmt"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
)

// located adds to an error of a guest which limit of the configuration was in
// the way, and where it stands.
func (gen *generation) located(err error, memory int64) error {
	var trap *wasm.Trap
	limit := ""
	switch {
	case errors.Is(err, wasm.ErrMemory):
		limit = "limits.memory"
	case !errors.As(err, &trap):
	case trap.Kind == wasm.TrapInstructions:
		limit = "limits.instructions"
	case trap.Kind == wasm.TrapDeadline && trap.Export == abi.ExportBatch:
		limit = "limits.deadline"
	case trap.Kind == wasm.TrapDeadline:
		limit = "limits.init"
	case memory > gen.spec.Limits.Memory*9/10:
		// Most guests give up in a way of their own when they get no more.
		limit = "limits.memory"
	}
	if limit == "" {
		return err
	}
	at := gen.spec.Line(limit)
	if limit == "limits.memory" {
		return fmt.Errorf("%w (%d of %d bytes of memory are in use: %s%s)", err, memory, gen.spec.Limits.Memory, at.Prefix(), limit)
	}
	return fmt.Errorf("%w (%s%s)", err, at.Prefix(), limit)
}
