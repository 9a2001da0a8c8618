package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"

	"github.com/shardhost/shardhost/abi"
)

// A Message is a frame that is not from Discord: published by a plugin, or a
// word of the host's own. It stands in the store until the commit of the frame
// that handles it.
type Message struct {
	Key    string   `json:"-"` // its record; "": it is not kept
	Number uint64   `json:"-"`
	Kind   abi.Kind `json:"kind"`           // abi.KindMessage or abi.KindControl
	Name   string   `json:"name"`           // the topic, or what the control frame is about
	From   string   `json:"from,omitempty"` // the plugin that has published it
	Lane   int      `json:"lane"`           // that has published it, or that a control frame is for
	Guild  uint64   `json:"guild,omitempty"`
	Shard  int      `json:"shard"`
	Body   []byte   `json:"body,omitempty"`
}

func (m *Message) encode() []byte {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings, numbers and bytes always marshal
	}
	return b
}

func (m *Message) size() int { return len(m.Name) + len(m.Body) }

// Bounds of the messages that wait for one plugin: beyond them it misses the
// newest. They are wide, because a plugin that is slow for a while should miss
// none, and they must not be the publisher's trouble.
const (
	maxInbox      = 10_000
	maxInboxBytes = 64 << 20
)

// An inbox holds what waits for one plugin.
type inbox struct {
	plugin string
	warn   func(m *Message, missed uint64)

	mu      sync.Mutex
	topics  []string // patterns that it hears
	next    uint64
	count   int // that are committed and not handled
	bytes   int
	missed  uint64
	waiting []*Message     // while receive is nil
	receive func(*Message) // nil: the plugin does not run yet
}

func inboxPrefix(plugin string) string { return "in/" + plugin + "/" }

// number gives a message its place.
func (b *inbox) number(m *Message) {
	b.next++
	m.Number = b.next
	m.Key = fmt.Sprintf("%s%016x", inboxPrefix(b.plugin), b.next)
}

// deliver hands a committed message on.
func (b *inbox) deliver(m *Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count++
	b.bytes += m.size()
	if b.receive == nil {
		b.waiting = append(b.waiting, m)
		return
	}
	b.receive(m)
}

// Hear says which topics a plugin hears from now on, and reads what the store
// holds for it when it is the first to. Messages wait until Receive.
func (j *Journal) Hear(ctx context.Context, plugin string, topics []string) error {
	j.bus.mu.Lock()
	defer j.bus.mu.Unlock()
	b := j.bus.boxes[plugin]
	if b == nil {
		var err error
		if b, err = j.openInbox(ctx, plugin); err != nil {
			return fmt.Errorf("messages of plugin %q: %w", plugin, err)
		}
		j.bus.boxes[plugin] = b
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.topics = topics
	return nil
}

func (j *Journal) openInbox(ctx context.Context, plugin string) (*inbox, error) {
	b := &inbox{plugin: plugin, next: uint64(j.now().UnixNano()), warn: func(m *Message, missed uint64) {
		j.log.Warn("message missed, too many wait", "plugin", plugin, "topic", m.Name, "from", m.From, "missed", missed,
			"change", "make its handler faster, or publish less")
	}}
	prefix := inboxPrefix(plugin)
	for after := ""; ; {
		entries, err := j.store.List(ctx, prefix, after, 500)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			after = e.Key
			m := &Message{Key: e.Key}
			if err := json.Unmarshal(e.Value, m); err != nil || m.Lane < 0 || (m.Kind != abi.KindMessage && m.Kind != abi.KindControl) {
				return nil, fmt.Errorf("record %q is no message; the store's file is damaged", e.Key)
			}
			if m.Number, err = strconv.ParseUint(e.Key[len(prefix):], 16, 64); err != nil {
				return nil, fmt.Errorf("record %q has no number in its key; the store's file is damaged", e.Key)
			}
			b.next = max(b.next, m.Number) // the clock may have been set back
			b.count++
			b.bytes += m.size()
			b.waiting = append(b.waiting, m)
		}
		if len(entries) < 500 {
			return b, nil
		}
	}
}

// Receive begins to hand a plugin its messages, those that wait first. receive
// must not block, nor call the journal.
func (j *Journal) Receive(plugin string, receive func(*Message)) {
	j.bus.mu.Lock()
	b := j.bus.boxes[plugin]
	j.bus.mu.Unlock()
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.waiting {
		receive(m)
	}
	b.waiting, b.receive = nil, receive
}

// Leave ends Hear: what is published from now on is not kept for the plugin.
func (j *Journal) Leave(plugin string) {
	j.bus.mu.Lock()
	defer j.bus.mu.Unlock()
	delete(j.bus.boxes, plugin)
}

// Tell keeps a control frame for a lane of a plugin that hears.
func (j *Journal) Tell(ctx context.Context, plugin string, messages ...*Message) error {
	j.bus.mu.Lock()
	b := j.bus.boxes[plugin]
	j.bus.mu.Unlock()
	if b == nil {
		return fmt.Errorf("plugin %q does not run", plugin)
	}
	batch, posts := b.control(messages)
	if _, err := j.store.Commit(ctx, batch); err != nil {
		return err
	}
	for _, m := range posts {
		b.deliver(m)
	}
	return nil
}
