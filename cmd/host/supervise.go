package main

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/internal/systemd"
)

// statusEvery is how often systemd is told how many shards are ready.
const statusEvery = 5 * time.Second

// supervised tells systemd how the host stands, until the function that it
// returns is called. The service counts as started when everything but the
// shards is open: those of a large bot take an hour. A host that no longer
// answers is not reported alive, and systemd restarts it.
func supervised(h *host.Host, opened <-chan struct{}, log hclog.Logger) (stop func()) {
	n := systemd.FromEnvironment(os.Getenv, os.Getpid())
	if !n.Active() {
		return func() {}
	}
	tell := func(err error) {
		if err != nil {
			log.Warn("systemd not told", "error", err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		every := statusEvery
		if n.WatchdogEvery() > 0 {
			every = min(every, n.WatchdogEvery())
		}
		tick := time.NewTicker(every)
		defer tick.Stop()
		started, last := opened, ""
		for {
			select {
			case <-ctx.Done():
				return
			case <-started:
				started = nil
				tell(n.Ready("shards are being opened"))
			case <-tick.C:
				if started != nil {
					continue
				}
				status := "every shard is ready"
				if ok, reason := h.Ready(); !ok {
					status = reason
				}
				if status != last {
					tell(n.Status(status))
					last = status
				}
				if n.WatchdogEvery() > 0 {
					tell(n.Alive())
				}
			}
		}
	})
	return func() {
		cancel()
		wg.Wait()
		tell(n.Stopping())
	}
}
