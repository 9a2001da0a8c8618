package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// Members is the whole answer to a member request, as Discord wrote it.
type Members struct {
	Members   []json.RawMessage
	Presences []json.RawMessage // if the request asked for them
	NotFound  []json.RawMessage // ids without a member
}

// A memberRequest collects the chunks of one answer.
type memberRequest struct {
	guild discord.GuildID

	// Under Gateway.mu.
	answer Members
	chunks []bool // by index: it came
	left   int
	again  time.Duration // how long to pause before asking again
	denied bool          // by RATE_LIMITED, since it was sent last

	done  chan struct{} // closed when all chunks came
	retry chan struct{} // the request is to be sent again: it was refused, or its session is gone
}

// RequestMembers asks for members of a guild of this shard and collects the
// chunks of the answer, which reach the sink as well. It repeats the request
// when Discord answers that it came too soon, and after a new session. A nonce
// is made if there is none; it must not be in use.
//
// The error is that of Send, or of ctx: an answer that was lost with a
// connection does not come any more, so ctx should have a deadline.
func (g *Gateway) RequestMembers(ctx context.Context, command RequestGuildMembersCommand) (Members, error) {
	if command.Nonce == "" {
		command.Nonce = "g" + strconv.FormatUint(g.counters.nonces.Add(1), 36) + "." + strconv.FormatInt(time.Now().UnixNano(), 36)
	}
	r := &memberRequest{guild: command.GuildID, done: make(chan struct{}), retry: make(chan struct{}, 1)}
	g.mu.Lock()
	if g.requests[command.Nonce] != nil {
		g.mu.Unlock()
		return Members{}, g.fault(fmt.Errorf("%w: nonce %q is in use by another member request", ErrBadCommand, command.Nonce))
	}
	g.requests[command.Nonce] = r
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		delete(g.requests, command.Nonce)
		g.mu.Unlock()
	}()
	for {
		session, err := g.send(ctx, discord.OpRequestGuildMembers, command)
		if err != nil {
			return Members{}, err
		}
		g.mu.Lock()
		if !r.denied && g.sessions == session {
			select {
			case <-r.retry: // of a session that began before the request was sent
			default:
			}
		}
		g.mu.Unlock()
		select {
		case <-r.done:
			return r.answer, nil
		case <-r.retry:
			g.mu.Lock()
			pause := r.again
			r.again, r.denied, r.answer, r.chunks = 0, false, Members{}, nil
			g.mu.Unlock()
			if err := sleep(ctx, pause); err != nil {
				return Members{}, g.fault(fmt.Errorf("members of guild %d: %w", command.GuildID, err))
			}
		case <-g.Done():
			return Members{}, g.fault(ErrClosed)
		case <-ctx.Done():
			return Members{}, g.fault(fmt.Errorf("members of guild %d: %w", command.GuildID, ctx.Err()))
		}
	}
}

// memberChunk takes in GUILD_MEMBERS_CHUNK.
func (g *Gateway) memberChunk(e *Event) {
	g.mu.Lock()
	waiting := len(g.requests) > 0
	g.mu.Unlock()
	if !waiting {
		return
	}
	var chunk struct {
		Nonce     string            `json:"nonce"`
		Index     int               `json:"chunk_index"`
		Count     int               `json:"chunk_count"`
		Members   []json.RawMessage `json:"members"`
		Presences []json.RawMessage `json:"presences"`
		NotFound  []json.RawMessage `json:"not_found"`
	}
	if err := json.Unmarshal(e.Data, &chunk); err != nil {
		g.log.Warn("chunk of members cannot be read", "error", err)
		return
	}
	chunk.Count = max(chunk.Count, 1) // a service that does not cut answers may not count
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.requests[chunk.Nonce]
	if r == nil || r.guild != e.Guild || chunk.Index < 0 || chunk.Index >= chunk.Count {
		return
	}
	if r.chunks == nil {
		const most = 1 << 16 // of 1000 members each
		if chunk.Count > most {
			return
		}
		r.chunks, r.left = make([]bool, chunk.Count), chunk.Count
	}
	if chunk.Index >= len(r.chunks) || r.chunks[chunk.Index] {
		return
	}
	r.chunks[chunk.Index] = true
	r.answer.Members = append(r.answer.Members, chunk.Members...)
	r.answer.Presences = append(r.answer.Presences, chunk.Presences...)
	r.answer.NotFound = append(r.answer.NotFound, chunk.NotFound...)
	if r.left--; r.left == 0 {
		close(r.done)
	}
}

// rateLimited takes in RATE_LIMITED: a command was refused and may be repeated.
// See https://docs.discord.com/developers/events/gateway-events#rate-limited.
func (g *Gateway) rateLimited(e *Event) {
	var limited struct {
		Opcode     discord.Opcode `json:"opcode"`
		RetryAfter float64        `json:"retry_after"` // seconds
		Meta       struct {
			Nonce string `json:"nonce"`
		} `json:"meta"`
	}
	if err := json.Unmarshal(e.Data, &limited); err != nil {
		g.log.Warn("RATE_LIMITED cannot be read", "error", err)
		return
	}
	after := time.Duration(min(max(limited.RetryAfter, 0), 3600) * float64(time.Second))
	g.log.Warn("a command was refused because it came too soon", "command", limited.Opcode, "guild", uint64(e.Guild), "again_in", after)
	if limited.Opcode != discord.OpRequestGuildMembers {
		return
	}
	g.pacing.postpone(e.Guild, after)
	g.mu.Lock()
	defer g.mu.Unlock()
	if r := g.requests[limited.Meta.Nonce]; r != nil {
		r.denied = true
		r.repeatLocked(after)
	}
}

// repeatRequestsLocked sends all member requests again, because a session has
// begun: the one that was to answer them is gone.
func (g *Gateway) repeatRequestsLocked() {
	g.sessions++
	for _, r := range g.requests {
		r.repeatLocked(0)
	}
}

func (r *memberRequest) repeatLocked(after time.Duration) {
	r.again = after
	select {
	case r.retry <- struct{}{}:
	default:
	}
}
