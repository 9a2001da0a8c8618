package host_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
)

// A host that is told to stop does not wait for what a reload or an Enable is
// building.
func TestCloseEndsWhatIsPrepared(t *testing.T) {
	s := newDiscord(t, discordtest.Options{})
	b := newBot(t, s, "")
	if err := os.WriteFile(filepath.Join(b.dir, "one.wasm"), module(t, "answer-one"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.configure("plugin \"which\" {\n source = \"./one.wasm\"\n" + grantMessages + "}\n")
	for name, prepare := range map[string]func(*host.Host) error{
		"reload": func(h *host.Host) error {
			_, err := h.Reload(context.Background(), admin.ReloadRequest{})
			return err
		},
		"enable": func(h *host.Host) error {
			if _, err := h.Disable(context.Background(), admin.DisableRequest{Plugin: "which"}); err != nil {
				t.Error(err)
			}
			_, err := h.Enable(context.Background(), admin.EnableRequest{Plugin: "which"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, diags := b.load()
			if cfg == nil {
				t.Fatal(diags)
			}
			built := false
			building := make(chan struct{})
			files := &host.Modules{Log: hclog.NewNullLogger()}
			h := host.New(cfg, host.Options{Version: "test", Load: b.load, CacheDir: cache, Module: func(ctx context.Context, p config.Plugin) ([]byte, error) {
				if !built {
					built = true
					return files.Module(ctx, p)
				}
				close(building)
				<-ctx.Done()
				return nil, context.Cause(ctx)
			}})
			if err := h.Start(t.Context()); err != nil {
				t.Fatal(err, h.Close())
			}
			ended := make(chan error, 1)
			go func() { ended <- prepare(h) }()
			<-building
			if err := h.Close(); err != nil {
				t.Error(err)
			}
			if err := <-ended; err == nil {
				t.Error("what was not built has succeeded")
			}
		})
	}
}
