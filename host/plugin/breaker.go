package plugin

import (
	"sync"
	"time"

	"github.com/shardhost/shardhost/host/config"
)

// longestBackoff bounds the pause before a lane's next guest.
const longestBackoff = 30 * time.Second

// A breaker counts the crashes of a plugin's guests, all lanes together, and
// says how long to wait before the next one is made. After failure.max crashes
// within failure.within the plugin rests for that time; then one crash more
// is enough to make it rest again, until a whole period has passed without one.
type breaker struct {
	now func() time.Time

	mu      sync.Mutex
	policy  config.Failure
	crashes []time.Time
}

func (b *breaker) configure(p config.Failure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.policy = p
	b.crashes = nil
}

// crash takes note of one and returns the pause; rest is true when the plugin
// has begun to rest with it.
func (b *breaker) crash() (pause time.Duration, rest bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	kept := b.crashes[:0]
	for _, t := range b.crashes {
		if now.Sub(t) < b.policy.Within {
			kept = append(kept, t)
		}
	}
	b.crashes = append(kept, now)
	if len(b.crashes) >= b.policy.Max {
		rested := now.Add(b.policy.Within)
		// Half open afterwards: all but one of the crashes stay counted.
		b.crashes = b.crashes[:0]
		for range b.policy.Max - 1 {
			b.crashes = append(b.crashes, rested)
		}
		return b.policy.Within, true
	}
	if len(b.crashes) == 1 {
		return 0, false // the first one may be bad luck
	}
	pause = b.policy.Backoff
	for range len(b.crashes) - 2 {
		pause = min(2*pause, longestBackoff)
	}
	return pause, false
}
