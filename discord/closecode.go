package discord

import "strconv"

// A CloseCode is the websocket close code with which a gateway connection
// ended, 0 when it ended without one.
// See https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes.
type CloseCode int

// Close codes that a gateway connection may end with.
const (
	CloseNone                 CloseCode = 0    // the connection broke, or was dropped
	CloseNormal               CloseCode = 1000 // sent by us it ends the session
	CloseGoingAway            CloseCode = 1001 // sent by us it ends the session
	CloseNoStatus             CloseCode = 1005 // a close frame without a code
	CloseAbnormal             CloseCode = 1006 // no close frame
	CloseInternalError        CloseCode = 1011
	CloseServiceRestart       CloseCode = 1012
	CloseTryAgainLater        CloseCode = 1013
	CloseUnknownError         CloseCode = 4000
	CloseUnknownOpcode        CloseCode = 4001
	CloseDecodeError          CloseCode = 4002
	CloseNotAuthenticated     CloseCode = 4003
	CloseAuthenticationFailed CloseCode = 4004
	CloseAlreadyAuthenticated CloseCode = 4005
	CloseInvalidSequence      CloseCode = 4007
	CloseRateLimited          CloseCode = 4008
	CloseSessionTimedOut      CloseCode = 4009
	CloseInvalidShard         CloseCode = 4010
	CloseShardingRequired     CloseCode = 4011
	CloseInvalidAPIVersion    CloseCode = 4012
	CloseInvalidIntents       CloseCode = 4013
	CloseDisallowedIntents    CloseCode = 4014
)

// A CloseAction is what has to follow a close.
type CloseAction uint8

// The answers to a close.
const (
	ActionResume   CloseAction = iota // the session is or may be kept: connect and RESUME
	ActionIdentify                    // the session is gone: connect and IDENTIFY
	ActionStop                        // connecting again as we are would be refused again
)

func (a CloseAction) String() string {
	switch a {
	case ActionResume:
		return "resume"
	case ActionIdentify:
		return "identify"
	case ActionStop:
		return "stop"
	}
	return "action " + strconv.Itoa(int(a))
}

// portal is where an application's owner finds its token and intents.
const portal = "https://discord.com/developers/applications"

// closeFact is what is known about a code.
type closeFact struct {
	name   string
	action CloseAction
	remedy string // what a person can do; "" where the host deals with it alone
}

func (c CloseCode) fact() closeFact {
	switch c {
	case CloseNone, CloseNoStatus, CloseAbnormal:
		return closeFact{"connection lost", ActionResume, ""}
	case CloseNormal:
		return closeFact{"normal closure", ActionResume, ""}
	case CloseGoingAway:
		return closeFact{"going away", ActionResume, ""}
	case CloseInternalError:
		return closeFact{"internal server error", ActionResume, ""}
	case CloseServiceRestart:
		return closeFact{"service restart", ActionResume, ""}
	case CloseTryAgainLater:
		return closeFact{"try again later", ActionResume, ""}
	case CloseUnknownError:
		return closeFact{"unknown error", ActionResume, ""}
	case CloseUnknownOpcode:
		return closeFact{"unknown opcode", ActionResume, "a command that was sent is not known to this service: look at the last gateway commands of the plugins"}
	case CloseDecodeError:
		return closeFact{"decode error", ActionResume, "a command that was sent was not understood, or is longer than 4096 bytes: look at the last gateway commands of the plugins"}
	case CloseNotAuthenticated:
		return closeFact{"not authenticated", ActionIdentify, ""}
	case CloseAuthenticationFailed:
		return closeFact{"authentication failed", ActionStop, "the token was refused: copy the current one from " + portal + " (page Bot) to where the configuration takes it from; Discord resets a token that identified 1000 times in a day or was published"}
	case CloseAlreadyAuthenticated:
		return closeFact{"already authenticated", ActionResume, ""}
	case CloseInvalidSequence:
		return closeFact{"invalid sequence", ActionIdentify, ""}
	case CloseRateLimited:
		return closeFact{"rate limited", ActionResume, "more than 120 messages were sent in 60 seconds on one connection: look for another process that uses the same session"}
	case CloseSessionTimedOut:
		return closeFact{"session timed out", ActionIdentify, ""}
	case CloseInvalidShard:
		return closeFact{"invalid shard", ActionStop, "the shard id or count was refused: set gateway { shards { count = \"auto\" } }; a bot in more than 150,000 guilds needs a multiple of the number that Discord assigned to it"}
	case CloseShardingRequired:
		return closeFact{"sharding required", ActionStop, "a session may not have more than 2500 guilds: raise the count in gateway { shards { } } or set it to \"auto\""}
	case CloseInvalidAPIVersion:
		return closeFact{"invalid API version", ActionStop, "the service does not speak version 10 of the gateway: update the host, or look at discord { api { base_url } }"}
	case CloseInvalidIntents:
		return closeFact{"invalid intents", ActionStop, "an intent is not known to this service: look at discord { intents }"}
	case CloseDisallowedIntents:
		return closeFact{"disallowed intents", ActionStop, "a privileged intent is not enabled for this application: switch it on at " + portal + " (page Bot, Privileged Gateway Intents), or take it out of discord { intents, allow_privileged }"}
	}
	return closeFact{"close code " + strconv.Itoa(int(c)), ActionResume, ""}
}

// Name returns a few lower-case words. An unknown code has its number.
func (c CloseCode) Name() string { return c.fact().name }

// String returns number and name.
func (c CloseCode) String() string {
	name := c.Name()
	if c == CloseNone || name == "close code "+strconv.Itoa(int(c)) {
		return name
	}
	return strconv.Itoa(int(c)) + " " + name
}

// Action returns what has to follow. A code that nobody documented is taken as
// resumable: if the session is gone, an invalid session answers the RESUME.
func (c CloseCode) Action() CloseAction { return c.fact().action }

// Resumable tells whether the session may go on.
func (c CloseCode) Resumable() bool { return c.Action() == ActionResume }

// NeedsIdentify tells whether the session is gone, and a new one possible.
func (c CloseCode) NeedsIdentify() bool { return c.Action() == ActionIdentify }

// Fatal tells whether connecting again as we are is useless. Of these only
// CloseShardingRequired can be mended by the host itself, with more shards.
func (c CloseCode) Fatal() bool { return c.Action() == ActionStop }

// EndsSession tells whether the session ends when we send this code.
func (c CloseCode) EndsSession() bool { return c == CloseNormal || c == CloseGoingAway }

// Remedy says what a person can do, or is empty where nothing is to be done.
func (c CloseCode) Remedy() string { return c.fact().remedy }
