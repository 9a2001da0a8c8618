package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/journal"
)

// An idleLane says which guest the lanes have, and how many there are.
type idleLane struct {
	guest string // of the corpus
	lanes int
	most  int // KB, the aim
}

var idleLanes = []idleLane{
	{"c-scan", 1000, 100},
	{"rust-filter", 1000, 0},
	{"as-scan", 1000, 0},
	{"go-words", 50, 4096},
}

// laneMemory measures the resident memory of a lane that has handled events and
// now waits: the difference between processes with one lane and with many.
func laneMemory(ctx context.Context, runs int) (map[string][3]float64, error) {
	list := map[string][3]float64{}
	fmt.Fprintf(os.Stderr, "%-14s %6s %12s %10s\n", "guest", "lanes", "KB a lane", "aim")
	for _, l := range idleLanes {
		var kb []float64
		for range runs {
			one, err := rssWithLanes(ctx, l.guest, 1)
			if err != nil {
				return nil, err
			}
			many, err := rssWithLanes(ctx, l.guest, l.lanes)
			if err != nil {
				return nil, err
			}
			kb = append(kb, float64(many-one)/float64(l.lanes-1))
		}
		aim := "-"
		if l.most > 0 {
			aim = fmt.Sprint(l.most)
		}
		list[l.guest] = spread(kb)
		fmt.Fprintf(os.Stderr, "%-14s %6d %12.1f %10s\n", l.guest, l.lanes, spread(kb)[1], aim)
	}
	return list, nil
}

func rssWithLanes(ctx context.Context, name string, lanes int) (int, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, self, "lanes", name, fmt.Sprint(lanes))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%d lanes of %s: %w", lanes, name, err)
	}
	return strconv.Atoi(strings.TrimSpace(string(out)))
}

// lanes is one process of laneMemory: GUEST LANES. It prints its resident memory
// in KB.
func lanes(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("lanes GUEST LANES")
	}
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	module, err := guestNamed(ctx, args[0])
	if err != nil {
		return err
	}
	frame, err := messageFrame()
	if err != nil {
		return err
	}
	message, _, err := abi.Parse(frame)
	if err != nil {
		return err
	}
	p, close, err := openPlugin(ctx, module, n, hclog.NewNullLogger())
	if err != nil {
		return err
	}
	defer close()
	var tracker journal.Tracker
	tracker.Begin("s", -1)
	events := int64(8 * n) // of as many guilds: few lanes get none
	for seq := range events {
		e := &gateway.Event{
			Of: 1, Session: "s", Seq: seq + 1, Type: discord.EventMessageCreate, Name: "MESSAGE_CREATE",
			Guild: discord.GuildID((seq + 1) << 22), Data: message.Body,
		}
		e.Retain()
		ticket, _ := tracker.Receive(e.Seq, 1)
		p.Deliver(e, ticket, nil)
		e.Release()
	}
	for done := int64(-1); done < events; done, _ = tracker.Position() {
		runtime.Gosched()
	}
	if s := p.Status(); s.Handled != uint64(events) || s.Failed > 0 {
		return fmt.Errorf("%d of %d events were handled, %d failed", s.Handled, events, s.Failed)
	}
	module = nil
	debug.FreeOSMemory()
	kb, err := ownRSS()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(kb)
}

// ownRSS is the resident memory of this process in KB.
func ownRSS() (int, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strconv.Atoi(strings.Fields(rest)[0])
		}
	}
	return 0, errors.New("the system does not tell the memory of a process")
}
