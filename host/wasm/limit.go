package wasm

import (
	"context"
	"fmt"
	"time"

	"github.com/shardhost/shardhost/host/wasm/meter"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// The guest's own code lowers a counter, see package meter. When that has run
// dry, refill looks at the clock and gives so many units that it will be called
// again after about this time. It is how long the garbage collector may have to
// wait for a guest that never calls the host.
const refillEvery = 100 * time.Microsecond

// Bounds of one refill, in units of package meter.
const (
	refillFirst = 20_000
	refillLeast = 1_000
	refillMost  = 400_000
)

// allowance is what a guest may still use in the running call.
type allowance struct {
	limit    time.Duration // of the call, for messages
	deadline time.Duration // since the guest was born
	units    int64         // left, beyond what is granted
	most     int64         // units of the call, for messages

	granted int64         // given to the counter by the last refill
	at      time.Duration // of the last refill
	quantum int64         // to grant next
	spent   int           // nanoseconds or so of host functions since the last look at the clock
}

// now is the time since the guest was born.
func (g *Guest) now() time.Duration { return time.Since(g.born) }

// allow begins the allowance of a call.
func (g *Guest) allow(limit time.Duration, units int64) {
	now := g.now()
	g.limit, g.deadline = limit, now+limit
	g.units, g.most = units, units
	g.at, g.spent, g.began = now, 0, now
}

// Extend begins the limits of the running call anew: a host function calls it
// when the guest has finished one frame of a batch and goes on to the next.
func (g *Guest) Extend(limit time.Duration) {
	g.limit, g.deadline = limit, g.now()+limit
	g.units = g.most
}

// ran is the time since the allowance began.
func (g *Guest) ran() time.Duration { return g.now() - (g.deadline - g.limit) }

// refill is the function that a guest calls when its counter has run dry. left
// is the counter, which is negative: so much was used beyond what was granted.
// stack is what is left of the native stack.
func (g *Guest) refill(left, stack int64) int64 {
	if stack < 0 {
		panic(&stop{TrapStack, "its calls were nested too deep"})
	}
	g.units -= g.granted - left
	if g.units < 0 {
		g.granted = 0
		panic(&stop{TrapInstructions, fmt.Sprintf("it used more than %d instructions", g.most)})
	}
	now := g.look()
	// Aim at the same time between refills, however fast the code is.
	if took := now - g.at; took > 2*refillEvery {
		g.quantum = max(g.quantum/2, refillLeast)
	} else if took < refillEvery/2 {
		g.quantum = min(g.quantum*2, refillMost)
	}
	g.at = now
	if now-g.began > longCall {
		g.at = g.giveWay(now)
	}
	g.granted = g.quantum
	return g.quantum
}

// look ends the guest when its time is over.
func (g *Guest) look() time.Duration {
	now := g.now()
	if now > g.deadline {
		panic(&stop{TrapDeadline, fmt.Sprintf("it ran longer than its deadline of %v", g.limit)})
	}
	return now
}

// sleep waits for d, but not beyond the deadline of the call.
func (g *Guest) sleep(d time.Duration) {
	if g.time != nil {
		g.time.Now = g.time.Now.Add(min(d, time.Hour))
		g.look()
		return
	}
	g.endTurn()
	time.Sleep(min(d, g.deadline-g.now()))
	g.look()
}

// spend charges the guest for work that a host function did for it, about a
// nanosecond a unit, so that no chain of host calls outlives the deadline, or
// holds a core that others want.
func (g *Guest) spend(units int) {
	if g.spent += units; g.spent < int(refillEvery) {
		return
	}
	g.spent = 0
	if now := g.look(); now-g.began > longCall {
		g.at = g.giveWay(now)
	}
}

// linkMeter offers refill to the guests of a runtime.
func linkMeter(ctx context.Context, r wazero.Runtime) error {
	i64 := []api.ValueType{api.ValueTypeI64}
	refill := func(g *Guest, stack []uint64) { stack[0] = uint64(g.refill(int64(stack[0]), int64(stack[1]))) }
	_, err := r.NewHostModuleBuilder(meter.Module).NewFunctionBuilder().
		WithGoModuleFunction(hostCall(refill), append(i64, i64...), i64).Export(meter.Refill).Instantiate(ctx)
	return err
}
