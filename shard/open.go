package shard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
)

// Open opens all shards, together and as fast as the limits allow, and returns
// when all are open. When one fails it closes those that had been opened and
// returns that one's error. When Discord demands more shards meanwhile, Open
// asks how many and begins again with those.
//
// Close ends an Open under way, which then returns ErrClosed. After a failure
// and after Close, Open may be called again.
func (m *Manager) Open(ctx context.Context) error {
	m.mu.Lock()
	if m.closing {
		m.mu.Unlock()
		return ErrClosed
	}
	if m.life != lifeIdle {
		m.mu.Unlock()
		return ErrAlreadyOpen
	}
	opening, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	living, end := context.WithCancel(context.Background())
	m.life, m.over = lifeOpening, make(chan struct{})
	m.cancel = func() { stop(ErrClosed); end() }
	m.mu.Unlock()

	err := m.openCurrent(opening)

	m.mu.Lock()
	if err != nil || m.closing {
		m.mu.Unlock()
		if err == nil { // Close came at the last moment
			err = errors.Join(ErrClosed, m.closeGeneration(m.current, Shard.Close))
		}
		m.release()
		m.mu.Lock()
	}
	if err != nil {
		m.life = lifeIdle
		close(m.over)
		m.mu.Unlock()
		end()
		return err
	}
	m.life = lifeOpen
	g := m.current
	m.startLocked(living)
	m.mu.Unlock()
	if m.sessions != nil {
		if err := m.sessions.putInCharge(living, g, time.Now()); err != nil {
			m.log.Error("a restart may begin new sessions", "error", err)
		}
	}
	return nil
}

// maxRecounts is how often one Open lets Discord change its mind about the
// number of shards.
const maxRecounts = 3

// openCurrent opens the current generation, or one of as many shards as Discord
// demands.
func (m *Manager) openCurrent(ctx context.Context) error {
	need := changeIfOther
	for recounts := 0; ; recounts++ {
		m.mu.Lock()
		wanted, g := m.wanted, m.current
		m.wanted = false
		m.mu.Unlock()
		if wanted {
			next, err := m.prepare(ctx, 0, need, nil)
			if err != nil {
				return err
			}
			if next != nil {
				m.mu.Lock()
				m.current = next
				m.mu.Unlock()
				m.serve(next.of)
				g = next
			}
		}
		err := m.openGeneration(ctx, g, Shard.Close)
		if err == nil || !shardingRequired(err) || recounts == maxRecounts || context.Cause(ctx) != nil {
			return err
		}
		m.log.Warn("Discord demands more shards; asking how many", "shards", g.of, "error", err)
		need = changeToMore
		m.mu.Lock()
		m.wanted = true
		m.mu.Unlock()
	}
}

// shardingRequired reports whether a shard could not be opened because there
// are too few of them.
func shardingRequired(err error) bool {
	var closed *gateway.CloseError
	return errors.As(err, &closed) && closed.Code == discord.CloseShardingRequired
}

// release stores the last positions of shards that have been closed.
func (m *Manager) release() {
	ctx, cancel := context.WithTimeout(context.Background(), saveLimit)
	defer cancel()
	m.checkpoint(ctx, stateFree)
}

// Close closes all shards so that their sessions survive, if they can, and stops
// an Open or a rescale under way. It attempts all and returns what went wrong
// with any. A manager that is not open is left as it is.
func (m *Manager) Close() error {
	m.mu.Lock()
	if m.life == lifeIdle {
		m.mu.Unlock()
		return nil
	}
	over := m.over
	first := !m.closing
	m.closing = true
	opening := m.life == lifeOpening
	m.cancel()
	m.mu.Unlock()
	if !first || opening {
		<-over // whoever was first, or Open, closes the shards
		if first {
			m.mu.Lock()
			m.closing = false
			m.mu.Unlock()
		}
		return nil
	}
	m.running.Wait()
	err := m.closeGeneration(m.current, Shard.Close)
	m.release()
	m.mu.Lock()
	m.life, m.closing = lifeIdle, false
	m.wanted = false
	client := m.client
	close(over)
	m.mu.Unlock()
	if client != nil {
		client.Close()
	}
	if err != nil {
		return fmt.Errorf("shard: close: %w", err)
	}
	return nil
}
