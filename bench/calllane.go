package main

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/host/wasm"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/internal/store"
)

// nobody is a Discord that no plugin of the bench talks to.
type nobody struct{}

func (nobody) Do(context.Context, rest.Request) (rest.Response, error) {
	return rest.Response{}, errors.New("there is no Discord here")
}

// openPlugin runs a plugin outside a host, with all that a host gives it.
func openPlugin(ctx context.Context, module []byte, lanes int, log hclog.Logger) (*plugin.Plugin, func(), error) {
	e, err := wasm.NewEngine(wasm.Options{})
	if err != nil {
		return nil, nil, err
	}
	s := store.NewMemory()
	deps := plugin.Deps{
		Engine: e, Journal: journal.New(s, log, time.Now), Store: s, Client: nobody{}, Version: "bench", Now: time.Now, Log: log,
		Send: func(context.Context, effect.Command) error { return nil },
	}
	p, err := plugin.Open(ctx, deps, config.Plugin{
		Name: "bench", Lanes: lanes, Events: []string{"MESSAGE_CREATE"}, Config: json.RawMessage("{}"),
		Limits: config.Limits{
			Memory: 64 << 20, Deadline: 2 * time.Second, Init: 5 * time.Second, Mailbox: 4096, Inflight: 8,
			Overflow: "block", ModuleSize: 32 << 20,
		},
		Failure: config.Failure{Max: 5, Within: time.Minute, Backoff: time.Second},
	}, module)
	if err != nil {
		e.Close(ctx)
		return nil, nil, err
	}
	return p, func() {
		p.Close(ctx)
		e.Close(ctx)
		s.Close()
	}, nil
}

// lane is the whole way of an event inside the host: position, mailbox, the
// lane's goroutine, the guest, and back to the position.
func lane(module func() []byte) func(context.Context, []byte) (*handler, error) {
	return func(ctx context.Context, event []byte) (*handler, error) {
		p, close, err := openPlugin(ctx, module(), 1, hclog.NewNullLogger())
		if err != nil {
			return nil, err
		}
		e := &gateway.Event{
			Of: 1, Session: "s", Type: discord.EventMessageCreate, Name: "MESSAGE_CREATE", Guild: 712038117266964480, Data: event,
		}
		e.Retain()
		var tracker journal.Tracker
		tracker.Begin("s", -1)
		var sent int64
		return &handler{
			close: close,
			count: func() (int64, error) { done, _ := tracker.Position(); return max(done, 0), nil },
			give: func(n int) error {
				for range n {
					sent++
					ticket, _ := tracker.Receive(sent, 1)
					p.Deliver(e, ticket, nil)
				}
				for {
					if done, _ := tracker.Position(); done == sent {
						return nil
					}
					runtime.Gosched()
				}
			},
		}, nil
	}
}
