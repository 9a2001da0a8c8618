package plugin

import (
	"time"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/internal/histogram"
)

// Status is what a plugin is doing at one moment.
type Status struct {
	Name       string
	Version    string // as its manifest says
	SHA256     string // of the running module
	Generation int
	State      State
	Since      time.Time
	Lanes      int
	Handled    uint64 // frames finished
	Failed     uint64 // attempts that trapped, timed out or returned an error
	Dropped    uint64 // frames given up, the mailbox was full
	Buried     uint64 // frames given up, they failed too often
	Delayed    uint64 // events for which a session had to wait, the mailbox was full
	Queued     int    // frames that wait in mailboxes
	Waiting    int    // frames whose handlers wait for answers
	Missed     uint64 // messages of other plugins, for want of room
	Memory     int64  // bytes of linear memory of all lanes
	LastError  error

	Calls journal.OutboxStats // of Discord's REST API

	Restarts uint64                   // guests made anew after a crash
	Latency  histogram.Snapshot       // from a frame's receipt until its effects were committed
	Metrics  map[string]effect.Metric // what the plugin reports about itself

	DeadLetters     int    // that are kept
	DeadLettersLost uint64 // that had to go for want of room, since the host was started

	Probation  time.Time   // when the newest generation, or its canary, has passed it; zero: it has
	Failures   int         // of the newest generation during its probation
	Kept       int         // the generation that would run again; 0: none is kept
	Canary     int         // lanes that are on generation Newest already; 0: all
	Newest     int         // the generation on probation
	RolledBack *RolledBack // the generation that had to go back last, if none has come since
}

// Status returns a snapshot.
func (p *Plugin) Status() Status {
	p.mu.Lock()
	s := Status{
		Name: p.name, Version: p.gen.manifest.Version, SHA256: p.gen.info.SHA256, Generation: p.gen.number,
		State: p.state, Since: p.since, LastError: p.lastErr, RolledBack: p.back,
	}
	if t := p.trial; t != nil {
		s.Probation, s.Failures, s.Kept, s.Newest = t.until, t.failures, t.back.gen.number, t.gen.number
		if t.gen != p.gen {
			s.Canary = t.gen.spec.Reload.CanaryLanes
		}
	}
	p.mu.Unlock()
	s.Handled, s.Failed, s.Dropped, s.Buried, s.Delayed = p.handled.Load(), p.failed.Load(), p.dropped.Load(), p.buried.Load(), p.waited.Load()
	s.Missed = p.deps.Journal.Missed(p.name)
	s.Calls = p.ledger.Outbox.Stats()
	s.DeadLetters, s.DeadLettersLost = p.ledger.Dead.Count()
	s.Restarts, s.Latency, s.Metrics = p.restarts.Load(), p.latency.Snapshot(), p.metrics.Snapshot()
	lanes := *p.lanes.Load()
	s.Lanes = len(lanes)
	for _, l := range lanes {
		s.Queued += l.box.len()
		s.Waiting += int(l.waiting.Load())
		s.Memory += l.memory.Load()
	}
	return s
}
