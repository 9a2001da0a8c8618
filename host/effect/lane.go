package effect

import "sync/atomic"

// Lane is what the capabilities must know of the lane that a guest works for.
type Lane struct {
	Index, Of int // the lane, and the plugin's number of lanes

	// Guest names the guest, as nothing else since the host was started. What
	// it asks for carries the number, so that an answer which reaches another
	// guest is recognised.
	Guest uint64

	// Inflight counts the lane's REST calls that are recorded and not yet
	// answered. All guests that follow one another on a lane share it.
	Inflight *atomic.Int64
}

// LaneOf tells which of n lanes owns a guild; 0, no guild, is the first one's.
// The hash is independent of the one that assigns guilds to shards.
func LaneOf(guild uint64, n int) int {
	if n == 1 {
		return 0
	}
	return int((guild >> 22 * 0x9E3779B97F4A7C15 >> 33) % uint64(n))
}
