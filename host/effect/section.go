package effect

import (
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
)

// section copies a custom section of the guest's own module into its memory, as
// much as there is room for, and answers how long it is.
func section(_ *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	data, ok := g.Section(string(bytesAt(g, p, 0)))
	to := bytesAt(g, p, 2)
	if !ok {
		return abi.NotFound
	}
	copy(to, data)
	return abi.Code(len(data))
}
