package effect

import (
	"strings"

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
	if !isTopic(name) {
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

// isTopic tells whether a message may have that topic: words of lower-case
// letters, digits, - and _ with dots between them.
func isTopic(s string) bool {
	for word := range strings.SplitSeq(s, ".") {
		if word == "" {
			return false
		}
		for _, c := range []byte(word) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// TopicMatches tells whether one of the patterns covers a topic. In a pattern *
// stands for one word, at the end for one or more.
func TopicMatches(patterns []string, topic string) bool {
	for _, pattern := range patterns {
		if topicCovers(pattern, topic) {
			return true
		}
	}
	return false
}

func topicCovers(pattern, topic string) bool {
	for {
		want, patternRest, more := strings.Cut(pattern, ".")
		have, topicRest, left := strings.Cut(topic, ".")
		switch {
		case want == "*" && !more:
			return true
		case want != "*" && want != have, more != left:
			return false
		case !more:
			return true
		}
		pattern, topic = patternRest, topicRest
	}
}
