package shard

import (
	"context"
	"strings"
	"time"

	"github.com/shardhost/shardhost/gateway"
)

// keepInterval is how often a manager looks after its shards.
const keepInterval = time.Second

// startLocked begins what runs while the manager is open.
func (m *Manager) startLocked(life context.Context) {
	m.living = life
	m.goLocked(m.keep)
	m.goLocked(m.watchGrowth)
	if m.wanted {
		m.wanted, m.rescaling = false, true
		m.goLocked(m.rescale)
	}
}

// goLocked runs something that ends with this life; Close waits for it.
func (m *Manager) goLocked(f func(context.Context)) {
	life := m.living
	m.running.Go(func() { f(life) })
}

// keep looks after the shards until the life ends.
func (m *Manager) keep(life context.Context) {
	ticker := time.NewTicker(keepInterval)
	defer ticker.Stop()
	told := make(map[Shard]bool)
	quiet := make(map[int]string)
	for beat := 1; ; beat++ {
		select {
		case <-ticker.C:
		case <-life.Done():
			return
		}
		m.tellFailures(told)
		m.checkpoint(life, stateHeld)
		m.watchHandover()
		if beat%silenceEvery == 0 {
			m.tellSilence(quiet)
		}
	}
}

// silenceEvery is after how many looks at the shards it is looked who is silent.
const silenceEvery = 60

// tellSilence reports shards that have fallen silent, or of which events of a
// kind have stopped: known sessions get them again only after a new IDENTIFY,
// which a person has to decide. told is what was said last.
func (m *Manager) tellSilence(told map[int]string) {
	for _, s := range m.Status() {
		said := strings.Join(s.Silent, " ")
		if s.Stalled {
			said = "all"
		}
		if !s.InCharge || told[s.Shard] == said {
			continue
		}
		told[s.Shard] = said
		if said != "" {
			m.log.Warn("a shard has fallen silent, although others are not; a new session may help: `run --fresh`", "shard", s.Shard, "events", said, "last_event", s.LastEvent)
		}
	}
}

// tellFailures reports shards that have ended for good, each once.
func (m *Manager) tellFailures(told map[Shard]bool) {
	for _, member := range m.members(nil) {
		err := failure(member.shard)
		if err == nil {
			delete(told, member.shard)
			continue
		}
		if told[member.shard] || shardingRequired(err) { // that one rescales
			continue
		}
		told[member.shard] = true
		m.log.Error("a shard has ended for good; the others go on", "shard", member.id, "error", err)
		if m.opts.OnFailure != nil {
			// Not waited for: it may close the manager.
			go m.opts.OnFailure(member.id, err)
		}
	}
}

// A member is a shard of a generation.
type member struct {
	id    int
	shard Shard
}

// members returns the shards of a generation; nil is the one in charge.
func (m *Manager) members(g *generation) []member {
	m.mu.Lock()
	defer m.mu.Unlock()
	if g == nil {
		g = m.current
	}
	members := make([]member, len(g.states))
	for i := range g.states {
		s := g.states[i]
		members[i] = member{s.ID.Shard.ShardID(), s.Shard}
	}
	return members
}

// failure returns why a shard has ended for good, nil when it has not or cannot
// say.
func failure(s Shard) error {
	reporter, ok := s.(interface {
		Status() gateway.Status
		Err() error
	})
	if !ok {
		return nil
	}
	err := reporter.Err() // costs less than Status, and this is asked of all shards every second
	if err == nil || reporter.Status().State != gateway.StateFailed {
		return nil
	}
	return err
}
