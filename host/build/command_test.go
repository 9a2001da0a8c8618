package build

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCommand(t *testing.T) {
	t.Setenv("DISCORD_TOKEN", "very secret")
	t.Setenv("API_KEY", "secret too")
	t.Setenv("OTHER", "seen")
	dir := t.TempDir()
	r := CommandRequest{
		Command: `echo building; printf "[$DISCORD_TOKEN$API_KEY$OTHER]" > out.wasm`,
		Dir:     dir, Output: "out.wasm", Withhold: []string{"API_KEY"},
	}
	var log strings.Builder
	r.Log = &log
	first, err := Command(t.Context(), r)
	if err != nil || first.Cached || first.Path != filepath.Join(dir, "out.wasm") || first.Size != 6 {
		t.Fatalf("got %+v, %v", first, err)
	}
	if log.String() != "building\n" {
		t.Errorf("the log says %q", log.String())
	}
	if text, err := os.ReadFile(first.Path); err != nil || string(text) != "[seen]" {
		t.Errorf("the command saw %q, %v", text, err)
	}
	again, err := Command(t.Context(), r)
	if err != nil || !again.Cached {
		t.Errorf("the second time gave %+v, %v", again, err)
	}
}

func TestCommandFails(t *testing.T) {
	for _, test := range []struct {
		name, command string
		want          []string
	}{
		{"with complaints", `echo "src/lib.rs:3:5: error: no" >&2; echo "  a hint" >&2; exit 3`, []string{"exit status 3", "src/lib.rs:3:5: error: no", "a hint"}},
		{"in silence", `exit 4`, []string{"exit status 4"}},
		{"unknown program", `no-such-compiler`, []string{"no-such-compiler", "not found"}},
		{"no module", `true`, []string{"there is no", "out.wasm", "set output"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Command(t.Context(), CommandRequest{Command: test.command, Dir: t.TempDir(), Output: "out.wasm"})
			if err == nil {
				t.Fatal("it ended well")
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q: %v", part, err)
				}
			}
		})
	}
}

func TestCommandStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	// The shell has a child that would hold the output open.
	_, err := Command(ctx, CommandRequest{Command: `sleep 60; true`, Dir: t.TempDir(), Output: "out.wasm"})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 30*time.Second {
		t.Errorf("got %v after %v", err, time.Since(start))
	}
}
