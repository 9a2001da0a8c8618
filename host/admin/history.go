package admin

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"runtime/metrics"
	"strconv"
	"sync"
	"time"
)

// What the dashboard's charts show: so many samples, so far apart.
const (
	sampleEvery = 5 * time.Second
	mostSamples = 180 // a quarter of an hour
)

// History is the last quarter of an hour: the answer of /v1/history. Columns
// have a number for each of Times, null where there was none. What counts up
// does so since the host, or the plugin, was started.
type History struct {
	FormatVersion int                 `json:"format_version"`
	EveryMS       int64               `json:"every_ms"`
	Times         []int64             `json:"times"`   // unix milliseconds, oldest first
	Totals        Columns             `json:"totals"`  // events handled failed queued resident
	Plugins       map[string]*Columns `json:"plugins"` // by name: handled failed queued memory
}

// Columns are figures by name.
type Columns map[string][]*int64

// put sets the newest of so many rows.
func (c Columns) put(name string, rows int, v int64) {
	column := c[name]
	for len(column) < rows-1 {
		column = append(column, nil)
	}
	c[name] = append(column, &v)
}

// fill ends every column at so many rows.
func (c Columns) fill(rows int) {
	for name, column := range c {
		for len(column) < rows {
			column = append(column, nil)
		}
		c[name] = column
	}
}

// sampled is what a host was doing at one moment.
type sampled struct {
	at       time.Time
	status   Status
	resident int64 // bytes
}

// A keeper keeps the newest samples. Its zero value has none.
type keeper struct {
	mu      sync.Mutex
	samples []sampled
}

func (k *keeper) add(s sampled) {
	s.status.Shards = []Shard{{Events: received(s.status)}} // a thousand shards are one number here
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.samples) == mostSamples {
		k.samples = append(k.samples[:0], k.samples[1:]...)
	}
	k.samples = append(k.samples, s)
}

// received is how many events the shards in charge have received.
func received(s Status) (n uint64) {
	for _, x := range s.Shards {
		n += x.Events
	}
	return n
}

// run takes samples until ctx ends.
func (k *keeper) run(ctx context.Context, status func() Status) {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for {
		k.add(sampled{time.Now(), status(), resident()})
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// history turns the samples into columns.
func (k *keeper) history() History {
	k.mu.Lock()
	defer k.mu.Unlock()
	h := History{FormatVersion: FormatVersion, EveryMS: sampleEvery.Milliseconds(), Times: []int64{}, Totals: Columns{}, Plugins: map[string]*Columns{}}
	for i, s := range k.samples {
		h.Times = append(h.Times, s.at.UnixMilli())
		var handled, failed, queued int64
		for _, p := range s.status.Plugins {
			c := h.Plugins[p.Name]
			if c == nil {
				c = &Columns{}
				h.Plugins[p.Name] = c
			}
			c.put("handled", i+1, int64(p.Handled))
			c.put("failed", i+1, int64(p.Failed))
			c.put("queued", i+1, int64(p.Queued))
			c.put("memory", i+1, p.Memory)
			handled, failed, queued = handled+int64(p.Handled), failed+int64(p.Failed), queued+int64(p.Queued)
		}
		h.Totals.put("events", i+1, int64(received(s.status)))
		h.Totals.put("handled", i+1, handled)
		h.Totals.put("failed", i+1, failed)
		h.Totals.put("queued", i+1, queued)
		h.Totals.put("resident", i+1, s.resident)
	}
	for _, c := range h.Plugins {
		c.fill(len(h.Times))
	}
	return h
}

func (s *Server) history(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.samples.history())
}

// resident is how much memory the process holds, in bytes: where the system
// says so its resident set, else what Go has mapped.
func resident() int64 {
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := bytes.Fields(text); len(fields) > 1 {
			if pages, err := strconv.ParseInt(string(fields[1]), 10, 64); err == nil {
				return pages * int64(os.Getpagesize())
			}
		}
	}
	figures := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(figures)
	return int64(figures[0].Value.Uint64() - figures[1].Value.Uint64())
}
