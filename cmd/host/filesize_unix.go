//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// outliveFileLimit lets a write beyond the limit of file sizes (ulimit -f) fail,
// as one on a full disk does. Otherwise the system ends the process.
func outliveFileLimit() { signal.Ignore(syscall.SIGXFSZ) }
