package wasm

import "golang.org/x/sys/unix"

// yield lets the threads go first that wait for the core of the calling one,
// see https://man7.org/linux/man-pages/man2/sched_yield.2.html. It is a system
// call for Go too, which may give the processor to another goroutine meanwhile.
func yield() { _, _, _ = unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0) } // it cannot fail
