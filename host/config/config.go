package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Config is a whole configuration, decoded and checked: every path is
// absolute, every duration and size a number, every default filled in.
type Config struct {
	Dir     string // directory of the first file: relative paths start here
	Host    Host
	Log     Log
	Discord Discord
	Gateway Gateway
	Plugins []Plugin // in the order of the files
	Admin   Admin
	Metrics Metrics
	Tracing Tracing
	Store   Store

	Files []File // that it was read from
}

// File is one file of a configuration as it was when it was read. Secrets that
// it spells out are masked.
type File struct {
	Name string // as it was given, or found in a folder
	Text string
}

// Location is a place in a configuration file, for messages.
type Location struct {
	File string
	Line int
}

// Prefix is "FILE:LINE: " before a message, or nothing for the zero Location.
func (l Location) Prefix() string {
	if l.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", l.File, l.Line)
}

// Host is the block host.
type Host struct {
	DataDir       string        // default ./data
	ShutdownGrace time.Duration // default 20s
}

// Log is the block log.
type Log struct {
	Level  string   // trace debug info warn error; default info
	Format string   // auto text json; default auto
	Redact []string // JSON keys whose values never reach a log
}

// Discord is the block discord.
type Discord struct {
	Token           Secret
	IntentsAuto     bool     // derive from the plugins' subscriptions; default
	Intents         []string // names, when not auto
	AllowPrivileged []string // names of privileged intents that may be used
	API             API
	Presence        *Presence
	At              Location
}

// API is the block discord.api.
type API struct {
	BaseURL string        // default https://discord.com/api
	Timeout time.Duration // default 15s
}

// Presence is the block discord.presence.
type Presence struct {
	Status   string // online dnd idle invisible
	Activity string // playing streaming listening watching custom competing
	Name     string
	URL      string
}

// Gateway is the block gateway.
type Gateway struct {
	Compress        string  // zstd-stream zlib-stream payload none; default zstd-stream
	IdentifyReserve float64 // share of the daily budget that is kept; default 0.2
	IdentifyBreaker int     // IDENTIFYs an hour beyond one for each shard; default 20, 0: off
	ShardCount      int     // 0: auto, as Discord recommends
	ShardIDs        []int   // nil: all
	At              Location
}

// Plugin is a block plugin "NAME".
type Plugin struct {
	Name    string
	Source  string            // a .wasm file, a folder of source, or a script
	SHA256  string            // lower-case hex; "": not checked
	Events  []string          // patterns such as GUILD_MEMBER_*; nil: what the plugin's manifest declares
	Filter  Filter            // native filters, before the plugin sees an event
	Lanes   int               // default 1
	Config  json.RawMessage   // the author's own keys, as a JSON object; never nil
	Secrets map[string]Secret // go to shard_init and nowhere else
	Grant   Grant
	Limits  Limits
	Failure Failure
	Reload  Reload
	Recycle Recycle
	Build   *Build

	Checkpoint Checkpoint
	At         Location // the block's first line

	// Lines are where limits stand, by names such as limits.memory: see Line.
	Lines map[string]Location `json:"-"`
}

// Line is where a limit such as limits.memory stands, or the innermost block that
// it could be written into.
func (p *Plugin) Line(name string) Location {
	for ; name != ""; name = name[:max(0, strings.LastIndexByte(name, '.'))] {
		if at, ok := p.Lines[name]; ok {
			return at
		}
		if name == "grant" {
			return p.Grant.At
		}
	}
	return p.At
}

// Filter is the block plugin.filter. Zero lets everything through.
type Filter struct {
	Guilds     []uint64 // only these guilds
	IgnoreBots bool     // drop events whose author or user is a bot
	Guild, DM  bool     // scope; both false: both
	Prefix     string   // MESSAGE_CREATE only: content begins with it
}

// Grant is the block plugin.grant: what is nil is denied.
type Grant struct {
	Discord *DiscordGrant
	HTTP    *HTTPGrant
	KV      *KVGrant
	Timers  *TimersGrant
	Gateway *GatewayGrant
	Bus     *BusGrant
	At      Location // where a missing grant is to be written: the grant block, or the plugin's
}

// DiscordGrant allows REST calls.
type DiscordGrant struct {
	Allow []string // "POST /channels/*/messages"; METHOD may be *; ** at the end matches the rest; nil allows nothing
	Rate  Rate     // zero: no limit of its own

	// Guilds, when not nil, are those for which the plugin may call: what it
	// handles must be of one of them, and so must the guild that a path names.
	Guilds []uint64
}

