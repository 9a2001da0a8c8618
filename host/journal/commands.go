package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// maxCommands bounds the gateway commands of one plugin that wait for room in
// the window of one shard's connection.
const maxCommands = 256

// ErrUnsendable is wrapped by errors of sending a command that would be the same
// at each attempt.
var ErrUnsendable = errors.New("the command cannot be sent")

// Commands sends the gateway commands of one plugin, each shard's in their
// order, after the commit of the frame that asked for them. They wait for the
// connection's send window here, so that no lane does.
//
// A command stands in the store until it was sent; after a restart it is sent
// then. Whether one that was being sent when the host died has arrived is
// unknown, and it is sent again: that is harmless, because a presence and a
// voice state say how things shall be, and a request is answered by events that
// may come twice. Of the presences of one shard, and the voice states of one
// guild, only the last counts. A presence stays in the store: it is sent at each
// start, as a new session does not know it.
type Commands struct {
	journal *Journal
	plugin  string
	send    func(ctx context.Context, c effect.Command) error
	log     hclog.Logger
	ctx     context.Context
	halt    context.CancelFunc
	wg      sync.WaitGroup

	mu     sync.Mutex
	queues map[int][]*OutgoingCommand // by shard; the key exists while a sender runs
	next   uint64

	restored []*OutgoingCommand
}

// OutgoingCommand is a command and its record.
type OutgoingCommand struct {
	effect.Command
	Number uint64 `json:"n"`

	key string
}

func commandPrefix(plugin string) string { return "gateway/" + plugin + "/" }

// prepare makes the record of a command.
func (c *Commands) prepare(command effect.Command) *OutgoingCommand {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	out := &OutgoingCommand{Command: command, Number: c.next}
	out.key = commandPrefix(c.plugin) + out.slot()
	return out
}

// slot tells which command takes the place of which.
func (o *OutgoingCommand) slot() string {
	switch int32(o.Op) {
	case abi.GatewayPresence:
		return fmt.Sprintf("presence/%d", o.Shard)
	case abi.GatewayVoiceState:
		if guild, ok := voiceGuild(o.Data); ok {
			return fmt.Sprintf("voice/%d/%d", o.Shard, guild)
		}
	}
	return fmt.Sprintf("ask/%016x", o.Number)
}

func voiceGuild(data []byte) (guild uint64, ok bool) {
	var d struct {
		Guild json.RawMessage `json:"guild_id"` // mostly a string
	}
	if json.Unmarshal(data, &d) != nil {
		return 0, false
	}
	guild, err := strconv.ParseUint(strings.Trim(string(d.Guild), `"`), 10, 64)
	return guild, err == nil
}

// lasting commands stay in the store after they were sent.
func (o *OutgoingCommand) lasting() bool { return int32(o.Op) == abi.GatewayPresence }

func (o *OutgoingCommand) encode() []byte {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err) // numbers and bytes always marshal
	}
	return b
}

// OpenCommands makes the queues. What the store still holds waits for Resume.
func (j *Journal) OpenCommands(ctx context.Context, plugin string, send func(ctx context.Context, c effect.Command) error) (*Commands, error) {
	c := &Commands{
		journal: j, plugin: plugin, send: send, log: j.log.With("plugin", plugin),
		queues: map[int][]*OutgoingCommand{}, next: uint64(j.now().UnixNano()),
	}
	entries, err := j.store.List(ctx, commandPrefix(plugin), "", 0)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		out := &OutgoingCommand{key: e.Key}
		if json.Unmarshal(e.Value, out) != nil || out.Shard < 0 {
			return nil, fmt.Errorf("gateway command %q is damaged", e.Key)
		}
		c.next = max(c.next, out.Number) // the clock may have been set back
		c.restored = append(c.restored, out)
	}
	c.ctx, c.halt = context.WithCancel(context.Background())
	return c, nil
}

// Resume takes up the commands that OpenCommands found.
func (c *Commands) Resume() {
	for _, out := range c.restored {
		c.add(out)
	}
	c.restored = nil
}

func (c *Commands) add(out *OutgoingCommand) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return // it stays in the store for the next start
	}
	waiting, running := c.queues[out.Shard]
	for i := range waiting {
		if waiting[i].key == out.key { // overtaken before it was sent
			waiting[i] = out
			return
		}
	}
	switch {
	case !running:
		c.queues[out.Shard] = nil
		c.wg.Go(func() { c.sendAll(out) })
	case len(waiting) < maxCommands:
		c.queues[out.Shard] = append(waiting, out)
	default:
		c.log.Warn("gateway command dropped, too many are waiting", "shard", out.Shard, "op", out.Op, "limit", maxCommands)
		c.wg.Go(func() { c.forget(out) })
	}
}

// sendAll sends a command and those that came to wait behind it.
func (c *Commands) sendAll(out *OutgoingCommand) {
	for c.sendOne(out) {
		c.mu.Lock()
		waiting := c.queues[out.Shard]
		if len(waiting) == 0 {
			delete(c.queues, out.Shard)
			c.mu.Unlock()
			return
		}
		out, c.queues[out.Shard] = waiting[0], waiting[1:]
		c.mu.Unlock()
	}
}

// sendOne sends a command, trying until it can be: its shard may be opening. It
// is false at the end, which leaves the record for the next start.
func (c *Commands) sendOne(out *OutgoingCommand) bool {
	for pause := time.Second; ; pause = min(2*pause, time.Minute/2) {
		err := c.send(c.ctx, out.Command)
		switch {
		case c.ctx.Err() != nil && err != nil:
			return false
		case err == nil && out.lasting():
			return true
		case err != nil && !errors.Is(err, ErrUnsendable):
			c.log.Debug("gateway command not sent, trying again", "shard", out.Shard, "op", out.Op, "error", err, "pause", pause)
			timer := time.NewTimer(pause)
			select {
			case <-c.ctx.Done():
				timer.Stop()
				return false
			case <-timer.C:
			}
			continue
		case err != nil:
			c.log.Warn("gateway command not sent", "shard", out.Shard, "op", out.Op, "error", err)
		}
		c.forget(out)
		return true
	}
}

// forget removes a command's record, unless another command stands there by now.
// Where that fails the command is sent once more after the next start.
func (c *Commands) forget(out *OutgoingCommand) {
	e, err := c.journal.store.Get(c.ctx, out.key)
	if err != nil {
		return
	}
	var now OutgoingCommand
	if json.Unmarshal(e.Value, &now) != nil || now.Number != out.Number {
		return
	}
	_, err = c.journal.store.Commit(c.ctx, store.Batch{
		Checks: []store.Check{{Key: out.key, Revision: e.Revision}},
		Writes: []store.Write{{Key: out.key, Delete: true}},
	})
	if err != nil && !errors.Is(err, store.ErrConflict) && c.ctx.Err() == nil {
		c.log.Warn("sent gateway command stays in the store: it is sent again after a restart", "op", out.Op, "error", err)
	}
}

// Close stops sending and waits for the senders' end.
func (c *Commands) Close() {
	c.mu.Lock()
	c.halt()
	c.mu.Unlock()
	c.wg.Wait()
}
