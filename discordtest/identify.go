package discordtest

import (
	"encoding/json"
	"fmt"

	"github.com/shardhost/shardhost/discord"
)

// identify is what an IDENTIFY asks for, once it is known to be sound.
type identify struct {
	shard, of int
	tuple     bool
	intents   discord.Intents
	threshold int
	compress  bool
}

type identifyJSON struct {
	Token          *string          `json:"token"`
	Properties     *json.RawMessage `json:"properties"`
	Compress       bool             `json:"compress"`
	LargeThreshold *int             `json:"large_threshold"`
	Shard          *[]int           `json:"shard"`
	Presence       json.RawMessage  `json:"presence"`
	Intents        *uint64          `json:"intents"`
}

// refusal is a reason to close a connection.
type refusal struct {
	code   discord.CloseCode
	rule   Rule
	detail string
}

// parseIdentify checks an IDENTIFY against everything but the session's past.
// See https://docs.discord.com/developers/events/gateway-events#identify.
func parseIdentify(d json.RawMessage, o Options, tokenOK func(string) bool) (identify, []Violation, *refusal) {
	var j identifyJSON
	if err := json.Unmarshal(d, &j); err != nil {
		return identify{}, nil, &refusal{discord.CloseDecodeError, RulePayload, fmt.Sprintf("IDENTIFY: %v", err)}
	}
	if j.Token == nil || !tokenOK(unprefixed(*j.Token)) {
		return identify{}, nil, &refusal{discord.CloseAuthenticationFailed, RuleToken, "IDENTIFY with a wrong token"}
	}
	var minor []Violation
	id := identify{of: 1, threshold: 50, compress: j.Compress}
	if j.Properties == nil {
		minor = append(minor, Violation{Rule: RuleIdentify, Detail: "IDENTIFY without properties"})
	}
	if j.LargeThreshold != nil {
		id.threshold = *j.LargeThreshold
		if id.threshold < 50 || id.threshold > 250 {
			minor = append(minor, Violation{Rule: RuleIdentify, Detail: fmt.Sprintf("IDENTIFY with large_threshold %d: 50 to 250", id.threshold)})
			id.threshold = min(max(id.threshold, 50), 250)
		}
	}
	if j.Shard != nil {
		pair := *j.Shard
		if len(pair) != 2 || pair[1] < 1 || pair[0] < 0 || pair[0] >= pair[1] || pair[1]%o.ShardMultiple != 0 || pair[1] > maxShards {
			return identify{}, minor, &refusal{discord.CloseInvalidShard, RuleShard, fmt.Sprintf("IDENTIFY with shard %v", pair)}
		}
		id.shard, id.of, id.tuple = pair[0], pair[1], true
	}
	switch {
	case j.Intents == nil:
		return identify{}, minor, &refusal{discord.CloseInvalidIntents, RuleIntents, "IDENTIFY without intents"}
	case discord.Intents(*j.Intents)&^discord.IntentsValid != 0:
		wrong := discord.Intents(*j.Intents) &^ discord.IntentsValid
		return identify{}, minor, &refusal{discord.CloseInvalidIntents, RuleIntents, fmt.Sprintf("IDENTIFY with unknown intents %s", wrong)}
	case discord.Intents(*j.Intents)&o.DisallowedIntents != 0:
		wrong := discord.Intents(*j.Intents) & o.DisallowedIntents
		return identify{}, minor, &refusal{discord.CloseDisallowedIntents, RuleDisallowedIntents, fmt.Sprintf("IDENTIFY with %s, which is not switched on", wrong)}
	}
	id.intents = discord.Intents(*j.Intents)
	return id, minor, nil
}

// maxShards bounds what one IDENTIFY can make the server allocate.
const maxShards = 1 << 16
