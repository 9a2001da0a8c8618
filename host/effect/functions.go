package effect

import (
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
)

// Functions are the host functions of contract version 1, by name.
func Functions() map[string]wasm.HostFunc {
	return map[string]wasm.HostFunc{
		"done":        answer(done),
		"fail":        answer(fail),
		"log":         answer(logLine),
		"log_level":   answer(leastLevel),
		"metric":      answer(metric),
		"park":        answer(park),
		"enter":       answer(enter),
		"finish":      answer(finish),
		"rest":        answer(restCall),
		"fetch":       answer(fetchCall),
		"cancel":      answer(restCancel),
		"timer":       answer(timerSet),
		"timer_off":   answer(timerOff),
		"gateway":     answer(gatewayCommand),
		"publish":     answer(publish),
		"kv_get":      answer(kvGet),
		"kv_put":      answer(kvPut),
		"kv_cas":      answer(kvCompareAndSwap),
		"kv_del":      answer(kvDelete),
		"kv_add":      answer(kvAdd),
		"kv_list":     answer(kvList),
		"state_write": answer(stateWrite),
		"section":     answer(section),
		"kv_version": func(g *wasm.Guest, stack []uint64) {
			stack[0] = uint64(kvVersion(g.Env().(*Recorder), g, stack))
		},
	}
}

// answer adapts a capability that answers a code.
func answer(f func(r *Recorder, g *wasm.Guest, p []uint64) abi.Code) wasm.HostFunc {
	return func(g *wasm.Guest, stack []uint64) {
		code := f(g.Env().(*Recorder), g, stack)
		stack[0] = uint64(uint32(int32(code)))
	}
}

// done takes note of finished frames and gives the next one a deadline of its
// own.
func done(r *Recorder, _ *wasm.Guest, p []uint64) abi.Code {
	n := r.base + int(int32(p[0]))
	if n < r.current || n > len(r.frames) || r.starting {
		return abi.Invalid
	}
	r.counts = true
	r.entered = nil
	if n > r.current {
		r.advance(n)
		if r.extend != nil {
			r.extend()
		}
	}
	return abi.OK
}

// maxFailText bounds what a guest may say about a failure, in bytes.
const maxFailText = 8 << 10

func fail(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	r.failText = text(bytesAt(g, p, 0), maxFailText)
	return abi.OK
}
