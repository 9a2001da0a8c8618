package admin

import "time"

// FormatVersion is the version of the JSON form of Status and ReloadReport.
// Keys are added without a new version; a key that goes or changes its meaning
// makes a new one.
const FormatVersion = 1

// Status is what a host is doing at one moment: the answer of /v1/status and
// of `shardhost status --json`.
type Status struct {
	FormatVersion int        `json:"format_version"` // filled in by the server
	Version       string     `json:"version"`        // of the host
	PID           int        `json:"pid"`
	Started       time.Time  `json:"started"`
	Ready         bool       `json:"ready"`            // as /readyz answers; filled in by the server
	Reason        string     `json:"reason,omitempty"` // why not ready; filled in by the server
	Shards        []Shard    `json:"shards"`           // by id
	Plugins       []Plugin   `json:"plugins"`          // in the order of the configuration
	Identifies    Identifies `json:"identifies"`
}

// Shard is one gateway session.
type Shard struct {
	ID         int       `json:"id"`
	Of         int       `json:"of"`                // shards of its generation
	State      string    `json:"state"`             // dialing, awaiting hello, identifying, resuming, ready, closed
	Session    string    `json:"session"`           // "": none; of no use to anyone without the token
	Sequence   int64     `json:"sequence"`          // the last one received; -1: none yet
	Position   int64     `json:"position"`          // up to which every plugin has finished; -1: none yet
	LatencyMS  float64   `json:"latency_ms"`        // of the last heartbeat; 0: none answered yet
	Guilds     int       `json:"guilds"`            // -1: not known, because the session was resumed
	Events     uint64    `json:"events"`            // received since the host started
	Identifies uint64    `json:"identifies"`        // sent since the host started
	Resumes    uint64    `json:"resumes"`           // sent since the host started
	Generation uint64    `json:"generation"`        // of shards: another count, another generation
	InCharge   bool      `json:"in_charge"`         // its generation serves; else it is being opened beside that
	Silent     []string  `json:"silent,omitempty"`  // events that used to come and have not for long
	Stalled    bool      `json:"stalled,omitempty"` // nothing comes, although other shards have events
	LastFrame  time.Time `json:"last_frame,omitzero"`
	Since      time.Time `json:"since,omitzero"`
	LastError  string    `json:"last_error,omitempty"`
}

// Plugin is one plugin with its running generation.
type Plugin struct {
	Name       string `json:"name"`
	Version    string `json:"version,omitempty"` // as its manifest says
	SHA256     string `json:"sha256,omitempty"`  // of the running module, lower-case hex
	Generation uint64 `json:"generation"`        // from 1; every swap counts
	State      string `json:"state"`             // e.g. running, resting after failures, stopped, disabled
	Lanes      int    `json:"lanes"`
	Handled    uint64 `json:"handled"` // frames finished
	Failed     uint64 `json:"failed"`  // attempts that trapped, timed out or returned an error
	Dropped    uint64 `json:"dropped"` // frames given up, the mailbox was full
	Buried     uint64 `json:"buried"`  // frames that became dead letters
	Queued     int    `json:"queued"`  // frames waiting in mailboxes now
	Memory     int64  `json:"memory"`  // bytes of linear memory of all lanes

	DeadLetters     int    `json:"dead_letters"`                // frames that failed too often and are kept
	DeadLettersLost uint64 `json:"dead_letters_lost,omitempty"` // those that had to go for want of room, since the host was started

	// How long half of the frames took at most, and 99 of 100, from their receipt
	// until what they did was kept, as far as a histogram tells; 0: none yet.
	P50MS float64 `json:"p50_ms,omitempty"`
	P99MS float64 `json:"p99_ms,omitempty"`

	Since     time.Time `json:"since,omitzero"`
	LastError string    `json:"last_error,omitempty"`

	Probation  *Probation `json:"probation,omitempty"`
	RolledBack *Rollback  `json:"rolled_back,omitempty"` // the newest generation, if that had to go back
}

// StateDisabled is the state of a plugin that an operator has stopped: see
// DisableRequest. It has no generation, and all its counts are 0.
const StateDisabled = "disabled"

// Identifies is the budget of new sessions: a bot that spends more than Limit
// in a day loses its token.
// https://discord.com/developers/docs/events/gateway#rate-limiting-session-start-limit-object
type Identifies struct {
	Used    int       `json:"used"`  // in the running period, by every process with this token
	Limit   int       `json:"limit"` // 0: not known yet
	ResetAt time.Time `json:"reset_at,omitzero"`
}
