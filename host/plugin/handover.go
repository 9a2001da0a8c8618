package plugin

import (
	"errors"
	"fmt"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/wasm"
)

// A lane's memory is handed over from one generation to the next: shard_save
// writes it out, shard_load takes it in. Where one of the two is missing, or
// refuses, the next generation starts cold; what must not be lost belongs into
// keys and values. It starts cold too when the number of lanes changes, because
// guilds move, and after a crash, because nobody knows what the memory is worth.

// save asks the lane's guest for what it wants to hand over to another.
func (l *lane) save(to *guest) *effect.State {
	if l.guest == nil || to == nil || !l.guest.wasm.CanSave() || !to.wasm.CanLoad() {
		return nil
	}
	state, err := l.guest.recorder.Save(l.guest.wasm.Save)
	if err != nil {
		l.plugin.log.Warn("state not saved, the new generation starts without it", "lane", l.index, "generation", l.gen.number, "error", err)
		return nil
	}
	return state
}

// load gives the state to the lane's new guest. Where that is not alive any more
// another one is to be made, without the state.
func (l *lane) load(state *effect.State) (loaded, alive bool) {
	err := l.guest.wasm.Load(state.Schema, state.Data)
	if err == nil {
		l.plugin.log.Debug("state handed over", "lane", l.index, "generation", l.gen.number, "schema", state.Schema, "bytes", len(state.Data))
		return true, true
	}
	var refused *wasm.Refused
	if errors.As(err, &refused) && abi.Code(refused.Code) == abi.Unsupported {
		l.plugin.log.Warn("state of another schema, the guest starts without it", "lane", l.index, "generation", l.gen.number, "schema", state.Schema)
		return false, true
	}
	l.plugin.note(err)
	l.crash = fmt.Errorf("state not loaded: %w", err)
	if l.plugin.failing(l.gen, l.crash, true) {
		return false, false // nothing of it was used yet, and the old guest has its state
	}
	l.plugin.log.Error("state not loaded, the lane starts anew without it", "lane", l.index, "generation", l.gen.number, "error", err)
	return false, false
}