// HTTPGrant allows calls of the web.
type HTTPGrant struct {
	Allow   []string // addresses; * is any host, *. before a domain any below it
	Private bool     // machines of private networks too
}

// KVGrant allows keys and values in the plugin's own namespace.
type KVGrant struct{ Quota int64 } // bytes; default 16 MiB

// TimersGrant allows timers.
type TimersGrant struct{ Max int } // default 10000

// GatewayGrant allows gateway commands.
type GatewayGrant struct{ Allow []string } // presence members voice soundboard channels

// BusGrant allows messages between plugins.
type BusGrant struct {
	Publish   []string // topics such as levels.up; * is a word, at the end one or more
	Subscribe []string
}

// Rate is N in Per.
type Rate struct {
	N   int
	Per time.Duration
}

// Limits is the block plugin.limits.
type Limits struct {
	Memory       int64         // bytes of linear memory of one lane; default 64 MiB
	Deadline     time.Duration // of one frame; default 250ms
	Init         time.Duration // of start-up; default 5s
	Instructions int64         // of one frame; default 2G
	Mailbox      int           // frames of one lane; default 4096
	Inflight     int           // requests of one lane; default 64
	Park         time.Duration // that a handler may wait for answers; default 15m
	Parked       int           // handlers of one lane that wait for answers; default 256
	MailboxBytes int64         // bytes of the frames in it; default 32 MiB
	Overflow     string        // block drop_oldest drop_newest; default block
	ModuleSize   int64         // bytes; default 64 MiB
	LogLines     Rate          // default 50/s

	// AutoDeferAfter is when the host answers an interaction for a plugin that
	// is late; 0: it does not.
	AutoDeferAfter time.Duration

	Metrics int // names; default 100

	// OverflowBy are exceptions to Overflow, by a pattern of event names; of
	// those that match the longest holds.
	OverflowBy map[string]string
}

// Failure is the block plugin.failure.
type Failure struct {
	Retry   int           // further attempts of a frame that failed; default 2
	Max     int           // failures in Within after which the plugin rests; default 5
	Within  time.Duration // default 1m
	Backoff time.Duration // before the first restart of a lane; default 1s, doubling

	DeadLetters     int   // frames that failed too often and are kept; default 1000
	DeadLetterBytes int64 // of them together; default 64 MiB
}

// Reload is the block plugin.reload.
type Reload struct {
	Watch     bool          // swap when the file changes; default true in dev, false in run
	Drain     time.Duration // that a swap waits for handlers which wait for answers; default 5s
	Probation time.Duration // how long the generation before is kept; default 30s; 0: it is not

	CanaryLanes int           // that get a new generation first; 0: all get it at once
	CanaryFor   time.Duration // how long they have it alone; default 30s

	Rehearse int // frames handled last that a new generation is tried with; 0: none
}

// Recycle is the block plugin.recycle: when a lane's guest gives way to a new
// one of the same generation. Zero: never.
type Recycle struct {
	MaxMemory int64 // bytes of linear memory
	MaxAge    time.Duration
	MaxEvents int64 // frames handled
}

// Checkpoint is the block plugin.checkpoint: when lanes' memory is kept, beside
// every shutdown.
type Checkpoint struct {
	Every   time.Duration // after the first event that the last one has not seen; 0, the default: never
	MaxSize int64         // bytes of one lane; default 64 MiB
}

// Build is the block plugin.build: how source becomes a module.
type Build struct {
	Command string   // run by the shell in the configuration's folder
	Watch   []string // patterns
	Output  string   // the .wasm file; default: Source
}

// Admin is the block admin.
type Admin struct {
	Listen string // unix:///path, tcp address on loopback, or https://host:port; default unix://DATA_DIR/admin.sock
	Token  Secret // that requests over TCP must carry; zero: none
	Cert   string // file of https://, in PEM
	Key    string
	UI     bool // serve the dashboard where a browser can come: on a TCP address; default true
}

// Metrics is the block metrics.
type Metrics struct {
	Listen string // host:port; "": there is no such block, and nothing is served
	PProf  bool   // serve profiles too, on loopback only
}

// Tracing is the block tracing; the zero value, without an endpoint, traces
// nothing.
type Tracing struct {
	Endpoint string            // URL that traces are posted to, with its path
	Sample   float64           // share of events that is traced; default 0.01
	Service  string            // name under which they are found; default shardhost
	Headers  map[string]Secret // of each request
}

// Store is the block store.
type Store struct {
	Type  string        // file
	Flush time.Duration // how long a commit may wait for others; default 2ms
}
