package wasm

import (
	"fmt"

	"github.com/shardhost/shardhost/abi"
)

// Manifest asks a guest that exports shard_manifest for its manifest. It is nil
// when the guest has none to give.
func (g *Guest) Manifest() (*Manifest, error) {
	f := g.mod.ExportedFunction(abi.ExportManifest)
	if f == nil {
		return nil, nil
	}
	if err := g.call(abi.ExportManifest, f, g.module.config.Init, 1); err != nil {
		return nil, err
	}
	at, n := uint32(g.stack[0]>>32), uint32(g.stack[0])
	doc, ok := g.mem.Read(at, n)
	if !ok || n > maxManifest {
		return nil, g.die(&Trap{Export: abi.ExportManifest, Kind: TrapContract,
			Message: fmt.Sprintf("it answered %d bytes at %d, with a memory of %d bytes", n, at, g.mem.Size())})
	}
	return readManifest(append([]byte(nil), doc...)), nil
}
