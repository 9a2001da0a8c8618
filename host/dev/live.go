package dev

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/config"
)

// readyPoll is how often a host that starts is asked whether it is ready.
const readyPoll = 5 * time.Millisecond

// guildPatience is how long new sessions may bring no further guild before they
// take over: the simulated Discord names all at once, or none without the
// intent GUILDS.
const guildPatience = 200 * time.Millisecond

// live is a host that runs on a goroutine of its own.
type live struct {
	*host.Host
	cancel context.CancelFunc
	done   chan struct{}
	err    error // of Run; to be read when done is closed
}

// starter returns a startFunc for real hosts, which keep machine code in cache.
func starter(log hclog.Logger, version, cache string) startFunc {
	return func(ctx context.Context, load func() *config.Config, module moduleFunc) (liveHost, error) {
		h := host.New(load(), host.Options{
			Logger: log, Version: version, Module: module, CacheDir: cache, GuildPatience: guildPatience,
			Load: func() (*config.Config, config.Diagnostics) { return load(), config.Diagnostics{} },
		})
		running, cancel := context.WithCancel(context.Background())
		l := &live{Host: h, cancel: cancel, done: make(chan struct{})}
		go func() {
			defer close(l.done)
			l.err = h.Run(running)
		}()
		tick := time.NewTicker(readyPoll)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil, errors.Join(ctx.Err(), l.Close())
			case <-l.done:
				return nil, l.Close()
			case <-tick.C:
				if ok, _ := h.Ready(); ok {
					return l, nil
				}
			}
		}
	}
}

// Done is closed when the host has ended.
func (l *live) Done() <-chan struct{} { return l.done }

// Close ends the host. Its error is the reason why it ended by itself.
func (l *live) Close() error {
	l.cancel()
	<-l.done
	if l.err != nil {
		return fmt.Errorf("dev: the host: %w", l.err)
	}
	return nil
}
