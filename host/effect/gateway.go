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

// commandGrants are the names by which a grant allows an opcode.
var commandGrants = map[int32]string{
	abi.GatewayPresence:   "presence",
	abi.GatewayVoiceState: "voice",
	abi.GatewayMembers:    "members",
	abi.GatewaySoundboard: "soundboard",
	abi.GatewayChannels:   "channels",
}

func gatewayCommand(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	shard, op, data := int32(p[0]), int32(p[1]), bytesAt(g, p, 2)
	if r.env.Grant.Gateway == nil {
		return r.deny("gateway", `add a block "gateway" with allow = [...] to grant`)
	}
	name, known := commandGrants[op]
	if !known || shard < -1 {
		return abi.Invalid
	}
	if !slices.Contains(r.env.Grant.Gateway.Allow, name) {
		return r.deny("gateway "+name, `add "`+name+`" to allow in the block "gateway" of grant`)
	}
	if len(data) > maxCommand {
		return abi.TooBig
	}
	if !r.inFrame() || !json.Valid(data) {
		return abi.Invalid
	}
	if shard == -1 {
		shard = int32(r.frame().Shard)
	}
	r.record(Effect{Kind: Gateway, Command: &Command{Shard: int(shard), Op: int(op), Data: append([]byte(nil), data...)}})
	return abi.OK
}
