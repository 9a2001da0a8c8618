package wasm

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// goGuest builds testdata/goguest with the Go toolchain.
func goGuest(t testing.TB) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "guest.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildmode=c-shared", "-o", out, "./testdata/goguest")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the Go guest: %v\n%s", err, text)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGoGuest(t *testing.T) {
	b := goGuest(t)
	info, err := Inspect(b)
	if err != nil {
		t.Fatal(err)
	}
	if p := info.Check(64<<20, func(string) bool { return false }); len(p) > 0 {
		t.Fatalf("problems: %v", p)
	}
	m := compile(t, newEngine(t, Options{CacheDir: filepath.Join(t.TempDir(), "cache")}), b, ModuleConfig{Name: "goguest", Instructions: 1 << 40})
	for _, c := range []struct {
		name, content string
		kind          TrapKind // "" handles the frame
		logged        string
		stderr        string
		frame         string // named in the trap's stack
	}{
		{"answers", "ping ada", "", "hi ada", "", ""},
		{"prints", "say hello\nworld", "", "", "hello\nworld\n", ""},
		{"panics", "panic", TrapUnreachable, "", "panic: runtime error: invalid memory address or nil pointer dereference", "runtime.gopanic"},
		{"exits", "exit", TrapExit, "", "", "main.batch"},
		{"recurses without end", "deep", TrapStack, "", "", "main.deep"},
		{"spins", "spin", TrapDeadline, "", "", "shard_batch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var printed bytes.Buffer
			g := instantiate(t, m, GuestConfig{Stderr: &printed})
			if err := g.Init([]byte("hi ")); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			code, err := batch(g, 300*time.Millisecond, c.content)
			took := time.Since(start)
			if c.kind == "" && (code != 0 || err != nil) {
				t.Fatalf("answered %d, %v", code, err)
			}
			var trap *Trap
			if c.kind != "" && (!errors.As(err, &trap) || trap.Kind != c.kind) {
				t.Fatalf("got %v after %v, want a trap %q", err, took, c.kind)
			}
			if c.kind != "" && !strings.Contains(trap.Stack, c.frame) {
				t.Errorf("the stack does not name the handler: %.400s", trap.Stack)
			}
			if logged := strings.Join(g.Env().(*recorder).logged, "|"); logged != c.logged {
				t.Errorf("logged %q, want %q", logged, c.logged)
			}
			if !strings.Contains(printed.String(), "started\n"+c.stderr) {
				t.Errorf("printed %.300q, want %q", printed.String(), c.stderr)
			}
		})
	}
}
