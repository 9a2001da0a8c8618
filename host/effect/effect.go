package effect

import "time"

// Kind says which capability an Effect belongs to.
type Kind uint8

const (
	KVPut    Kind = iota + 1 // Key, Value, Expires, Checked, Revision, Grow
	KVDelete                 // Key, Grow
	KVAdd                    // Key, Delta, Grow
	TimerSet                 // Tag, Due, Period, Keep, Guild, Shard
	TimerOff                 // Tag
	Rest                     // Tag, Call, also of the web
	Cancel                   // Tag
	Gateway                  // Command
	Publish                  // Key (the topic), Value, Guild, Shard
)

// Effect is one thing that a frame asked for.
type Effect struct {
	Frame int // index of the frame in its batch
	Kind  Kind
	Of    *Parked // whose handler asked for it, where that is not the frame itself

	Key      string
	Value    []byte
	Expires  time.Time // zero: never
	Checked  bool      // KVPut only if the key still has Revision
	Revision uint64    // 0: the key must not exist
	Delta    int64
	Grow     int64 // bytes by which the namespace will grow as far as the handler knows, reserved of the quota

	Tag    uint64
	Due    time.Time
	Period time.Duration // 0: once
	Keep   bool          // TimerSet from shard_init: a timer with this tag and period runs on undisturbed
	Asker  uint64        // TimerSet, Rest: the guest that asked, see Lane.Guest
	Guild  uint64        // TimerSet, Publish: of the frame that asked
	Shard  int

	Call    *Call
	Command *Command
}

// Call is one request on its way through the outbox: of Discord's REST API, or of
// the web where it has a URL.
type Call struct {
	Method  string            `json:"method"`
	Path    string            `json:"path,omitempty"`
	URL     string            `json:"url,omitempty"`
	Headers map[string]string `json:"headers,omitempty"` // of the web
	Body    []byte            `json:"body,omitempty"`    // JSON; of the web any
	Reason  string            `json:"reason,omitempty"`
	Context string            `json:"context,omitempty"`
	Tag     uint64            `json:"tag,omitempty"` // 0: nobody waits for the answer
	Guild   uint64            `json:"guild,omitempty"`
	Shard   int               `json:"shard"`
	Asker   uint64            `json:"-"`                // the guest that asked, see Lane.Guest; 0: before the host was started
	Resend  bool              `json:"resend,omitempty"` // on_uncertain = "resend"
	Await   bool              `json:"-"`                // its handler waits for the answer, see Parked
}

// Command is one gateway command.
type Command struct {
	Shard int    `json:"shard"`
	Op    int    `json:"op"`
	Data  []byte `json:"data"` // d as JSON
}
