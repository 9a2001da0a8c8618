package journal

import (
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/internal/histogram"
)

// OutboxStats is what an outbox does and has done since the host was started.
type OutboxStats struct {
	Waiting   int                // calls that have no answer yet
	Oldest    time.Time          // when the oldest of those was asked for; zero: there is none
	Resent    uint64             // sent again, because the host before may have died while it sent them
	Uncertain uint64             // not sent again, although nobody knows whether they took effect
	Latency   histogram.Snapshot // from the commit to the answer
}

// Stats returns a snapshot.
func (o *Outbox) Stats() OutboxStats {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := OutboxStats{Waiting: len(o.open), Resent: o.resent, Uncertain: o.uncertain, Latency: o.latency.Snapshot()}
	for out := range o.open {
		if made := time.UnixMilli(out.Made); s.Oldest.IsZero() || made.Before(s.Oldest) {
			s.Oldest = made
		}
	}
	return s
}

// closed takes note that a call is over.
func (o *Outbox) closed(out *Outgoing, status int32) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if status == int32(abi.Uncertain) {
		o.uncertain++
	}
	if _, open := o.open[out]; open {
		o.latency.Observe(o.journal.now().Sub(time.UnixMilli(out.Made)))
		delete(o.open, out)
	}
}

// sentAgain takes note that a call is sent a second time.
func (o *Outbox) sentAgain() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.resent++
}
