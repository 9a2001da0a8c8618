package examples_test

import (
	"os"
	"testing"

	"github.com/shardhost/shardhost/abi"
	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

// BenchmarkPing is what one MESSAGE_CREATE costs in the module, a batch of one
// frame copied in and handled: 530 bytes as a real one.
func BenchmarkPing(b *testing.B) {
	sample, err := os.ReadFile("../sdk/go/testdata/message_create.json")
	if err != nil {
		b.Fatal(err)
	}
	miss := event("MESSAGE_CREATE", string(sdk.JSON(sample).Get("d")))
	miss.Event = 44
	other := miss
	other.Event, other.Name = 70, []byte("TYPING_START")
	g := run(b, compile(b, "ping"))
	g.init(document)
	for _, test := range []struct {
		name  string
		frame abi.Frame
	}{{"miss", miss}, {"hit", message("!ping")}, {"not wanted", other}} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			batch := test.frame.Append(nil)
			for b.Loop() {
				buffer, err := g.Buffer(len(batch))
				if err != nil {
					b.Fatal(err)
				}
				copy(buffer, batch)
				if result, err := g.Batch(len(batch), 1, 1e9); result != 0 || err != nil {
					b.Fatal(result, err)
				}
				g.host.notes = g.host.notes[:0]
			}
		})
	}
}
