package main

import (
	"context"
	"fmt"
	"io"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/dop251/goja"
	extism "github.com/extism/go-sdk"
	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
	builder "github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/wapc/wapc-go"
	wapcwazero "github.com/wapc/wapc-go/engines/wazero"
)

// times calls f n times.
func times(f func() error) func(n int) error {
	return func(n int) error {
		for range n {
			if err := f(); err != nil {
				return err
			}
		}
		return nil
	}
}

// bareWazero copies the event as one frame and calls the guest.
func bareWazero(ctx context.Context, event []byte) (*handler, error) {
	f := abi.Frame{Kind: abi.KindEvent, Body: event}
	give, close, err := openPlain(ctx, conformance.Silent(), f.Append(nil))
	if err != nil {
		return nil, err
	}
	return &handler{close: close, give: times(func() error { _, err := give(); return err })}, nil
}

// waPC's guest fetches the payload and answers nothing.
func waPC(ctx context.Context, event []byte) (*handler, error) {
	b := builder.New()
	request := b.ImportFrom("wapc", "__guest_request", "ii", "")
	b.Func("__guest_call", "ii", "i", "", builder.I32(1024), builder.I32(4096), builder.Call(request), builder.I32(1))
	m, err := wapcwazero.Engine().New(ctx, wapc.NoOpHostCallHandler, b.Module(), &wapc.ModuleConfig{Logger: wapc.PrintlnLogger, Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		return nil, err
	}
	i, err := m.Instantiate(ctx)
	if err != nil {
		m.Close(ctx)
		return nil, err
	}
	return &handler{
		give:  times(func() error { _, err := i.Invoke(ctx, "handle", event); return err }),
		close: func() { i.Close(ctx); m.Close(ctx) },
	}, nil
}

// extismPlugin's guest returns at once: the payload is only put where it could
// read it.
func extismPlugin(ctx context.Context, event []byte) (*handler, error) {
	b := builder.New()
	b.Func("handle", "", "i", "", builder.I32(0))
	p, err := extism.NewPlugin(ctx, extism.Manifest{Wasm: []extism.Wasm{extism.WasmData{Data: b.Module()}}}, extism.PluginConfig{}, nil)
	if err != nil {
		return nil, err
	}
	return &handler{
		give: times(func() error {
			code, _, err := p.CallWithContext(ctx, "handle", event)
			if err == nil && code != 0 {
				err = fmt.Errorf("it answered %d", code)
			}
			return err
		}),
		close: func() { p.Close(ctx) },
	}, nil
}

// gojaFunction is an empty function in JavaScript, which gets the event as text.
func gojaFunction(_ context.Context, event []byte) (*handler, error) {
	vm := goja.New()
	v, err := vm.RunString("(function handle(event) { return 0 })")
	if err != nil {
		return nil, err
	}
	handle, ok := goja.AssertFunction(v)
	if !ok {
		return nil, fmt.Errorf("%v is no function", v)
	}
	return &handler{
		give:  times(func() error { _, err := handle(goja.Undefined(), vm.ToValue(string(event))); return err }),
		close: func() {},
	}, nil
}

// handshake and pluginSet are what both processes of go-plugin agree on.
func handshake() goplugin.HandshakeConfig {
	return goplugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "SHARDHOST_BENCH", MagicCookieValue: "call"}
}

type receiver struct{ handled int64 }

// Handle gets an event.
func (r *receiver) Handle(event []byte, code *int) error { r.handled++; *code = 0; return nil }

// Handled tells how many came.
func (r *receiver) Handled(_ int, n *int64) error { *n = r.handled; return nil }

type receiverPlugin struct{}

func (receiverPlugin) Server(*goplugin.MuxBroker) (any, error) { return &receiver{}, nil }
func (receiverPlugin) Client(_ *goplugin.MuxBroker, c *rpc.Client) (any, error) {
	return c, nil
}

func pluginSet() map[string]goplugin.Plugin {
	return map[string]goplugin.Plugin{"bench": receiverPlugin{}}
}

// serveProcessPlugin is the other process.
func serveProcessPlugin() {
	goplugin.Serve(&goplugin.ServeConfig{HandshakeConfig: handshake(), Plugins: pluginSet(), Logger: hclog.NewNullLogger()})
}

// processPlugin is a plugin of hashicorp/go-plugin in a process of its own.
func processPlugin(_ context.Context, event []byte) (*handler, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "goplugin")
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	c := goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig: handshake(), Plugins: pluginSet(), Cmd: cmd, Logger: hclog.NewNullLogger(),
	})
	conn, err := c.Client()
	if err != nil {
		c.Kill()
		return nil, err
	}
	raw, err := conn.Dispense("bench")
	if err != nil {
		c.Kill()
		return nil, err
	}
	remote := raw.(*rpc.Client)
	var code int
	return &handler{
		give:  times(func() error { return remote.Call("Plugin.Handle", event, &code) }),
		child: func() time.Duration { return processTime(cmd.Process.Pid) },
		count: func() (n int64, err error) { err = remote.Call("Plugin.Handled", 0, &n); return n, err },
		close: c.Kill,
	}, nil
}

// processTime is the CPU time of another process, over its threads, which must
// not end.
func processTime(pid int) (sum time.Duration) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	for _, f := range files {
		var nanos int64
		if text, err := os.ReadFile(f); err == nil {
			fmt.Sscan(string(text), &nanos)
		}
		sum += time.Duration(nanos)
	}
	return sum
}
