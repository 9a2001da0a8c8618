package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// echo is how soon after the first signal another one is the same: programs
// such as timeout(1) signal the process and then its group.
const echo = 100 * time.Millisecond

// interruptible returns a context that ends with the first SIGINT or SIGTERM.
// The second one ends the process at once. stop ends the watch and waits for it.
func interruptible(parent context.Context, std *stdio) (ctx context.Context, stop func()) {
	if parent == nil {
		parent = context.Background()
	}
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		var first time.Time
		for {
			select {
			case <-end:
				return
			case <-signals:
				if first.IsZero() {
					first = time.Now()
					cancel()
				} else if time.Since(first) > echo {
					fmt.Fprintln(std.Err, "shardhost: stopped at once")
					os.Exit(exitFailed)
				}
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(end)
		<-ended
		cancel()
	}
}
