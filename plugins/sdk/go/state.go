package sdk

import (
	"errors"

	"github.com/shardhost/shardhost/abi"
)

// ErrSchema is what a handler of OnLoad returns when it cannot read that form of
// state: the plugin then starts without it.
var ErrSchema error = abi.Unsupported

// saveHandler holds the whole of a save, so that a module without OnSave does
// not import state_write.
type saveHandler struct {
	handler
	call func(*Guest) error
}

type loadHandler struct {
	handler
	call func(*Ctx, int32, []byte) error
}

// OnSave registers what writes the plugin's variables out, in each lane: before
// another version of the plugin takes over, at shutdown, and as often as the
// block checkpoint of its configuration says. schema is a number of the author's
// for the form of what it returns; a version that writes another form takes
// another number. What fn asks for through c is refused: nothing is being
// handled.
func OnSave(schema int32, fn func(c *Ctx) ([]byte, error)) {
	h := newHandler("OnSave", 1)
	if plugin.save.call != nil {
		h.refuse("there is another one at " + plugin.save.at)
	}
	plugin.save = saveHandler{h, func(g *Guest) error {
		state, err := fn(&Ctx{guest: g, received: g.host.Now().UnixNano()})
		if err != nil {
			return err
		}
		return failed("state_write", "", g.host.StateWrite(schema, string(state)))
	}}
}

// OnLoad registers what takes state in that OnSave has written, of this version
// of the plugin or an earlier one. It is called after OnStart and before the
// first event, when there is state; ErrSchema refuses it. state may be kept.
//
// After a restart of the host the state is what the plugin's events so far have
// made of it. When the host was killed after events that the state lacks, it is
// given only to plugins with OnStale.
func OnLoad(fn func(c *Ctx, schema int32, state []byte) error) {
	h := newHandler("OnLoad", 1)
	if plugin.load.call != nil {
		h.refuse("there is another one at " + plugin.load.at)
	}
	plugin.load = loadHandler{h, fn}
}

// Save writes the plugin's state out through the host.
func (g *Guest) Save() int32 {
	h := plugin.save
	if h.call == nil {
		return 0
	}
	return g.result(run(h.handler, func() error { return h.call(g) }))
}

// Load gives the plugin the state in the first size bytes of the buffer.
func (g *Guest) Load(schema int32, size int) int32 {
	h := plugin.load
	if h.call == nil {
		return int32(abi.Unsupported)
	}
	if size < 0 || size > len(g.buffer) {
		return int32(abi.Invalid)
	}
	state := append([]byte(nil), g.buffer[:size]...)
	var refused bool
	err := run(h.handler, func() error {
		err := h.call(&Ctx{guest: g, received: g.host.Now().UnixNano()}, schema, state)
		if refused = errors.Is(err, ErrSchema); refused {
			return nil
		}
		return err
	})
	if refused {
		return int32(abi.Unsupported)
	}
	return g.result(err)
}

// result tells the host how a call has ended.
func (g *Guest) result(err error) int32 {
	if err == nil {
		return 0
	}
	g.host.Fail(err.Error())
	return int32(abi.Internal)
}
