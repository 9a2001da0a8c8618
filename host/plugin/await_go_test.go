package plugin

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/internal/rest"
)

// TestGoHandlersWait runs the example poll, whose handler waits four times, with
// several polls at once: in peace, and with reloads, kills and refusals in
// between. Discord gets each call once.
func TestGoHandlersWait(t *testing.T) {
	out := filepath.Join(t.TempDir(), "poll.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildmode=c-shared", "-o", out, "../../plugins/examples/poll")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the example: %v\n%s", err, text)
	}
	module, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		between func(w *world) // twice
		refused string         // the call that Discord refuses
	}{
		{"in peace", func(*world) {}, ""},
		{"reload", func(w *world) {
			next, err := w.plugin.Prepare(context.Background(), w.spec, module, true)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.plugin.Swap(context.Background(), next); err != nil {
				t.Fatal(err)
			}
		}, ""},
		{"restart", func(w *world) {
			w.closeNow()
			w.openModule(module)
		}, ""},
		{"refused", func(*world) {}, "PATCH"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Limits.Memory, w.spec.Limits.ModuleSize = 64<<20, 64<<20
				w.spec.Limits.Inflight = 100
				w.openModule(module)
				tokens, ids := make(chan struct{}, 1000), 0
				w.discord.on(func(ctx context.Context, r rest.Request) (rest.Response, error) {
					select {
					case <-tokens:
					case <-ctx.Done():
						return rest.Response{}, ctx.Err()
					}
					w.discord.mu.Lock()
					defer w.discord.mu.Unlock()
					if r.Method == c.refused {
						return rest.Response{Status: 403, Body: []byte(`{"message":"Missing Permissions","code":50013}`)}, nil
					}
					ids++
					channel := strings.Split(r.Path, "/")[2]
					return rest.Response{Status: 200, Body: fmt.Appendf(nil, `{"id":"%s7","channel_id":"%s"}`, channel, channel)}, nil
				})
				const polls = 5
				for i := range polls {
					w.send(i, script(fmt.Sprintf(`{"id":"1","channel_id":"%d","content":"!poll Tea? | a | b","author":{"id":"2"}}`, i+1)))
				}
				w.send(1, script(`{"id":"1","channel_id":"9","content":"!poll","author":{"id":"2"}}`))
				w.settle()
				w.wantPosition(polls + 1)
				for i := range 4 * polls {
					tokens <- struct{}{}
					w.settle()
					if i%9 == 7 {
						c.between(w)
						w.settle()
					}
				}
				for range 100 {
					tokens <- struct{}{}
				}
				time.Sleep(time.Minute)
				w.settle()
				want := []string{}
				for i := range polls {
					messages := fmt.Sprintf("/channels/%d/messages", i+1)
					post := fmt.Sprintf("%s/%d7", messages, i+1)
					want = append(want, "POST "+messages, "PATCH "+post,
						"PUT "+post+"/reactions/1%EF%B8%8F%E2%83%A3/@me", "PUT "+post+"/reactions/2%EF%B8%8F%E2%83%A3/@me")
					value := "Tea?"
					if c.refused != "" {
						value = ""
					}
					w.wantKV(fmt.Sprintf("poll/%d7", i+1), value)
				}
				got := w.discord.paths()
				slices.Sort(want)
				slices.Sort(got)
				if c.name == "restart" {
					got = slices.Compact(got) // calls that were begun are repeated: with their nonce, or idempotent
				}
				if !slices.Equal(got, want) {
					t.Errorf("Discord was called with\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				letters := w.letters()
				if c.refused == "" && len(letters) != 0 || c.refused != "" && len(letters) != polls {
					t.Errorf("%d dead letters: %v", len(letters), letters)
				}
				for _, l := range letters {
					if want := "OnMessage at main.go:14: discord answered 403: Missing Permissions (50013)"; !strings.HasSuffix(l.Error, want) || l.Attempts != 3 {
						t.Errorf("the letter says %q after %d attempts", l.Error, l.Attempts)
					}
				}
				w.wantEnd()
			})
		})
	}
}
