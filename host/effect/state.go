package effect

import (
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
)

// MaxState bounds what a guest hands over to the next generation, in bytes.
const MaxState = 64 << 20

// State is what a guest's memory is worth to the next generation.
type State struct {
	Schema int32 // the guest's own number for the form of Data
	Data   []byte
}

// Save lets run call the guest's shard_save and returns what it wrote
// meanwhile; nil where that is nothing.
func (r *Recorder) Save(run func() error) (*State, error) {
	r.saving, r.state = true, nil
	err := run()
	state := r.state
	r.saving, r.state = false, nil
	return state, err
}

// stateWrite takes the next piece of a guest's state. All pieces have one
// schema.
func stateWrite(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	schema, data := int32(p[0]), bytesAt(g, p, 1)
	if !r.saving {
		return abi.Invalid
	}
	if r.state == nil {
		r.state = &State{Schema: schema}
	}
	if schema != r.state.Schema {
		return abi.Invalid
	}
	if len(r.state.Data)+len(data) > MaxState {
		return abi.TooBig
	}
	r.state.Data = append(r.state.Data, data...)
	return abi.OK
}
