package wasm

import "time"

// sleep waits for d, but not beyond the deadline of the call.
func (g *Guest) sleep(d time.Duration) {
	if left := time.Until(g.deadline); d > left {
		d = left
	}
	if d > 0 {
		time.Sleep(d)
	}
	g.check()
}

// spend charges the guest for work that a host function did for it, about a
// nanosecond a unit, so that no chain of host calls outlives the deadline.
func (g *Guest) spend(units int) {
	const slice = 50_000
	if g.spent += units; g.spent >= slice {
		g.spent = 0
		g.check()
	}
}

// check ends the guest when its time is over.
func (g *Guest) check() {
	if !g.deadline.IsZero() && time.Now().After(g.deadline) {
		panic(&stop{TrapDeadline, "it ran longer than its deadline of " + g.limit.String()})
	}
}
