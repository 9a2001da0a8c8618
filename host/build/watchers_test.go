package build

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// nextOf waits for the next change, but not for ever.
func nextOf(t *testing.T, w *Watchers) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	names, err := w.Next(ctx)
	if err != nil {
		t.Fatalf("no change was told: %v", err)
	}
	return names
}

// untilTold changes a file again and again until its watcher tells of it: a
// watcher that was just made may not look yet.
func untilTold(t *testing.T, w *Watchers, name string, change func(n int)) {
	t.Helper()
	for n := range 100 {
		change(n)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		names, err := w.Next(ctx)
		cancel()
		if slices.Contains(names, name) {
			return
		}
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	t.Fatalf("no change of %s was told", name)
}

func TestWatchers(t *testing.T) {
	root := t.TempDir()
	at := func(p string) string { return filepath.Join(root, p) }
	put(t, at("ping/main.go"), "0")
	put(t, at("lib/lib.go"), "0")
	put(t, at("config.hcl"), "0")
	w := NewWatchers(func(name string, err error) { t.Errorf("%s: %v", name, err) })
	defer w.Close()
	w.Follow("ping", Place{[]string{at("ping")}, []string{"*.go"}})
	w.Follow("config", Place{[]string{at("config.hcl")}, nil})
	text := func(n int) string { return string(rune('a' + n%26)) }
	untilTold(t, w, "ping", func(n int) { put(t, at("ping/main.go"), text(n)) })
	untilTold(t, w, "config", func(n int) { put(t, at("config.hcl"), text(n)) })

	// The same name at more places.
	w.Follow("ping", Place{[]string{at("ping"), at("lib")}, []string{"*.go"}})
	untilTold(t, w, "ping", func(n int) { put(t, at("lib/lib.go"), text(n)) })

	// What is forgotten is not told, not even what was about to be.
	w.touch("ping")
	w.touch("config")
	w.Forget("ping")
	if got := nextOf(t, w); !slices.Equal(got, []string{"config"}) {
		t.Errorf("told %v, want config alone", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWatchersComplain(t *testing.T) {
	lost := make(chan string, 1)
	w := NewWatchers(func(name string, err error) { lost <- name + ": " + err.Error() })
	defer w.Close()
	w.Follow("ping", Place{[]string{t.TempDir()}, []string{"[unfinished"}})
	if got := <-lost; got == "" {
		t.Error("nothing was said")
	}
}
