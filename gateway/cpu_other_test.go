//go:build !linux

package gateway

import (
	"testing"
	"time"
)

// threadCPU returns the time f took, where that of a thread is not to be had.
func threadCPU(_ testing.TB, f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}
