//go:build race

package gateway

// raceEnabled: the race detector makes allocations of its own.
const raceEnabled = true
