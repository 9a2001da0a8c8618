package shard_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/shard"
)

// A fleet makes fake shards and keeps a diary of what happened to them.
type fleet struct {
	t *testing.T

	mu     sync.Mutex
	diary  []string // "open 0/2", "close 0/2", "end 0/2" for a session's end
	live   int      // shards that are open
	shards []*fakeShard

	construct func(m *shard.Manager, id *gateway.Identifier) error // nil: nothing
	open      func(ctx context.Context, s *fakeShard) error        // nil: ask the governor
	close     func(s *fakeShard) error
}

// A fakeShard asks the governor when it is opened, as a gateway does.
type fakeShard struct {
	fleet *fleet
	m     *shard.Manager
	id    *gateway.Identifier
	url   string

	mu     sync.Mutex
	opened bool
	err    error
}

func (f *fleet) new(m *shard.Manager, id *gateway.Identifier) (shard.Shard, error) {
	if f.construct != nil {
		if err := f.construct(m, id); err != nil {
			return nil, err
		}
	}
	s := &fakeShard{fleet: f, m: m, id: id, url: m.GatewayURL()}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shards = append(f.shards, s)
	return s, nil
}

func (f *fleet) note(what string, s *fakeShard, live int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.diary = append(f.diary, fmt.Sprintf("%s %d/%d", what, s.id.Shard.ShardID(), s.id.Shard.NumShards()))
	f.live += live
}

// entries returns the diary so far.
func (f *fleet) entries() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.diary)
}

// openBy changes what opening does.
func (f *fleet) openBy(open func(context.Context, *fakeShard) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open = open
}

// made returns the shards that were made so far.
func (f *fleet) made() []*fakeShard {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.shards)
}

func (f *fleet) alive() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.live
}

func (s *fakeShard) Open(ctx context.Context) error {
	s.fleet.mu.Lock()
	open := s.fleet.open
	s.fleet.mu.Unlock()
	if open != nil {
		if err := open(ctx, s); err != nil {
			return err
		}
	} else if err := s.identify(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opened {
		s.fleet.t.Errorf("shard %v was opened twice", s.id.Shard)
	}
	s.opened = true
	s.fleet.note("open", s, 1)
	return nil
}

func (s *fakeShard) identify(ctx context.Context) error {
	release, err := s.id.Governor.Acquire(ctx, s.id.Shard.ShardID())
	if err != nil {
		return err
	}
	release(true)
	return nil
}

func (s *fakeShard) Close() error        { return s.end("close") }
func (s *fakeShard) CloseSession() error { return s.end("end") }

func (s *fakeShard) end(how string) error {
	s.mu.Lock()
	if !s.opened {
		s.fleet.t.Errorf("shard %v was never opened, but closed", s.id.Shard)
	}
	s.opened = false
	s.mu.Unlock()
	s.fleet.note(how, s, -1)
	if s.fleet.close != nil {
		return s.fleet.close(s)
	}
	return nil
}

func (s *fakeShard) Status() gateway.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := gateway.Status{Shard: s.id.Shard.ShardID(), Of: s.id.Shard.NumShards()}
	switch {
	case s.err != nil:
		status.State = gateway.StateFailed
	case s.opened:
		status.State = gateway.StateReady
	}
	return status
}

func (s *fakeShard) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// fail ends the shard for good.
func (s *fakeShard) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// A discord answers gateway/bot.
type discordAnswers struct {
	mu     sync.Mutex
	answer rest.GatewayBot
	err    error
	asked  int
}

func answers(shards, concurrency int) *discordAnswers {
	return &discordAnswers{answer: rest.GatewayBot{
		URL: "wss://gateway.test/?x=1", Shards: shards,
		SessionStartLimit: shard.Limit{Known: true, Total: 1000, Remaining: 1000, MaxConcurrency: concurrency},
	}}
}

func (d *discordAnswers) GatewayBot(context.Context) (rest.GatewayBot, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	return d.answer, d.err
}

func (d *discordAnswers) say(change func(*discordAnswers)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}

var errTest = errors.New("made to fail")

func manager(t *testing.T, f *fleet, d *discordAnswers, change ...func(*shard.Options)) *shard.Manager {
	t.Helper()
	f.t = t
	opts := shard.Options{Identify: gateway.DefaultIdentifyData("token"), REST: d}
	for _, c := range change {
		c(&opts)
	}
	m, err := shard.New(t.Context(), opts, f.new)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
