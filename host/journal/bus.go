package journal

import (
	"sync"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// The bus takes what plugins publish to those that hear the topic. A message is
// committed once for each of them, with the effects of the frame that has
// published it, and then stands in their inboxes.
type bus struct {
	mu    sync.Mutex
	boxes map[string]*inbox // by plugin
}

// posted is a message on its way to one plugin.
type posted struct {
	box     *inbox
	message *Message
}

// post addresses what a plugin publishes.
func (b *bus) post(from string, lane int, e *effect.Effect) (posts []posted) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, box := range b.boxes {
		m := &Message{
			Kind: abi.KindMessage, Name: e.Key, From: from, Lane: lane, Guild: e.Guild, Shard: e.Shard, Body: e.Value,
		}
		if box.admit(m) {
			posts = append(posts, posted{box, m})
		}
	}
	return posts
}

// admit numbers a message for a plugin that hears its topic and has room.
func (b *inbox) admit(m *Message) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !effect.TopicMatches(b.topics, m.Name) {
		return false
	}
	if b.count >= maxInbox || b.bytes+m.size() > maxInboxBytes {
		if b.missed++; b.missed&(b.missed-1) == 0 { // at 1, 2, 4, 8 …: loud, but no flood
			b.warn(m, b.missed)
		}
		return false
	}
	b.number(m)
	return true
}

// control numbers the host's own messages.
func (b *inbox) control(messages []*Message) (batch store.Batch, numbered []*Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range messages {
		m.Kind = abi.KindControl
		b.number(m)
		batch.Writes = append(batch.Writes, store.Write{Key: m.Key, Value: m.encode()})
	}
	return batch, messages
}

// heard makes room: a plugin has handled a message.
func (b *bus) heard(plugin string, m *Message) {
	b.mu.Lock()
	box := b.boxes[plugin]
	b.mu.Unlock()
	if box == nil || m.Key == "" {
		return
	}
	box.mu.Lock()
	defer box.mu.Unlock()
	box.count--
	box.bytes -= m.size()
}

// Missed is how many messages a plugin has missed because too many waited.
func (j *Journal) Missed(plugin string) uint64 {
	j.bus.mu.Lock()
	box := j.bus.boxes[plugin]
	j.bus.mu.Unlock()
	if box == nil {
		return 0
	}
	box.mu.Lock()
	defer box.mu.Unlock()
	return box.missed
}
