package sdk_test

import (
	"os"
	"testing"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/index"
	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

// quietHost is a host that takes note of nothing.
type quietHost struct{ sdk.Host }

func (quietHost) Done(int32) int32 { return 0 }

// BenchmarkMessages is what the SDK adds to a handler of messages, outside of
// WebAssembly: batches of 64 messages of 1.2 KB, whose fields the host has found.
func BenchmarkMessages(b *testing.B) {
	body, err := os.ReadFile("../../../host/wasm/testdata/corpus/message_create.json")
	if err != nil {
		b.Fatal(err)
	}
	seen := 0
	sdk.Register(b, func() {
		sdk.OnMessage(func(_ *sdk.Ctx, m *sdk.Message) error {
			seen += len(m.Content)
			return nil
		})
	})
	guest := sdk.NewGuest(quietHost{})
	defer guest.Close()
	var paths []string
	for path := range guest.Manifest().Get("fields", "MESSAGE_CREATE").Items() {
		paths = append(paths, path.String())
	}
	compiled, err := index.Compile(paths)
	if err != nil {
		b.Fatal(err)
	}
	var batch []byte
	for range 64 {
		f := abi.Frame{Kind: abi.KindEvent, Event: 44, Name: []byte("MESSAGE_CREATE"), Body: body, Fields: compiled.Append(nil, body)}
		batch = f.Append(batch)
	}
	b.ReportAllocs()
	for b.Loop() {
		copy(guest.Buffer(len(batch)), batch)
		guest.Batch(len(batch), 64)
	}
	if seen == 0 {
		b.Error("no message was handled")
	}
}
