package wasm

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/host/wasm/meter"
)

// kitHost runs the conformance kit against this package.
type kitHost struct {
	engine    *Engine
	functions map[string]HostFunc
}

func newKitHost(t *testing.T) *kitHost {
	h := &kitHost{newEngine(t, Options{CacheDir: filepath.Join(t.TempDir(), "cache")}), make(map[string]HostFunc)}
	for _, f := range abi.Functions {
		// Each touches the memory that it is given, as the real ones do.
		h.functions[f.Name] = func(g *Guest, stack []uint64) {
			for _, r := range conformance.Ranges(f, stack) {
				g.Bytes(r[0], r[1])
			}
			stack[0] = 0
		}
	}
	h.functions["state_write"] = func(g *Guest, stack []uint64) {
		i := g.Env().(*kitInstance)
		data := g.Bytes(uint32(stack[1]), uint32(stack[2]))
		if !i.saving {
			code := abi.Invalid
			stack[0] = uint64(uint32(code))
			return
		}
		i.schema, i.state = int32(stack[0]), append(i.state, data...)
		stack[0] = 0
	}
	return h
}

func (h *kitHost) Check(module []byte, granted []string) []string {
	info, err := Inspect(module)
	if err != nil {
		return []string{err.Error()}
	}
	var list []string
	for _, p := range info.Check(conformance.MemoryLimit, func(g string) bool { return slices.Contains(granted, g) }) {
		list = append(list, p.String())
	}
	return list
}

func (h *kitHost) Start(module []byte) (conformance.Instance, error) {
	m, err := h.engine.Compile(context.Background(), module, ModuleConfig{
		Name: "kit", Functions: h.functions, Memory: conformance.MemoryLimit, Init: conformance.Deadline,
	})
	if err != nil {
		return nil, failure(err)
	}
	i := &kitInstance{module: m}
	g, err := m.Instantiate(context.Background(), GuestConfig{Env: i})
	if err == nil {
		if _, err = g.Manifest(); err != nil {
			err = errors.Join(failure(err), g.Close())
		} else if err = g.Init([]byte("{}")); err != nil {
			err = errors.Join(failure(err), g.Close())
		}
	}
	if err != nil {
		if e := m.Close(context.Background()); e != nil {
			return nil, e
		}
		return nil, failure(err)
	}
	i.guest = g
	return i, nil
}

type kitInstance struct {
	module *Module
	guest  *Guest
	saving bool
	schema int32
	state  []byte
}

func (i *kitInstance) Save() (int32, []byte, error) {
	i.saving = true
	err := i.guest.Save()
	i.saving = false
	return i.schema, i.state, failure(err)
}

func (i *kitInstance) Load(schema int32, state []byte) error {
	return failure(i.guest.Load(schema, state))
}

func (i *kitInstance) Stop(reason int32) error { return failure(i.guest.Stop(reason)) }

func (i *kitInstance) Batch(frames []byte, count int) (int32, error) {
	buf, err := i.guest.Buffer(len(frames))
	if err != nil {
		return 0, failure(err)
	}
	copy(buf, frames)
	code, err := i.guest.Batch(len(frames), count, conformance.Deadline)
	return code, failure(err)
}

func (i *kitInstance) Close() error {
	return errors.Join(i.guest.Close(), i.module.Close(context.Background()))
}

// failure translates what ended a guest.
func failure(err error) error {
	var trap *Trap
	var refused *Refused
	switch {
	case errors.As(err, &trap):
		return &conformance.Failure{Kind: string(trap.Kind), Message: trap.Error()}
	case errors.Is(err, meter.ErrLimit):
		return &conformance.Failure{Kind: "too much", Message: err.Error()}
	case errors.As(err, &refused):
		return &conformance.Failure{Kind: "refused", Message: refused.Error()}
	}
	return err
}

func TestConformance(t *testing.T) { conformance.Run(t, newKitHost(t)) }
