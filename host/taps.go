package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/host/recording"
)

// A frameTap is the frames that a client of the admin API watches, masked.
type frameTap struct {
	*plugin.Tap
	masked []string
}

// Watch begins to watch the frames that plugins are given.
func (h *Host) Watch(req admin.WatchRequest) (admin.FrameSource, error) {
	for _, name := range req.Plugins {
		if h.plugin(name) == nil {
			return nil, h.absent(name)
		}
	}
	events, err := matcher(req.Events)
	if err != nil {
		return nil, &admin.Error{Code: admin.CodeBadRequest, Message: err.Error()}
	}
	tap, err := h.taps.Open(func(name string, f *abi.Frame) bool {
		return (len(req.Plugins) == 0 || slices.Contains(req.Plugins, name)) && events(f)
	})
	if errors.Is(err, plugin.ErrTooManyTaps) {
		return nil, &admin.Error{Code: admin.CodeBusy, Message: err.Error() + ": end one of them"}
	}
	if err != nil {
		return nil, err
	}
	return &frameTap{tap, h.masked(req.Raw)}, nil
}

// names are those of the plugins that run.
func (h *Host) names() []string {
	var names []string
	for _, p := range h.snapshot() {
		names = append(names, p.Name())
	}
	return names
}

// matcher tells whether a frame is an event that one of the patterns matches;
// without patterns every frame passes.
func matcher(patterns []string) (func(f *abi.Frame) bool, error) {
	if len(patterns) == 0 {
		return func(*abi.Frame) bool { return true }, nil
	}
	wanted := map[string]bool{}
	for _, pattern := range patterns {
		types, err := discord.MatchEvents(pattern)
		if err != nil && strings.Contains(pattern, "*") {
			return nil, fmt.Errorf("%s; `shardhost events` lists them", strings.TrimPrefix(err.Error(), "discord: "))
		}
		wanted[pattern] = true // Discord may know more events than the table
		for _, t := range types {
			wanted[t.Name()] = true
		}
	}
	return func(f *abi.Frame) bool { return f.Kind == abi.KindEvent && wanted[string(f.Name)] }, nil
}

// Next waits for the next frame.
func (t *frameTap) Next(ctx context.Context) (admin.WatchedFrame, error) {
	f, dropped, err := t.Tap.Next(ctx)
	recording.Redact(&f.Frame, t.masked)
	return admin.WatchedFrame{Plugin: f.Plugin, Frame: f.Frame, Dropped: dropped}, err
}

// Masked are the keys whose values are masked.
func (t *frameTap) Masked() []string { return t.masked }
