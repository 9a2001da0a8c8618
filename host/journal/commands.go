package journal

import (
	"context"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/effect"
)

// maxCommands bounds the gateway commands of one plugin that wait for room in
// the connection's window.
const maxCommands = 256

// Commands sends the gateway commands of one plugin in their order, after the
// commit of the frame that asked for them. They wait for the connection's send
// window here, so that no lane does. They are not kept over a restart: a new
// session makes presence and voice state void, and member requests are asked
// again by whoever missed the answer.
type Commands struct {
	send func(ctx context.Context, c effect.Command) error
	log  hclog.Logger
	ctx  context.Context
	halt context.CancelFunc
	wg   sync.WaitGroup
	work chan effect.Command
}

// OpenCommands starts the sender.
func (j *Journal) OpenCommands(plugin string, send func(ctx context.Context, c effect.Command) error) *Commands {
	c := &Commands{send: send, log: j.log.With("plugin", plugin), work: make(chan effect.Command, maxCommands)}
	c.ctx, c.halt = context.WithCancel(context.Background())
	c.wg.Go(c.run)
	return c
}

func (c *Commands) run() {
	for {
		select {
		case <-c.ctx.Done():
			return
		case command := <-c.work:
			if err := c.send(c.ctx, command); err != nil && c.ctx.Err() == nil {
				c.log.Warn("gateway command not sent", "shard", command.Shard, "op", command.Op, "error", err)
			}
		}
	}
}

func (c *Commands) add(command effect.Command) {
	select {
	case c.work <- command:
	default:
		c.log.Warn("gateway command dropped, too many are waiting", "shard", command.Shard, "op", command.Op, "limit", maxCommands)
	}
}

// Close stops sending and waits for the sender's end.
func (c *Commands) Close() {
	c.halt()
	c.wg.Wait()
}
