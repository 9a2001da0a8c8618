package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// A wire is where gateway commands go.
type wire struct {
	mu   sync.Mutex
	sent []string
	fail func(c effect.Command) error // nil: nothing fails
	free chan struct{}                // not nil: each command waits for it
}

func (w *wire) send(ctx context.Context, c effect.Command) error {
	if w.free != nil {
		select {
		case <-w.free:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		if err := w.fail(c); err != nil {
			return err
		}
	}
	w.sent = append(w.sent, fmt.Sprintf("%d %d %s", c.Shard, c.Op, c.Data))
	return nil
}

func (w *wire) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	sent := w.sent
	w.sent = nil
	return sent
}

// A commander is a plugin that asks for gateway commands.
type commander struct {
	t       *testing.T
	store   store.Store
	wire    *wire
	log     strings.Builder
	journal *Journal
	ledger  *Ledger
}

func newCommander(t *testing.T) *commander {
	c := &commander{t: t, store: store.NewMemory(), wire: &wire{}}
	c.journal, c.ledger = newLedger(t, c.store)
	c.start()
	t.Cleanup(func() { c.ledger.Commands.Close() })
	return c
}

// start is the host's start.
func (c *commander) start() {
	c.t.Helper()
	c.ledger.Commands.Close()
	j := New(c.store, hclog.New(&hclog.LoggerOptions{Output: &c.log}), time.Now)
	var err error
	if c.ledger.Commands, err = j.OpenCommands(context.Background(), "p", c.wire.send); err != nil {
		c.t.Fatal(err)
	}
	c.ledger.Commands.Resume()
	synctest.Wait()
}

func (c *commander) ask(commands ...effect.Command) {
	c.t.Helper()
	var effects []effect.Effect
	for i := range commands {
		effects = append(effects, effect.Effect{Kind: effect.Gateway, Command: &commands[i]})
	}
	if err := c.journal.Commit(context.Background(), c.ledger.record(effects...)); err != nil {
		c.t.Fatal(err)
	}
	synctest.Wait()
}

func (c *commander) wantSent(want ...string) {
	c.t.Helper()
	got := c.wire.take()
	slices.SortStableFunc(got, func(a, b string) int { return strings.Compare(a[:1], b[:1]) }) // between shards there is no order
	if !slices.Equal(got, want) {
		c.t.Errorf("sent %q, want %q", got, want)
	}
}

func (c *commander) wantLeft(want ...string) {
	c.t.Helper()
	entries, err := c.store.List(context.Background(), "gateway/p/", "", 0)
	if err != nil {
		c.t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, strings.TrimPrefix(e.Key, "gateway/p/"))
	}
	if !slices.Equal(got, want) {
		c.t.Errorf("in the store are %q, want %q", got, want)
	}
}

func presence(shard int, status string) effect.Command {
	return effect.Command{Shard: shard, Op: int(abi.GatewayPresence), Data: []byte(status)}
}

func voice(guild, channel string) effect.Command {
	return effect.Command{Op: int(abi.GatewayVoiceState), Data: []byte(`{"guild_id":"` + guild + `","channel_id":"` + channel + `"}`)}
}

func members(query string) effect.Command {
	return effect.Command{Op: int(abi.GatewayMembers), Data: []byte(query)}
}

func TestCommandsSurvive(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(c *commander)
		sent []string
		left []string
	}{
		{"sent once, and no more", func(c *commander) {
			c.ask(members("a"), voice("5", "6"))
			c.wantSent("0 8 a", `0 4 {"guild_id":"5","channel_id":"6"}`)
			c.start()
		}, nil, nil},
		{"a presence is sent at each start", func(c *commander) {
			c.ask(presence(0, "idle"))
			c.ask(presence(0, "dnd"))
			c.ask(presence(1, "online"))
			c.wantSent("0 3 idle", "0 3 dnd", "1 3 online")
			c.start()
		}, []string{"0 3 dnd", "1 3 online"}, []string{"presence/0", "presence/1"}},
		{"what was not sent is sent at the next start, in order", func(c *commander) {
			c.wire.free = make(chan struct{})
			c.ask(members("a"))
			c.ask(members("b"), voice("5", "6"), members("c"))
			c.ledger.Commands.Close()
			c.wantSent()
			c.wire.free = nil
			c.start()
		}, []string{"0 8 a", "0 8 b", "0 8 c", `0 4 {"guild_id":"5","channel_id":"6"}`}, nil},
		{"the last voice state of a guild counts", func(c *commander) {
			c.wire.free = make(chan struct{})
			c.ask(members("first"))
			c.ask(voice("5", "6"), voice("7", "8"))
			c.ask(voice("5", "9"))
			close(c.wire.free)
		}, []string{"0 8 first", `0 4 {"guild_id":"5","channel_id":"9"}`, `0 4 {"guild_id":"7","channel_id":"8"}`}, nil},
		{"overtaken while it is sent", func(c *commander) {
			c.wire.free = make(chan struct{})
			c.ask(voice("5", "6"))
			c.ask(voice("5", "9"))
			c.wire.free <- struct{}{}
			synctest.Wait()
			c.ledger.Commands.Close()
			c.wantSent(`0 4 {"guild_id":"5","channel_id":"6"}`)
			c.wire.free = nil
			c.start()
		}, []string{`0 4 {"guild_id":"5","channel_id":"9"}`}, nil},
		{"a shard that is not open yet", func(c *commander) {
			opens := time.Now().Add(time.Minute)
			c.wire.fail = func(effect.Command) error {
				if time.Now().Before(opens) {
					return errors.New("no shard is open yet")
				}
				return nil
			}
			c.ask(members("a"))
			time.Sleep(2 * time.Minute)
		}, []string{"0 8 a"}, nil},
		{"what can never be sent is let go", func(c *commander) {
			c.wire.fail = func(c effect.Command) error {
				if string(c.Data) == "bad" {
					return fmt.Errorf("%w: too long", ErrUnsendable)
				}
				return nil
			}
			c.ask(members("bad"), members("good"))
		}, []string{"0 8 good"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cmd := newCommander(t)
				c.do(cmd)
				synctest.Wait()
				cmd.wantSent(c.sent...)
				cmd.wantLeft(c.left...)
				cmd.ledger.Commands.Close()
			})
		})
	}
}

// One shard whose connection is away holds up nobody else, and not without end.
func TestCommandsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCommander(t)
		c.wire.free = make(chan struct{})
		for i := range maxCommands + 10 {
			c.ask(members(fmt.Sprint(i)))
		}
		if n := strings.Count(c.log.String(), "too many are waiting"); n != 9 {
			t.Errorf("%d were dropped, want 9:\n%s", n, c.log.String())
		}
		close(c.wire.free)
		synctest.Wait()
		sent := c.wire.take()
		if len(sent) != maxCommands+1 || sent[0] != "0 8 0" || sent[maxCommands] != fmt.Sprintf("0 8 %d", maxCommands) {
			t.Errorf("%d were sent, from %q to %q", len(sent), sent[0], sent[len(sent)-1])
		}
		c.wantLeft()
		c.ledger.Commands.Close()
	})
}
