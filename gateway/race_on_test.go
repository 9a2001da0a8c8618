//go:build race

package gateway

// raceEnabled tells that the race detector is on, which costs memory and time.
const raceEnabled = true
