package dev

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
)

func TestNotebook(t *testing.T) {
	notes := &notebook{feed: &feed{}}
	log := hclog.NewInterceptLogger(&hclog.LoggerOptions{Level: hclog.Error, Output: io.Discard})
	log.RegisterSink(notes)
	log.Debug("too fine")
	log.Info("plain")
	log.Named("gateway").Info("session started", "shard", 1)
	log.Named("plugin.ping").Warn("hello there", "text", `a "b"`)
	log.Named("host").Named("plugin.x").With("lane", 2).Error("no", "error", errors.New("it broke"))
	log.Info("odd", "alone")
	log.Info("formatted", "size", hclog.Fmt("%d KiB", 12))
	log.Info("took", "long", 1234567890*time.Nanosecond, "short", 1500*time.Microsecond)
	(&progress{notes: notes, out: io.Discard}).say("built %s in %s", "ping", "0.2 s")
	want := []logLine{
		{N: 1, Level: "info", Text: "plain"},
		{N: 2, Level: "info", From: "gateway", Text: "session started shard=1"},
		{N: 3, Level: "warn", From: "ping", Plugin: true, Text: `hello there text="a \"b\""`},
		{N: 4, Level: "error", From: "x", Plugin: true, Text: `no lane=2 error="it broke"`},
		{N: 5, Level: "info", Text: "odd alone"},
		{N: 6, Level: "info", Text: `formatted size="12 KiB"`},
		{N: 7, Level: "info", Text: "took long=1.235s short=1.5ms"},
		{N: 8, Level: "info", From: "dev", Text: "built ping in 0.2 s"},
	}
	got := notes.recent()
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d: %+v", len(got), len(want), got)
	}
	for i := range got {
		if got[i].Time == 0 {
			t.Errorf("line %d has no time", i)
		}
		got[i].Time = 0
		if got[i] != want[i] {
			t.Errorf("line %d is\n%+v, want\n%+v", i, got[i], want[i])
		}
	}
}

func TestNotebookForgets(t *testing.T) {
	notes := &notebook{feed: &feed{}}
	for i := range notebookLines + 5 {
		notes.Accept("x", hclog.Info, fmt.Sprint(i))
	}
	got := notes.recent()
	if len(got) != notebookLines || got[0].Text != "5" || got[len(got)-1].Text != fmt.Sprint(notebookLines+4) {
		t.Fatalf("%d lines from %q to %q", len(got), got[0].Text, got[len(got)-1].Text)
	}
}
