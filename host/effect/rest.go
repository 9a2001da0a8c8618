package effect

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
)

// Bounds of a request, in bytes.
const (
	maxRequest = 1 << 20 // the document
	maxPath    = 2048
)

// restDocument is abi.RestRequest with its body.
type restDocument struct {
	abi.RestRequest
	Body json.RawMessage `json:"body"`
}

func restCall(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	tag, document := p[0], bytesAt(g, p, 1)
	if r.env.Grant.Discord == nil {
		return r.deny("discord", `add a block "discord" with allow = ["METHOD /route"] to grant`)
	}
	if len(document) > maxRequest {
		return abi.TooBig
	}
	if !r.inFrame() {
		return abi.Invalid
	}
	call, parts, code := parseCall(document)
	if code != abi.OK {
		return code
	}
	if guilds := r.env.Grant.Discord.Guilds; guilds != nil {
		if outside, found := foreignGuild(guilds, r.frame().Guild, parts); found {
			return r.deny("discord "+outside, `add the guild to guilds in the block "discord" of grant`)
		}
	}
	if !allowed(r.env.Grant.Discord.Allow, call.Method, parts) {
		route := pattern(call.Method, call.Path)
		return r.deny("discord "+route, `add "`+route+`" to allow in the block "discord" of grant`)
	}
	return r.call(call, tag, len(document))
}

// call takes note of a call that is granted. size is that of its document.
func (r *Recorder) call(call *Call, tag uint64, size int) abi.Code {
	if call.Await {
		return r.ask(call, tag, size)
	}
	if !r.room(size) || !r.fly() {
		return abi.TryAgain
	}
	f := r.frame()
	call.Tag, call.Guild, call.Shard, call.Asker = tag, f.Guild, f.Shard, r.lane.Guest
	r.record(Effect{Kind: Rest, Tag: tag, Call: call, Asker: r.lane.Guest}, size)
	return abi.OK
}

// fly counts one more call that is under way.
func (r *Recorder) fly() bool {
	if r.lane.Inflight.Load() >= int64(r.env.Limits.Inflight) {
		r.limit("limits.inflight", "wait for answers before asking for more, or raise inflight in the block \"limits\"")
		return false
	}
	r.lane.Inflight.Add(1)
	return true
}

// parseCall reads a request document. The call shares no memory with it.
func parseCall(document []byte) (call *Call, path []string, code abi.Code) {
	var d restDocument
	if !utf8.Valid(document) || json.Unmarshal(document, &d) != nil {
		return nil, nil, abi.Invalid
	}
	switch d.Method {
	case "GET", "POST", "PUT", "PATCH", "DELETE":
	default:
		return nil, nil, abi.Invalid
	}
	switch d.OnUncertain {
	case "", "fail", "resend":
	default:
		return nil, nil, abi.Invalid
	}
	path, ok := segments(d.Path)
	if !ok {
		return nil, nil, abi.Invalid
	}
	if len(d.Context) > abi.MaxContext || len(d.Path) > maxPath {
		return nil, nil, abi.TooBig
	}
	if string(d.Body) == "null" {
		d.Body = nil
	}
	return &Call{
		Method: d.Method, Path: d.Path, Body: d.Body, Reason: d.Reason, Context: d.Context,
		Resend: d.OnUncertain == "resend", Await: d.Await,
	}, path, abi.OK
}

func restCancel(r *Recorder, _ *wasm.Guest, p []uint64) abi.Code {
	if r.env.Grant.Discord == nil && r.env.Grant.HTTP == nil {
		return r.deny("discord", `add a block "discord" with allow = ["METHOD /route"] to grant`)
	}
	if !r.inFrame() || p[0] == 0 {
		return abi.Invalid
	}
	if !r.room(0) {
		return abi.TryAgain
	}
	r.record(Effect{Kind: Cancel, Tag: p[0]}, 0)
	return abi.OK
}
