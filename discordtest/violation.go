package discordtest

import (
	"time"
)

// A Rule names something that a client of Discord must or must not do.
type Rule string

// The rules whose breach is recorded. docs/sim.md explains each.
const (
	RuleVersion           Rule = "gateway-version"      // the gateway URL says no v, or one that does not exist
	RulePayloadSize       Rule = "payload-size"         // a message of more than 4096 bytes
	RulePayload           Rule = "payload"              // a message that is not {"op":number,"d":…}, or a d of the wrong shape
	RuleOpcode            Rule = "opcode"               // an opcode that bots do not send
	RuleSendRate          Rule = "send-rate"            // more than 120 messages in 60 s on a connection
	RulePresenceRate      Rule = "presence-rate"        // more than 5 presence updates in 20 s on a connection
	RuleHeartbeatMissing  Rule = "heartbeat-missing"    // no heartbeat in one and a half intervals
	RuleHeartbeatSequence Rule = "heartbeat-sequence"   // a heartbeat with a sequence never sent, or lower than an earlier one
	RuleNotIdentified     Rule = "not-identified"       // a command before IDENTIFY or RESUME
	RuleIdentifiedTwice   Rule = "identified-twice"     // IDENTIFY or RESUME on an identified connection
	RuleToken             Rule = "token"                // a wrong token, on the gateway or over REST
	RuleIdentify          Rule = "identify"             // an IDENTIFY without properties, or with a large_threshold out of range
	RuleIdentifyRate      Rule = "identify-rate"        // two IDENTIFYs of one key in 5 s
	RuleIdentifyBudget    Rule = "identify-budget"      // more IDENTIFYs than a day has
	RuleShard             Rule = "shard"                // a shard id or number that cannot be
	RuleIntents           Rule = "intents"              // intents missing, or a bit that is not an intent
	RuleDisallowedIntents Rule = "disallowed-intents"   // a privileged intent that is not switched on
	RuleResumeSequence    Rule = "resume-sequence"      // RESUME with a sequence never sent
	RuleResumeURL         Rule = "resume-url"           // RESUME on another address than resume_gateway_url
	RuleWrongShard        Rule = "wrong-shard"          // a command about a guild of another shard
	RuleMembersRate       Rule = "members-rate"         // the full member list of a guild twice in 30 s
	RuleNonce             Rule = "nonce"                // a member request's nonce of more than 32 bytes
	RuleUserAgent         Rule = "user-agent"           // REST without User-Agent: DiscordBot (url, version)
	RuleContentType       Rule = "content-type"         // REST with a body and no usable Content-Type
	RuleRateLimit         Rule = "rate-limit"           // REST beyond a limit that the headers announced
	RuleGlobalLimit       Rule = "global-limit"         // REST beyond the global limit
	RuleInvalidRequests   Rule = "invalid-requests"     // REST until banned: too many answers 401, 403, 429
	RuleInteraction       Rule = "interaction-deadline" // an interaction not answered in 3 s
)

// A Violation is one breach of a rule by a client.
type Violation struct {
	Number  int       `json:"n"` // counts from 1
	Time    time.Time `json:"time"`
	Rule    Rule      `json:"rule"`
	Detail  string    `json:"detail"`
	Session string    `json:"session,omitempty"` // of the connection, if it has one
	Shard   int       `json:"shard"`             // -1: not known, or not about a shard
}

func (c *conn) violation(rule Rule, detail string) Violation {
	v := Violation{Rule: rule, Detail: detail, Shard: -1}
	if s := c.session; s != nil {
		v.Session, v.Shard = s.id, s.shard
	}
	return v
}

// violationLimit is how many violations are kept; more are only counted.
const violationLimit = 10000
