package effect

import (
	"encoding/json"
	"slices"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
)

// maxCommand is the largest gateway payload that Discord takes, less the
// envelope {"op":NN,"d":…}.
// https://docs.discord.com/developers/events/gateway#sending-events
const maxCommand = 4096 - len(`{"op":43,"d":}`)

// commandGrant is the name by which a grant allows an opcode, "" for one that
// no plugin may send.
func commandGrant(op int32) string {
	switch op {
	case abi.GatewayPresence:
		return "presence"
	case abi.GatewayVoiceState:
		return "voice"
	case abi.GatewayMembers:
		return "members"
	case abi.GatewaySoundboard:
		return "soundboard"
	case abi.GatewayChannels:
		return "channels"
	}
	return ""
}

func gatewayCommand(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	shard, op, data := int32(p[0]), int32(p[1]), bytesAt(g, p, 2)
	if r.env.Grant.Gateway == nil {
		return r.deny("gateway", `add a block "gateway" with allow = [...] to grant`)
	}
	name := commandGrant(op)
	if name == "" || shard < -1 {
		return abi.Invalid
	}
	if !slices.Contains(r.env.Grant.Gateway.Allow, name) {
		return r.deny("gateway "+name, `add "`+name+`" to allow in the block "gateway" of grant`)
	}
	if len(data) > maxCommand {
		return abi.TooBig
	}
	if !r.inFrame() || len(data) == 0 || data[0] != '{' || !json.Valid(data) {
		return abi.Invalid
	}
	if !r.room(len(data)) {
		return abi.TryAgain
	}
	if shard == -1 {
		shard = int32(r.frame().Shard)
	}
	command := &Command{Shard: int(shard), Op: int(op), Data: append([]byte(nil), data...)}
	r.record(Effect{Kind: Gateway, Command: command}, len(data))
	return abi.OK
}
