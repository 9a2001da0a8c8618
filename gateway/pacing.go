package gateway

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// memberPause is how far apart requests for all members of one guild must be;
// one that comes sooner is answered by RATE_LIMITED.
// See https://docs.discord.com/developers/events/gateway-events#request-guild-members.
const memberPause = 31 * time.Second // a second more than Discord's, as in window

// pacing holds the limits that commands have besides those of a connection.
// They outlive it.
type pacing struct {
	presenceTurn chan struct{} // held while a presence waits and is sent

	mu       sync.Mutex
	presence window
	members  map[discord.GuildID]time.Time // when all members may be requested again
}

func newPacing() *pacing {
	return &pacing{
		presenceTurn: make(chan struct{}, 1),
		presence:     window{limit: presenceLimit, span: presenceSpan},
		members:      make(map[discord.GuildID]time.Time),
	}
}

// admit waits until the command's own limit allows it. done is called when it
// was sent, or was not.
func (p *pacing) admit(ctx context.Context, cmd command) (done func(), err error) {
	switch cmd.op {
	case discord.OpPresenceUpdate:
		return p.admitPresence(ctx)
	case discord.OpRequestGuildMembers:
		if guild, all := wantsAllMembers(cmd.body); all {
			return func() {}, sleep(ctx, p.reserve(guild))
		}
	}
	return func() {}, nil
}

func (p *pacing) admitPresence(ctx context.Context) (done func(), err error) {
	select {
	case p.presenceTurn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	wait := p.presence.wait(time.Now(), false)
	p.mu.Unlock()
	if err := sleep(ctx, wait); err != nil {
		<-p.presenceTurn
		return nil, err
	}
	return func() {
		p.mu.Lock()
		p.presence.add(time.Now())
		p.mu.Unlock()
		<-p.presenceTurn
	}, nil
}

// reserve takes the next moment at which all members of a guild may be
// requested, and returns how far away it is.
func (p *pacing) reserve(guild discord.GuildID) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	for other, at := range p.members {
		if at.Before(now) {
			delete(p.members, other)
		}
	}
	at := now
	if next, ok := p.members[guild]; ok {
		at = next
	}
	p.members[guild] = at.Add(memberPause)
	return at.Sub(now)
}

// postpone takes in what a RATE_LIMITED says.
func (p *pacing) postpone(guild discord.GuildID, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := time.Now().Add(d); at.After(p.members[guild]) {
		p.members[guild] = at
	}
}

// wantsAllMembers tells whether a member request is for a whole guild.
func wantsAllMembers(body []byte) (guild discord.GuildID, all bool) {
	var request struct {
		Guild   json.RawMessage `json:"guild_id"`
		Query   *string         `json:"query"`
		Limit   int             `json:"limit"`
		UserIDs json.RawMessage `json:"user_ids"`
	}
	if json.Unmarshal(body, &request) != nil || request.Query == nil || *request.Query != "" || request.Limit != 0 || request.UserIDs != nil {
		return 0, false
	}
	return snowflake(request.Guild, 0, len(request.Guild)), true
}
