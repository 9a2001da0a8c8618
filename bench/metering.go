package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// slice is how long one guest runs in a row. It is short, so that what slows
// the machine down slows all three ways down.
const slice = 4 * time.Millisecond

// ways to run a guest, in the order of the columns.
var ways = [3]string{"plain", "ours", "close"}

// A caller copies the frame into a guest, has it handled, and returns the
// guest's answer.
type caller func() (int32, error)

// metering measures what it costs that a guest can be stopped: each guest of the
// corpus as it is, rewritten by us, and with wazero's WithCloseOnContextDone.
func metering(ctx context.Context, args []string) error {
	o, err := parse("metering", args)
	if err != nil {
		return err
	}
	list, err := guests(ctx)
	if err != nil {
		return err
	}
	frame, err := messageFrame()
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d guests, %d B of JSON, %d runs of %v each way, interleaved\n\n", len(list), len(frame)-abi.HeaderSize, o.runs, slice)
	fmt.Fprintf(os.Stderr, "%-16s %9s %9s %9s   %-22s %s\n", "guest", "plain us", "ours us", "close us", "ours/plain", "close/ours")
	var lines []meteringLine
	for _, g := range list {
		l, err := compareWays(ctx, g, frame, o.runs)
		if err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
		lines = append(lines, l)
		fmt.Fprintf(os.Stderr, "%-16s %9.2f %9.2f %9.2f   %.2f (%.2f to %.2f)    %.1f\n", l.Guest, l.Micros[0], l.Micros[1], l.Micros[2], l.Ratio[1], l.Ratio[0], l.Ratio[2], l.Close[1])
	}
	var medians, close []float64
	for _, l := range lines {
		medians, close = append(medians, l.Ratio[1]), append(close, l.Close[1])
	}
	all, against := spread(medians), spread(close)
	fmt.Fprintf(os.Stderr, "\nours/plain over the corpus: %.2f (%.2f to %.2f); close/ours: %.1f (%.1f to %.1f)\n", all[1], all[0], all[2], against[1], against[0], against[2])
	if !o.json {
		return nil
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"bench": "metering", "runs": o.runs, "guests": lines,
		"ratio": map[string]any{"plain": minMedianMax(all), "close_on_context_done": minMedianMax(against)},
	})
}

type meteringLine struct {
	Guest  string     `json:"guest"`
	Micros [3]float64 `json:"us"`         // median of each way
	Ratio  [3]float64 `json:"ours_plain"` // min, median, max over the runs
	Close  [3]float64 `json:"close_ours"` // min, median, max over the runs
}

func minMedianMax(v [3]float64) map[string]float64 {
	return map[string]float64{"min": v[0], "median": v[1], "max": v[2]}
}

func compareWays(ctx context.Context, g guest, frame []byte, runs int) (l meteringLine, err error) {
	var call [3]caller
	for i, open := range []func(context.Context, []byte, []byte) (caller, func(), error){openPlain, openOurs, openClosing} {
		c, close, err := open(ctx, g.module, frame)
		if err != nil {
			return l, fmt.Errorf("%s: %w", ways[i], err)
		}
		defer close()
		call[i] = c
	}
	l.Guest = g.name
	var times [3][]float64
	err = onThread(func() error {
		var n [3]int
		for run := range runs + 2 { // the first ones warm up
			for turn := range call {
				i := (turn + run) % len(call)
				d, err := timeCalls(call[i], max(n[i], 1))
				if err != nil {
					return fmt.Errorf("%s: %w", ways[i], err)
				}
				n[i] = int(float64(slice)/d) + 1
				if run >= 2 {
					times[i] = append(times[i], d)
				}
			}
		}
		return nil
	})
	if err != nil {
		return l, err
	}
	// All three must have done the same.
	var sums [3]int32
	for i := range call {
		if sums[i], err = call[i](); err != nil {
			return l, err
		}
	}
	if sums[0] != sums[1] || sums[0] != sums[2] || sums[0] == 0 {
		return l, fmt.Errorf("the answers differ: %v", sums)
	}
	var ratio, close []float64
	for run := range runs {
		ratio = append(ratio, times[1][run]/times[0][run])
		close = append(close, times[2][run]/times[1][run])
	}
	for i := range times {
		l.Micros[i] = spread(times[i])[1] / 1000
	}
	l.Ratio, l.Close = spread(ratio), spread(close)
	return l, nil
}

// timeCalls makes n calls and returns the nanoseconds of one.
func timeCalls(call caller, n int) (float64, error) {
	begin := threadTime()
	for range n {
		if _, err := call(); err != nil {
			return 0, err
		}
	}
	return float64(threadTime()-begin) / float64(n), nil
}

func openPlain(ctx context.Context, module, frame []byte) (caller, func(), error) {
	return openWazero(ctx, module, frame, false)
}

func openClosing(ctx context.Context, module, frame []byte) (caller, func(), error) {
	return openWazero(ctx, module, frame, true)
}

// openWazero runs a guest on wazero alone.
func openWazero(ctx context.Context, module, frame []byte, closing bool) (caller, func(), error) {
	ctx, cancel := context.WithCancel(ctx)
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler().WithCloseOnContextDone(closing))
	close := func() {
		r.Close(ctx)
		cancel()
	}
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, r); err != nil {
		close()
		return nil, nil, err
	}
	mod, err := r.InstantiateWithConfig(ctx, module, wazero.NewModuleConfig().WithStartFunctions(abi.ExportInitialize))
	if err != nil {
		close()
		return nil, nil, err
	}
	to, err := mod.ExportedFunction(abi.ExportBuffer).Call(ctx, uint64(len(frame)))
	if err != nil {
		close()
		return nil, nil, err
	}
	batch, mem, at := mod.ExportedFunction(abi.ExportBatch), mod.Memory(), uint32(to[0]>>32)
	return bare(ctx, batch, mem, at, frame), close, nil
}

// bare is the least that a host can do: copy and call.
func bare(ctx context.Context, batch api.Function, mem api.Memory, at uint32, frame []byte) caller {
	var stack [2]uint64
	return func() (int32, error) {
		mem.Write(at, frame)
		stack[0], stack[1] = uint64(len(frame)), 1
		err := batch.CallWithStack(ctx, stack[:])
		return int32(stack[0]), err
	}
}

// openOurs runs a guest on host/wasm, with a deadline and a limit.
func openOurs(ctx context.Context, module, frame []byte) (caller, func(), error) {
	e, err := wasm.NewEngine(wasm.Options{})
	if err != nil {
		return nil, nil, err
	}
	m, err := e.Compile(ctx, module, wasm.ModuleConfig{Name: "bench"})
	if err != nil {
		e.Close(ctx)
		return nil, nil, err
	}
	g, err := m.Instantiate(ctx, wasm.GuestConfig{})
	if err != nil {
		m.Close(ctx)
		e.Close(ctx)
		return nil, nil, err
	}
	call := func() (int32, error) {
		to, err := g.Buffer(len(frame))
		if err != nil {
			return 0, err
		}
		copy(to, frame)
		return g.Batch(len(frame), 1, time.Second)
	}
	return call, func() {
		g.Close()
		m.Close(ctx)
		e.Close(ctx)
	}, nil
}
