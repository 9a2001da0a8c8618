package gateway

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// Intents is a set of gateway intents; its constants are in package discord
// and, for those who know them from here, below.
type Intents = discord.Intents

// The intents.
const (
	IntentGuilds                      = discord.IntentGuilds
	IntentGuildMembers                = discord.IntentGuildMembers
	IntentGuildModeration             = discord.IntentGuildModeration
	IntentGuildBans                   = discord.IntentGuildModeration // its name before 2023
	IntentGuildExpressions            = discord.IntentGuildExpressions
	IntentGuildEmojis                 = discord.IntentGuildExpressions // its name before 2023
	IntentGuildIntegrations           = discord.IntentGuildIntegrations
	IntentGuildWebhooks               = discord.IntentGuildWebhooks
	IntentGuildInvites                = discord.IntentGuildInvites
	IntentGuildVoiceStates            = discord.IntentGuildVoiceStates
	IntentGuildPresences              = discord.IntentGuildPresences
	IntentGuildMessages               = discord.IntentGuildMessages
	IntentGuildMessageReactions       = discord.IntentGuildMessageReactions
	IntentGuildMessageTyping          = discord.IntentGuildMessageTyping
	IntentDirectMessages              = discord.IntentDirectMessages
	IntentDirectMessageReactions      = discord.IntentDirectMessageReactions
	IntentDirectMessageTyping         = discord.IntentDirectMessageTyping
	IntentMessageContent              = discord.IntentMessageContent
	IntentGuildScheduledEvents        = discord.IntentGuildScheduledEvents
	IntentAutoModerationConfiguration = discord.IntentAutoModerationConfiguration
	IntentAutoModerationExecution     = discord.IntentAutoModerationExecution
	IntentGuildMessagePolls           = discord.IntentGuildMessagePolls
	IntentDirectMessagePolls          = discord.IntentDirectMessagePolls
)

// A Shard is a shard's id, from 0, and the number of shards it is one of.
type Shard [2]int

// DefaultShard is the only shard of an unsharded bot. It is not to be changed.
var DefaultShard = &Shard{0, 1}

// ShardID returns the shard's id.
func (s Shard) ShardID() int { return s[0] }

// NumShards returns of how many shards it is one.
func (s Shard) NumShards() int { return s[1] }

// IdentifyProperties tell Discord what connects.
type IdentifyProperties struct {
	OS      string `json:"os"`
	Browser string `json:"browser"`
	Device  string `json:"device"`
}

// IdentifyData is what IDENTIFY carries.
// See https://docs.discord.com/developers/events/gateway-events#identify.
type IdentifyData struct {
	Token          string                 `json:"token"` // with or without "Bot "
	Properties     IdentifyProperties     `json:"properties"`
	Compress       bool                   `json:"compress,omitempty"`        // payload compression; Options.Compress decides when it is set
	LargeThreshold uint                   `json:"large_threshold,omitempty"` // members, 50 to 250; 0: Discord's default, 50
	Shard          *Shard                 `json:"shard,omitempty"`           // nil: one shard for all
	Presence       *UpdatePresenceCommand `json:"presence,omitempty"`
	Intents        Intents                `json:"intents"`
}

// DefaultIdentifyData returns what a bot with that token says who wants
// nothing in particular: no intents, one shard.
func DefaultIdentifyData(token string) IdentifyData {
	return IdentifyData{
		Token:          token,
		Properties:     IdentifyProperties{OS: runtime.GOOS, Browser: "shardhost", Device: "shardhost"},
		LargeThreshold: 50,
	}
}

// SetShard sets which shard of how many this is.
func (d *IdentifyData) SetShard(id, num int) { d.Shard = &Shard{id, num} }

// AddIntents adds to the intents.
func (d *IdentifyData) AddIntents(i Intents) { d.Intents |= i }

// String leaves the token out, so that the data may be logged.
func (d IdentifyData) String() string {
	shard := d.shard()
	return fmt.Sprintf("shard %d of %d, intents %s", shard.ShardID(), shard.NumShards(), d.Intents)
}

// GoString leaves the token out as well.
func (d IdentifyData) GoString() string { return "gateway.IdentifyData{" + d.String() + "}" }

// shard returns the tuple, also where none was set.
func (d *IdentifyData) shard() Shard {
	if d.Shard == nil {
		return *DefaultShard
	}
	return *d.Shard
}

// bareToken is the token as IDENTIFY and RESUME take it. REST needs the prefix,
// so that people have it in their configuration.
func (d *IdentifyData) bareToken() string {
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(d.Token), "Bot "))
}

// An IdentifyGovernor decides when a shard may send IDENTIFY: Discord allows
// one in 5 seconds for each shard_id % max_concurrency, and 1000 a day for the
// whole bot, then it resets the token. RESUME is free and never asks.
// See https://docs.discord.com/developers/events/gateway#rate-limiting.
type IdentifyGovernor interface {
	// Acquire waits until the shard may send IDENTIFY, which it then does at
	// once. The slot is held until release is called, exactly once: with true
	// when READY came, with false when it did not. An error means that no slot
	// is held.
	Acquire(ctx context.Context, shardID int) (release func(ready bool), err error)
}

// An Identifier is who a gateway is, and who allows it to say so.
type Identifier struct {
	IdentifyData

	// Governor is asked before each IDENTIFY. Nil: one in 5 seconds for all
	// copies of this Identifier.
	Governor IdentifyGovernor `json:"-"`

	pace *pace
}

// DefaultIdentifier returns NewIdentifier of DefaultIdentifyData.
func DefaultIdentifier(token string) *Identifier {
	return NewIdentifier(DefaultIdentifyData(token))
}

// NewIdentifier returns an Identifier without a governor. Copies of it share
// the limit of one IDENTIFY in 5 seconds.
func NewIdentifier(data IdentifyData) *Identifier {
	return &Identifier{IdentifyData: data, pace: &pace{every: 5 * time.Second}}
}

// Wait waits until an IDENTIFY may be sent by someone other than a Gateway,
// which asks by itself.
func (id *Identifier) Wait(ctx context.Context) error {
	release, err := id.acquire(ctx)
	if err != nil {
		return err
	}
	release(true)
	return nil
}

func (id *Identifier) acquire(ctx context.Context) (release func(ready bool), err error) {
	if id.Governor != nil {
		shard := id.shard()
		return id.Governor.Acquire(ctx, shard.ShardID())
	}
	if id.pace != nil {
		if err := id.pace.wait(ctx); err != nil {
			return nil, err
		}
	}
	return func(bool) {}, nil
}

// A pace lets one through at a time, with a fixed distance between them.
type pace struct {
	every time.Duration

	mu   sync.Mutex
	next time.Time
}

func (p *pace) wait(ctx context.Context) error {
	p.mu.Lock()
	now := time.Now()
	mine := p.next
	if mine.Before(now) {
		mine = now
	}
	p.next = mine.Add(p.every)
	p.mu.Unlock()
	return sleep(ctx, mine.Sub(now))
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
