package host

import (
	"os"
	"runtime"
)

// SpareProcessor gives Go's scheduler one processor more than it takes by
// itself, unless GOMAXPROCS says how many there are. A process that hosts
// plugins calls it once, before New.
//
// A guest that computes for long keeps its processor, and a goroutine in a
// system call, such as the store's fsync, keeps another for up to 10 ms until
// the scheduler takes it away. On two cores nobody would read the sockets
// meanwhile. The operating system shares the cores between threads much sooner
// than that.
func SpareProcessor() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
}
