package abi

// Version is the contract's major version; Minor counts the additions to it.
const (
	Version = 1
	Minor   = 4
)

// Module is the name that a guest imports the host's functions from.
const Module = "shard_v1"

// ManifestSection is the name of the optional custom section with the
// plugin's manifest, a JSON document.
const ManifestSection = "shard.manifest"

// SectionPrefix begins the names of the custom sections that are the host's
// business. They are no part of the code: modules that differ in them alone are
// compiled once.
const SectionPrefix = "shard."

// OptionalSection is the name of the optional custom section with the names of
// functions, one a line, that the module can do without: they may be imported
// without their grants, and answer Denied then. Since 1.3.
const OptionalSection = "shard.optional"

// Exports of a guest.
const (
	ExportMemory     = "memory"       // exactly one, not shared
	ExportInitialize = "_initialize"  // () -> (); optional, run once
	ExportMarker     = "shard_abi_1"  // () -> (); never called
	ExportBuffer     = "shard_buffer" // (min i32) -> i64: ptr<<32 | cap; 0 refuses
	ExportInit       = "shard_init"   // (len i32) -> i32: the buffer holds the init document; <0 refuses
	ExportBatch      = "shard_batch"  // (len i32, count i32) -> i32: 0 ok; <0 the current frame failed
	ExportSave       = "shard_save"   // () -> i32; optional
	ExportLoad       = "shard_load"   // (schema i32, len i32) -> i32; optional
	ExportStop       = "shard_stop"   // (reason i32) -> i32; optional

	// ExportManifest is () -> i64: ptr<<32 | length of the manifest, 0 for
	// none; optional. It is for languages whose tools cannot write
	// ManifestSection: after _initialize and before shard_init a host asks it
	// where the module has no such section.
	ExportManifest = "shard_manifest"
)

// Names of control frames. A guest gets those that its manifest lists under
// control.
const (
	ControlCold  = "cold"  // the guest knows nothing of what a session brought before: {"reason": ...}
	ControlStale = "stale" // it was given memory that is older than its position: {"saved_at": ...}
	ControlGap   = "gap"   // a session was lost: {"shard", "of", "after"}
)

// Reasons that shard_stop is called with.
const (
	StopReload   int32 = 1
	StopShutdown int32 = 2
	StopRecycle  int32 = 3
)

// Names of control frames.
const (
	// ControlUnpark tells that a parked frame is over for the guest although it
	// has not finished it: its tag is the handle, which is void. The host gives
	// the frame again, or has given it up. The guest forgets the handler; what
	// that asks for while it is unwound is refused with Invalid.
	ControlUnpark = "unpark"
)

// Log levels of the function log, and of log_level's answer.
const (
	LogTrace int32 = 0
	LogDebug int32 = 1
	LogInfo  int32 = 2
	LogWarn  int32 = 3
	LogError int32 = 4
)

// Kinds of the function metric.
const (
	MetricCounter   int32 = 0
	MetricGauge     int32 = 1
	MetricHistogram int32 = 2
)

// Opcodes that the function gateway accepts: those a bot may send itself.
const (
	GatewayPresence   int32 = 3
	GatewayVoiceState int32 = 4
	GatewayMembers    int32 = 8
	GatewaySoundboard int32 = 31
	GatewayChannels   int32 = 43
)
