package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/config"
)

// counter is a sink in which nobody wants anything.
type counter struct {
	m    *meter
	last atomic.Int64
}

func (c *counter) Begin(gateway.Session) {}
func (c *counter) Dispatch(e *gateway.Event) {
	c.last.Store(e.Seq)
	if e.Seq > 1 {
		c.m.event(e.Seq)
	}
}
func (c *counter) Selects(discord.EventType) bool { return false }
func (c *counter) Position() (int64, bool)        { return c.last.Load(), true }

// bareGateway is our gateway alone.
func bareGateway(ctx context.Context, addr, compress string, m *meter, _ int) error {
	if compress == "" {
		compress = gateway.CompressNone
	}
	g := gateway.New("ws://"+addr+"/gateway", gateway.DefaultIdentifier("t"), gateway.Options{Sink: &counter{m: m}, Compress: compress})
	if err := g.Open(ctx); err != nil {
		return err
	}
	defer g.Close()
	m.begin()
	return m.wait(ctx)
}

// wholeHost is the whole road: gateway, sink, lane, guest, position. The plugin
// is the example ping, a Go guest that wants every MESSAGE_CREATE.
func wholeHost(ctx context.Context, addr, compress string, m *meter, creates int) error {
	if compress == "" {
		compress = "none"
	}
	dir := filepath.Join(os.TempDir(), "shardhost-bench")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	data, err := os.MkdirTemp(dir, "data")
	if err != nil {
		return err
	}
	defer os.RemoveAll(data)
	source, err := filepath.Abs("../plugins/examples/ping")
	if err != nil {
		return err
	}
	file := filepath.Join(data, "config.hcl")
	text := fmt.Sprintf(`
gateway {
  compress = %q
  shards {
    count = 1
  }
}
discord {
  allow_privileged = ["MESSAGE_CONTENT"]
}
plugin "ping" {
  source = %q
  grant {
    discord {
      allow = ["POST /channels/*/messages"]
    }
  }
}
`, compress, source)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return err
	}
	cfg, diags := config.Load([]string{file}, config.Options{Overrides: config.Overrides{
		Token: "t", BaseURL: "http://" + addr + "/api", DataDir: data, AdminListen: "unix://" + filepath.Join(data, "admin.sock"),
	}})
	if cfg == nil {
		return diags.Err()
	}
	h := host.New(cfg, host.Options{Logger: hclog.NewNullLogger(), Version: "bench"})
	defer h.Close()
	if err := h.Start(ctx); err != nil {
		return err
	}
	m.begin()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%+v: %w", h.Status(), ctx.Err())
		case <-tick.C:
		}
		s := h.Status()
		if s.Plugins[0].Handled >= uint64(creates) && s.Shards[0].Position >= int64(m.want)+1 {
			// Every event was received, and every one that was wanted is finished.
			m.count, m.sum = m.want, int64(m.want)*int64(m.want+3)/2
			return nil
		}
	}
}
