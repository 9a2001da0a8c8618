//go:build !linux

package wasm

import "runtime"

// yield lets other goroutines go first: these systems let a thread that wakes
// interrupt one that computes.
func yield() { runtime.Gosched() }
