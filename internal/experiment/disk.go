package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/shardhost/shardhost/discordtest"
)

// diskFull is how long the disk is full at most, each time.
const diskFull = 4 * time.Second

// A smallDisk is what the host keeps its data on, and can be made full.
type smallDisk interface {
	fill(pid int) error // nothing more fits; pid is the host
	free(pid int) error
	close() error
}

// disk is exactly-once with a disk that is full n times. While it is, a
// connection is reset or the host is killed and started again. In the end every
// effect must have happened once, without a new session.
func disk(ctx context.Context, b *bench, o options) (r report, err error) {
	d, kind, err := newSmallDisk(b.data())
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	l, err := newLedgerBench(ctx, b, o, frontOptions{delay: 60 * time.Millisecond})
	if err != nil {
		return r, err
	}
	defer l.close()
	full := &fullDisk{l, d, rand.New(rand.NewPCG(o.seed, 0x6469736b)), &r}
	r.figures = map[string]any{"disk": kind, "filled": o.n, "rate": o.rate}
	books, err := l.underLoad(ctx, func() error { return full.times(ctx, o.n) })
	if err != nil {
		return r, err
	}
	r.compareLedger(books, l.load)
	stats, violations := l.server.Stats(), 0
	for _, v := range l.server.Violations() {
		if v.Rule != discordtest.RuleResumeURL {
			violations++
		}
	}
	r.figures["identifies"], r.figures["identifies_needed"], r.figures["resumes"] = stats.Identifies, ledgerShards, stats.Resumes
	r.figures["violations"] = violations
	r.expect(stats.Identifies == ledgerShards, "%d IDENTIFYs for %d shards", stats.Identifies, ledgerShards)
	r.expect(violations == 0, "violations: %v", l.server.Violations())
	return r, nil
}

// fullDisk makes the disk full again and again.
type fullDisk struct {
	*ledgerBench
	disk   smallDisk
	random *rand.Rand
	report *report
}

func (f *fullDisk) times(ctx context.Context, n int) error {
	said, resets, kills := 0, 0, 0
	for i := range n {
		if err := pause(ctx, time.Duration(f.random.Int64N(int64(diskFull)))/2); err != nil {
			return err
		}
		if err := f.disk.fill(f.host.cmd.Process.Pid); err != nil {
			return err
		}
		if err := f.heard(ctx); err != nil {
			return err
		}
		said++
		switch i % 3 {
		case 1:
			resets++
			if _, err := f.server.Fault(discordtest.Fault{Kind: discordtest.FaultReset, Shard: f.random.IntN(ledgerShards)}); err != nil {
				return err
			}
		case 2:
			kills++
			f.host.kill()
			if err := f.start(ctx); err != nil {
				return err
			}
		}
		if err := pause(ctx, time.Duration(f.random.Int64N(int64(diskFull)))); err != nil {
			return err
		}
		if err := f.disk.free(f.host.cmd.Process.Pid); err != nil {
			return err
		}
		if err := f.host.ready(ctx, f.bench); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "full %d times\n", i+1)
	}
	f.report.figures["said"], f.report.figures["resets"], f.report.figures["kills"] = said, resets, kills
	return nil
}

// heard waits until the host says that it cannot commit.
func (f *fullDisk) heard(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("the host did not say within a minute that its disk is full"))
	defer cancel()
	for {
		if st, err := f.host.admin.Status(ctx); err == nil && len(st.Plugins) == 1 && strings.Contains(st.Plugins[0].LastError, "not committed") {
			return nil
		}
		select {
		case <-f.host.ended:
			return errors.Join(fmt.Errorf("the host ended on a full disk: %v", f.host.err), f.explainHost())
		default:
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return errors.Join(context.Cause(ctx), f.explainHost())
		}
	}
}
