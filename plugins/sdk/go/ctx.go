package sdk

import (
	"time"

	"github.com/shardhost/shardhost/abi"
)

// Ctx is what a handler acts through. Nothing that it asks for happens at once:
// when the handler has returned nil, its writes, requests and timers take
// effect together and exactly once; when it fails, none of them does and the
// host tries the event again.
//
// A Ctx belongs to its handler. A closure that runs later gets its own.
type Ctx struct {
	guest    *Guest
	worker   *worker // on which its handler runs; nil: it may not wait
	guild    ID
	shard    int
	flags    abi.Flags
	received int64
}

// Guild returns the guild of what is being handled, or 0.
func (c *Ctx) Guild() ID { return c.guild }

// Shard returns the shard that the event came from.
func (c *Ctx) Shard() int { return c.shard }

// Lane returns which of the plugin's lanes this is, from 0. Each lane is an
// instance of the plugin with its own memory; a guild always meets the same.
func (c *Ctx) Lane() int { return c.guest.setup.lane }

// Lanes returns how many lanes the plugin has.
func (c *Ctx) Lanes() int { return c.guest.setup.lanes }

// Received returns when the host received the event, or when a timer was due.
func (c *Ctx) Received() time.Time { return time.Unix(0, c.received) }

// Now returns the present time. In tests it is the test's clock.
func (c *Ctx) Now() time.Time { return c.guest.host.Now() }

// Redelivered tells whether the event was given to a handler before and that
// one failed, or the host died before it could tell.
func (c *Ctx) Redelivered() bool { return c.flags&abi.FlagRedelivered != 0 }

// Replayed tells whether Discord sent the event again after a RESUME.
func (c *Ctx) Replayed() bool { return c.flags&abi.FlagReplayed != 0 }

// Config returns the block config of the plugin's configuration.
func (c *Ctx) Config() JSON { return c.guest.setup.config }

// Secret returns a value of the block secrets, or "".
func (c *Ctx) Secret(name string) string { return c.guest.setup.secrets.Get(name).String() }

// Plugin returns the plugin's name in the configuration.
func (c *Ctx) Plugin() string { return c.guest.setup.plugin }
