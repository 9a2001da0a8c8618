package journal

import (
	"context"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/effect"
)

// maxCommands bounds the gateway commands of one plugin that wait for room in
// the window of one shard's connection.
const maxCommands = 256

// Commands sends the gateway commands of one plugin, each shard's in their
// order, after the commit of the frame that asked for them. They wait for the
// connection's send window here, so that no lane does. They are not kept over a
// restart: a new session makes presence and voice state void, and member
// requests are asked again by whoever missed the answer.
type Commands struct {
	send func(ctx context.Context, c effect.Command) error
	log  hclog.Logger
	ctx  context.Context
	halt context.CancelFunc
	wg   sync.WaitGroup

	mu     sync.Mutex
	queues map[int][]effect.Command // by shard; the key exists while a sender runs
}

// OpenCommands makes the queues.
func (j *Journal) OpenCommands(plugin string, send func(ctx context.Context, c effect.Command) error) *Commands {
	c := &Commands{send: send, log: j.log.With("plugin", plugin), queues: map[int][]effect.Command{}}
	c.ctx, c.halt = context.WithCancel(context.Background())
	return c
}

func (c *Commands) add(command effect.Command) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return
	}
	waiting, running := c.queues[command.Shard]
	switch {
	case !running:
		c.queues[command.Shard] = nil
		c.wg.Go(func() { c.sendAll(command) })
	case len(waiting) < maxCommands:
		c.queues[command.Shard] = append(waiting, command)
	default:
		c.log.Warn("gateway command dropped, too many are waiting", "shard", command.Shard, "op", command.Op, "limit", maxCommands)
	}
}

// sendAll sends a command and those that came to wait behind it.
func (c *Commands) sendAll(command effect.Command) {
	for {
		if err := c.send(c.ctx, command); err != nil && c.ctx.Err() == nil {
			c.log.Warn("gateway command not sent", "shard", command.Shard, "op", command.Op, "error", err)
		}
		c.mu.Lock()
		waiting := c.queues[command.Shard]
		if len(waiting) == 0 || c.ctx.Err() != nil {
			delete(c.queues, command.Shard)
			c.mu.Unlock()
			return
		}
		command, c.queues[command.Shard] = waiting[0], waiting[1:]
		c.mu.Unlock()
	}
}

// Close stops sending and waits for the senders' end.
func (c *Commands) Close() {
	c.mu.Lock()
	c.halt()
	c.mu.Unlock()
	c.wg.Wait()
}
