package main

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// onThread runs f on a thread of its own: what threadTime says there is f's.
func onThread(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		done <- f()
	}()
	return <-done
}

// threadTime is the CPU time of the calling thread. Other programs on the same
// cores do not count, as they do in the time of day.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}
