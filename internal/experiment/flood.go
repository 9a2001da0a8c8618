package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
)

const (
	floodGuilds = 100
	floodEvents = 100 // a second, for each of which the flooder makes
	floodCalls  = 100 // calls
	floodPace   = 100 * time.Millisecond
	floodRamp   = 2 * time.Second
)

// flood measures n round trips of !ping, and n more while one plugin asks for
// 10,000 messages a second and another one for 10,000 calls that are forbidden.
func flood(ctx context.Context, b *bench, o options) (r report, err error) {
	server, err := discordtest.Start(discordtest.Options{Seed: o.seed, Guilds: floodGuilds, Shards: 1, RequestLimit: 1 << 20})
	if err != nil {
		return r, err
	}
	defer server.Close()
	if err := server.Script(discordtest.Script{Method: "POST", Path: "/webhooks/*/*", Status: http.StatusForbidden, Times: math.MaxInt}); err != nil {
		return r, err
	}
	ping, err := examplePlugin(ctx, "ping")
	if err != nil {
		return r, err
	}
	hcl := ping
	for name, path := range map[string]func(i int) string{
		"flooder": func(i int) string {
			return fmt.Sprintf("/channels/%d/messages", server.Guilds()[floodGuilds-1-i].General())
		},
		"offender": func(i int) string { return fmt.Sprintf("/webhooks/%d/token", i+1) }, // outside of the global limit
	} {
		block, err := b.flooder(name, path)
		if err != nil {
			return r, err
		}
		hcl += block
	}
	h, err := b.host(ctx, &sim{REST: server.REST, Token: server.Token}, hcl)
	if err != nil {
		return r, err
	}
	defer h.kill()
	before, err := pings(ctx, server, o.n)
	if err != nil {
		return r, err
	}
	stop := floodInBackground(ctx, server)
	err = pause(ctx, floodRamp)
	var during []float64
	if err == nil {
		during, err = pings(ctx, server, o.n)
	}
	stop()
	if err != nil {
		return r, err
	}
	invalid := 0
	for _, q := range server.RESTRequests(0) {
		if q.Status == http.StatusForbidden {
			invalid++
		}
	}
	violations := server.Violations()
	ratio := func(q float64) float64 { return quantile(during, q) / quantile(before, q) }
	r = report{figures: map[string]any{
		"undisturbed_ms_p50": quantile(before, 0.5), "undisturbed_ms_p99": quantile(before, 0.99),
		"disturbed_ms_p50": quantile(during, 0.5), "disturbed_ms_p99": quantile(during, 0.99),
		"p50_ratio": ratio(0.5), "p99_ratio": ratio(0.99),
		"requests": server.Stats().RESTRequests, "invalid_requests": invalid, "violations": len(violations),
	}}
	r.expect(invalid <= floodAllowed, "%d invalid requests: one plugin may cause about 1000", invalid)
	return r, h.stop()
}

// floodAllowed is how many invalid requests one plugin may cause in ten minutes,
// with those that are under way when it is cut off.
const floodAllowed = 1000 + floodRoutes

// floodRoutes is how many routes a flooder uses at once.
const floodRoutes = 20

// flooder is the block of a plugin that makes floodCalls calls for each event.
func (b *bench) flooder(name string, path func(i int) string) (string, error) {
	module := filepath.Join(b.dir, name+".wasm")
	return fmt.Sprintf(`
plugin %q {
  source = %q
  events = ["MESSAGE_CREATE"]
  filter {
    prefix = "!flood"
  }
  grant {
    discord {
      allow = ["* /**"]
    }
  }
  limits {
    inflight = 10000
    deadline = "10s"
  }
}
`, name, module), os.WriteFile(module, guest.Batch([]string{"done", "rest"}, func(b *guest.Builder, f map[string]uint32) guest.Code {
			calls := guest.Code{}
			for i := range floodRoutes {
				document := b.Data(fmt.Sprintf(`{"method":"POST","path":%q,"body":{"content":"flood"}}`, path(i)))
				calls = guest.Seq(calls, guest.I64(0), document.Both(), guest.Call(f["rest"]), guest.Drop)
			}
			return guest.Seq(
				guest.I32(floodCalls/floodRoutes), guest.Set(guest.FrameI32),
				guest.Loop(guest.Empty, calls, guest.Get(guest.FrameI32), guest.I32(1), guest.I32Sub, guest.Tee(guest.FrameI32), guest.BrIf(0)),
				done(f),
			)
		}), 0o600)
}

// floodInBackground makes the flooders flood until the function that it returns
// is called.
func floodInBackground(ctx context.Context, server *discordtest.Server) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		g := server.Guilds()[0]
		for i := 0; pause(ctx, time.Second/floodEvents) == nil; i++ {
			server.Dispatch(g.ID, "MESSAGE_CREATE", json.RawMessage(fmt.Appendf(nil, `{"id":"%d","channel_id":"%d","guild_id":"%d","content":"!flood","author":{"id":"1","username":"eve"}}`,
				firstMessage+i, g.General(), g.ID)))
		}
	})
	return func() { cancel(); wg.Wait() }
}

// pings is how long each of n answers to !ping took, in milliseconds, sorted.
func pings(ctx context.Context, server *discordtest.Server, n int) (ms []float64, err error) {
	pace := time.NewTicker(floodPace)
	defer pace.Stop()
	guilds := server.Guilds()[:floodGuilds/2] // not where the flood is
	for i := range n {
		<-pace.C
		at := guilds[i%len(guilds)].General()
		began := time.Now()
		question, err := server.Post(discordtest.Post{Channel: at, Content: "!ping"})
		if err != nil {
			return nil, err
		}
		if err := awaitAnswer(ctx, server, at, question.ID); err != nil {
			return nil, fmt.Errorf("!ping %d: %w", i, err)
		}
		ms = append(ms, float64(time.Since(began).Microseconds())/1000)
	}
	slices.Sort(ms)
	return ms, nil
}

func awaitAnswer(ctx context.Context, server *discordtest.Server, channel discord.ChannelID, question discord.MessageID) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_, err := server.WaitForMessage(ctx, channel, func(m discordtest.Message) bool { return m.ID > question && m.Author.ID == server.Bot().ID })
	return err
}
