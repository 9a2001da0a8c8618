package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// A stream is what one connection is served: gateway messages as Discord writes
// them, in the mix of a busy bot, the same for every client.
type stream struct {
	messages [][]byte
	creates  int   // MESSAGE_CREATEs among them
	bytes    int64 // of JSON
}

// newStream makes n events: MESSAGE_CREATE 55 %, PRESENCE_UPDATE 25 %,
// TYPING_START 15 %, MESSAGE_UPDATE 4.5 %, GUILD_CREATE of 60 KB 0.5 %.
func newStream(n int, seed uint64) *stream {
	r := rand.New(rand.NewPCG(seed, 0))
	s := &stream{}
	guild := largeGuild(r)
	for seq := 2; len(s.messages) < n; seq++ {
		name, d := "MESSAGE_CREATE", []byte(nil)
		switch p := r.IntN(1000); {
		case p < 550:
			d = message(r)
			s.creates++
		case p < 800:
			name, d = "PRESENCE_UPDATE", presence(r)
		case p < 950:
			name, d = "TYPING_START", typing(r)
		case p < 995:
			name, d = "MESSAGE_UPDATE", message(r)
		default:
			name, d = "GUILD_CREATE", guild
		}
		m := fmt.Appendf(nil, `{"t":%q,"s":%d,"op":0,"d":%s}`, name, seq, d)
		s.messages = append(s.messages, m)
		s.bytes += int64(len(m))
	}
	return s
}

func snowflake(r *rand.Rand) string {
	return fmt.Sprint(200000000000000000 + r.Int64N(900000000000000000))
}

var vocabulary = []string{"the", "raid", "starts", "at", "nine", "who", "brings", "snacks", "again", "lol", "no", "way", "that", "was", "close", "🎉", "patch", "notes"}

func text(r *rand.Rand, words int) string {
	var b bytes.Buffer
	for range words {
		b.WriteString(vocabulary[r.IntN(len(vocabulary))] + " ")
	}
	return b.String()
}

func object(v map[string]any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func user(r *rand.Rand) map[string]any {
	return map[string]any{
		"username": "user" + snowflake(r)[:6], "public_flags": 0, "id": snowflake(r), "global_name": nil, "discriminator": "0",
		"clan": nil, "avatar_decoration_data": nil, "avatar": "0123456789abcdef0123456789abcdef",
	}
}

func message(r *rand.Rand) []byte {
	return object(map[string]any{
		"type": 0, "tts": false, "timestamp": "2026-11-01T12:34:56.789000+00:00", "pinned": false, "nonce": snowflake(r),
		"mentions": []any{}, "mention_roles": []any{}, "mention_everyone": false,
		"member": map[string]any{
			"roles": []string{snowflake(r), snowflake(r), snowflake(r), snowflake(r)}, "premium_since": nil, "pending": false, "nick": nil,
			"mute": false, "joined_at": "2021-03-04T05:06:07.000000+00:00", "flags": 0, "deaf": false,
			"communication_disabled_until": nil, "avatar": nil,
		},
		"id": snowflake(r), "flags": 0, "embeds": []any{}, "edited_timestamp": nil, "content": text(r, 3+r.IntN(40)),
		"components": []any{}, "channel_id": snowflake(r), "author": user(r), "attachments": []any{}, "guild_id": snowflake(r),
	})
}

func presence(r *rand.Rand) []byte {
	return object(map[string]any{
		"user": map[string]any{"id": snowflake(r)}, "status": "online", "guild_id": snowflake(r),
		"client_status": map[string]any{"desktop": "online"},
		"activities": []any{map[string]any{
			"type": 0, "timestamps": map[string]any{"start": 1760000000000}, "name": "A game", "id": "abcdef0123456789",
			"details": text(r, 6), "created_at": 1760000000123, "application_id": snowflake(r),
		}},
	})
}

func typing(r *rand.Rand) []byte {
	return object(map[string]any{
		"user_id": snowflake(r), "timestamp": 1760000000, "guild_id": snowflake(r), "channel_id": snowflake(r),
		"member": map[string]any{"user": user(r), "roles": []string{snowflake(r)}, "joined_at": "2021-03-04T05:06:07.000000+00:00", "deaf": false, "mute": false, "flags": 0},
	})
}

// largeGuild is a GUILD_CREATE of about 60 KB.
func largeGuild(r *rand.Rand) []byte {
	var members, channels, roles []any
	for range 120 {
		members = append(members, map[string]any{"user": user(r), "roles": []string{snowflake(r), snowflake(r)}, "joined_at": "2021-03-04T05:06:07.000000+00:00", "deaf": false, "mute": false, "flags": 0})
	}
	for i := range 60 {
		channels = append(channels, map[string]any{"id": snowflake(r), "type": 0, "name": text(r, 2), "position": i, "topic": text(r, 8), "permission_overwrites": []any{}, "rate_limit_per_user": 0})
	}
	for i := range 30 {
		roles = append(roles, map[string]any{"id": snowflake(r), "name": text(r, 2), "position": i, "permissions": "104324673", "color": 0, "hoist": false, "managed": false, "mentionable": false, "flags": 0, "colors": map[string]any{"primary_color": 0, "secondary_color": nil, "tertiary_color": nil}})
	}
	return object(map[string]any{
		"id": snowflake(r), "name": "A large guild", "owner_id": snowflake(r), "joined_at": "2021-03-04T05:06:07.000000+00:00", "large": true,
		"member_count": 12000, "members": members, "channels": channels, "roles": roles, "presences": []any{}, "voice_states": []any{},
		"threads": []any{}, "emojis": []any{}, "stickers": []any{}, "features": []any{}, "stage_instances": []any{}, "guild_scheduled_events": []any{},
		"soundboard_sounds": []any{}, "verification_level": 1, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
		"premium_tier": 0, "nsfw_level": 0, "preferred_locale": "en-US", "afk_timeout": 300, "system_channel_flags": 0, "premium_progress_bar_enabled": false, "unavailable": false,
	})
}
