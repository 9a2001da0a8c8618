package wasm

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi/conformance"
)

// TestGuestLetsTheWorldStop stops the world, as the garbage collector does, while
// a guest spins until its deadline. A guest that cannot be stopped would make it
// wait for the deadline, which itself would not be noticed. The bound is far
// above what it takes, because a busy machine must not break it.
func TestGuestLetsTheWorldStop(t *testing.T) {
	const deadline, most = time.Second, 250 * time.Millisecond
	g := instantiate(t, compile(t, newEngine(t, Options{}), conformance.Spin(), ModuleConfig{Name: "spin", Instructions: 1 << 50}), GuestConfig{})
	ended := make(chan error)
	go func() {
		_, err := batch(g, deadline, "x")
		ended <- err
	}()
	var worst time.Duration
	var stats runtime.MemStats
	stops := 0
	for tick := time.NewTicker(time.Millisecond); ; stops++ {
		select {
		case err := <-ended:
			tick.Stop()
			if trap, ok := errors.AsType[*Trap](err); !ok || trap.Kind != TrapDeadline {
				t.Errorf("the guest ended with %v, want its deadline", err)
			}
			if stops < 10 || worst > most {
				t.Errorf("the world stopped %d times, and once it took %v, want no more than %v", stops, worst, most)
			}
			return
		case <-tick.C:
			began := time.Now()
			runtime.ReadMemStats(&stats)
			worst = max(worst, time.Since(began))
		}
	}
}
