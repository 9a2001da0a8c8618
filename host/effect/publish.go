package effect

import (
	"slices"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
)

// Bounds of a message to other plugins, in bytes.
const (
	maxTopic   = 200
	maxMessage = 256 << 10
)

func publish(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	topic, body := bytesAt(g, p, 0), bytesAt(g, p, 2)
	if r.env.Grant.Bus == nil {
		return r.deny("bus", `add a block "bus" with publish = ["TOPIC"] to grant`)
	}
	if len(topic) > maxTopic || len(body) > maxMessage {
		return abi.TooBig
	}
	name := string(topic)
	if !abi.ValidTopic(name) {
		return abi.Invalid
	}
	if !TopicMatches(r.env.Grant.Bus.Publish, name) {
		return r.deny("bus "+name, `add "`+name+`" to publish in the block "bus" of grant`)
	}
	if !r.inFrame() {
		return abi.Invalid
	}
	if !r.room(len(name) + len(body)) {
		return abi.TryAgain
	}
	f := r.frame()
	r.record(Effect{Kind: Publish, Key: name, Value: append([]byte(nil), body...), Guild: f.Guild, Shard: f.Shard}, len(name)+len(body))
	return abi.OK
}

// TopicMatches tells whether one of the patterns covers a topic.
func TopicMatches(patterns []string, topic string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return abi.TopicMatches(p, topic) })
}
