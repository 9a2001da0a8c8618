package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// A meter reads what a client process has used between its first and its last
// event.
type meter struct {
	want  int
	count int
	sum   int64
	done  chan struct{}

	cpu    time.Duration
	before runtime.MemStats
}

func newMeter(want int) *meter { return &meter{want: want, done: make(chan struct{})} }

// begin is called once the session is ready and before the first event.
func (m *meter) begin() {
	runtime.GC()
	runtime.ReadMemStats(&m.before)
	m.cpu = cpuTime()
}

// event counts one event; it is called by one goroutine.
func (m *meter) event(seq int64) {
	m.count++
	m.sum += seq
	if m.count == m.want {
		close(m.done)
	}
}

func (m *meter) report() result {
	cpu := cpuTime() - m.cpu
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	n := float64(m.want)
	return result{
		CPU: float64(cpu.Nanoseconds()) / 1000 / n, Allocs: float64(after.Mallocs-m.before.Mallocs) / n,
		Bytes: float64(after.TotalAlloc-m.before.TotalAlloc) / n, Events: m.count, Sum: m.sum,
	}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// client runs one contestant: KIND ADDRESS COMPRESS EVENTS CREATES.
func client(ctx context.Context, args []string) error {
	if len(args) != 5 {
		return fmt.Errorf("client KIND ADDRESS COMPRESS EVENTS CREATES")
	}
	events, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	creates, err := strconv.Atoi(args[4])
	if err != nil {
		return err
	}
	m := newMeter(events)
	run := map[string]func(ctx context.Context, addr, compress string, m *meter, creates int) error{
		"loop": loop, "gateway": bareGateway, "host": wholeHost, "discordgo": discordGo, "disgo": disGo,
	}[args[0]]
	if run == nil {
		return fmt.Errorf("no client %q", args[0])
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if err := run(ctx, args[1], args[2], m, creates); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(m.report())
}

// wait returns when all events have come.
func (m *meter) wait(ctx context.Context) error {
	select {
	case <-m.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%d of %d events came: %w", m.count, m.want, ctx.Err())
	}
}
