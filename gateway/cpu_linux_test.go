package gateway

import (
	"runtime"
	"syscall"
	"testing"
	"time"
)

// threadCPU runs f on a thread of its own and returns the CPU time it took:
// that of the reading side alone, on a machine that does other things as well.
func threadCPU(t testing.TB, f func()) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	now := func() time.Duration {
		const thread = 1 // RUSAGE_THREAD
		var u syscall.Rusage
		if err := syscall.Getrusage(thread, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := now()
	f()
	return now() - start
}
