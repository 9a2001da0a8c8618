package discord

import "strconv"

// An Opcode is the kind of a gateway message.
// See https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-opcodes.
type Opcode int

// The opcodes of the gateway.
const (
	OpDispatch                Opcode = 0  // received; the only one with s and t
	OpHeartbeat               Opcode = 1  // both ways; received, it asks for one at once
	OpIdentify                Opcode = 2  // sent
	OpPresenceUpdate          Opcode = 3  // sent
	OpVoiceStateUpdate        Opcode = 4  // sent
	OpResume                  Opcode = 6  // sent
	OpReconnect               Opcode = 7  // received
	OpRequestGuildMembers     Opcode = 8  // sent; answered by GUILD_MEMBERS_CHUNK
	OpInvalidSession          Opcode = 9  // received; d tells whether it may be resumed
	OpHello                   Opcode = 10 // received; d.heartbeat_interval in milliseconds
	OpHeartbeatAck            Opcode = 11 // received
	OpRequestSoundboardSounds Opcode = 31 // sent; answered by SOUNDBOARD_SOUNDS
	OpRequestChannelInfo      Opcode = 43 // sent; answered by CHANNEL_INFO
)

func (o Opcode) String() string {
	switch o {
	case OpDispatch:
		return "dispatch"
	case OpHeartbeat:
		return "heartbeat"
	case OpIdentify:
		return "identify"
	case OpPresenceUpdate:
		return "presence update"
	case OpVoiceStateUpdate:
		return "voice state update"
	case OpResume:
		return "resume"
	case OpReconnect:
		return "reconnect"
	case OpRequestGuildMembers:
		return "request guild members"
	case OpInvalidSession:
		return "invalid session"
	case OpHello:
		return "hello"
	case OpHeartbeatAck:
		return "heartbeat ack"
	case OpRequestSoundboardSounds:
		return "request soundboard sounds"
	case OpRequestChannelInfo:
		return "request channel info"
	}
	return "opcode " + strconv.Itoa(int(o))
}
