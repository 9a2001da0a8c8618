package plugin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
)

// Measurement is what a plugin costs on this machine.
type Measurement struct {
	ModuleBytes   int           `json:"module_bytes"`
	Start         time.Duration `json:"start_ns"`     // from the module to a guest that is ready; less when its machine code is cached
	MemoryAtStart int64         `json:"memory_start"` // of the guest, in bytes
	MemoryAtEnd   int64         `json:"memory_end"`
	Events        int           `json:"events"`
	PerEvent      float64       `json:"ns_per_event"` // from the frame to the effects, without committing them
	Effects       float64       `json:"effects_per_event"`
}

// Measure gives frames to a plugin in batches, again and again for a time, and
// measures. Nothing of what it does takes place.
func Measure(ctx context.Context, o RehearsalOptions, frames []abi.Frame, d time.Duration) (m Measurement, err error) {
	began := time.Now()
	r, _, err := Rehearse(ctx, o)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	m.ModuleBytes, m.Start, m.MemoryAtStart = len(o.Module), time.Since(began), r.Memory()
	var batches [][]entry
	for _, f := range frames {
		e := entry{letter: &replay{frame: f, DeadLetter: journal.DeadLetter{Frame: make([]byte, f.Size()), Event: frameName(&f)}}}
		if n := len(batches); n == 0 || len(batches[n-1]) == batchFrames {
			batches = append(batches, nil)
		}
		batches[len(batches)-1] = append(batches[len(batches)-1], e)
	}
	if len(batches) == 0 {
		return m, errors.New("there is no frame to measure with")
	}
	effects := 0
	for range 3 { // warm up: the first calls grow what is kept
		if _, err := r.measure(batches); err != nil {
			return m, err
		}
	}
	began = time.Now()
	for time.Since(began) < d && ctx.Err() == nil {
		n, err := r.measure(batches)
		if err != nil {
			return m, err
		}
		effects += n
		m.Events += len(frames)
	}
	if m.Events > 0 {
		m.PerEvent = float64(time.Since(began)) / float64(m.Events)
		m.Effects = float64(effects) / float64(m.Events)
	}
	m.MemoryAtEnd = r.Memory()
	return m, nil
}

// measure gives each batch once.
func (r *Rehearsal) measure(batches [][]entry) (effects int, err error) {
	g := r.guest
	var places []effect.Frame
	for _, batch := range batches {
		places = places[:0]
		for i := range batch {
			places = append(places, batch[i].place())
		}
		g.recorder.Begin(places, g.extend)
		g.output.begin()
		if r.plugin.gen.counts {
			err = g.give(batch)
		} else {
			for i := 0; i < len(batch) && err == nil; i++ {
				if err = g.give(batch[i : i+1]); err == nil {
					g.recorder.Finish(i + 1)
				}
			}
		}
		failed := g.recorder.Finished()
		taken := g.recorder.Take(len(batch))
		effects += len(taken)
		g.recorder.Forget(taken)
		r.logs = r.logs[:0]
		if err != nil {
			return effects, fmt.Errorf("frame %d fails, and measuring ends with it: %w", failed+1, err)
		}
	}
	return effects, nil
}
