package plugin

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/host/config"
)

// reload prepares another guest as a reload does that nobody forces.
func (w *world) reload(c scripted) (*Prepared, error) {
	w.t.Helper()
	next, err := w.plugin.Prepare(context.Background(), w.spec, c.module(), false)
	if err == nil && next == nil {
		w.t.Fatal("there is nothing to reload")
	}
	return next, err
}

// A new generation that fails at a frame which the running one has handled is
// refused, and what it does in its rehearsal does not take place.
func TestReloadIsRehearsed(t *testing.T) {
	for _, c := range []struct {
		name string
		next scripted
		want []string // in the error; none: it passes
	}{
		{"passes", scripted{version: "two"}, nil},
		{"sees the real keys, and its own writes", scripted{version: "two", first: script{}.holds("x", "1").put("x", "2").holds("x", "2").put("x", "1")}, nil},
		{"traps", scripted{version: "two", first: script{}.trapIf("second")}, []string{
			`config.hcl:9: plugin "p" fails at a frame of its rehearsal`, "MESSAGE_CREATE, shard 0, guild 4194304, sequence 2 (1 of 3): ", "unreachable", "shard_batch", "--force p",
		}},
		{"traps at a later frame", scripted{version: "two", first: script{}.trapIf("mine").put("mine", "1")}, []string{"sequence 3 (2 of 3)", "unreachable"}},
		{"refuses", scripted{version: "two", first: script{}.fail("no luck")}, []string{"sequence 2 (1 of 3)", "no luck"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Reload.Rehearse = 3
				w.spec.Lines = map[string]config.Location{"reload.rehearse": {File: "config.hcl", Line: 9}}
				w.open(scripted{})
				w.seed("x", "1")
				w.send(1, script{}.trap()) // too old, and never handled
				w.send(1, script{}.put("second", "1").rest(0, document("GET", "/users/@me", "", "")))
				w.send(1, script{}.add("n", 1).timer(1, 3_600_000, 0))
				w.send(1, script{}.put("last", "1").await("GET", "/users/@me", "").put("answered", "1"))
				time.Sleep(time.Minute)
				w.settle()
				calls, keys := len(w.discord.paths()), strings.Join(w.keys(""), " ")
				next, err := w.reload(c.next)
				time.Sleep(time.Minute)
				w.settle()
				if n := len(w.discord.paths()); n != calls {
					t.Errorf("the rehearsal has called Discord: %q", w.discord.paths()[calls:])
				}
				if now := strings.Join(w.keys(""), " "); now != keys {
					t.Errorf("the store holds\n%s\nand before the rehearsal\n%s", now, keys)
				}
				w.wantKV("n", "1")
				w.wantKV("x", "1")
				var failed *RehearsalError
				if len(c.want) == 0 {
					if err != nil {
						t.Fatal(err)
					}
					if _, err := w.plugin.Swap(context.Background(), next); err != nil {
						t.Fatal(err)
					}
					w.wantLog("rehearsal passed: plugin=p frames=3")
				} else if !errors.As(err, &failed) {
					t.Fatalf("the rehearsal ends with %v", err)
				} else {
					for _, want := range c.want {
						if !strings.Contains(err.Error(), want) {
							t.Errorf("the error lacks %q:\n%v", want, err)
						}
					}
				}
				w.send(1, script{}.add("n", 1))
				w.settle()
				if failed != nil {
					w.wantKV("n", "2")
				}
			})
		})
	}
}

// Who forces a reload gets it without a rehearsal.
func TestForcedReloadIsNotRehearsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Reload.Rehearse = 3
		w.open(scripted{})
		w.send(1, script{}.add("n", 1))
		w.settle()
		w.swap(scripted{version: "two", first: script{}.fail("no luck")})
		if g := w.plugin.Status().Generation; g != 2 {
			t.Errorf("generation %d runs", g)
		}
	})
}

// padded is a script that does nothing, of about so many bytes.
func padded(size int) (s script) {
	for ; size > 0; size -= 60_000 {
		s = s.op(opJumpIf, "absent", strings.Repeat("x", min(size, 60_000)), 0, 0)
	}
	return s
}

// What is kept for rehearsals is bounded in number and in bytes, and nothing is
// kept where nobody asks for it.
func TestRecentFramesAreBounded(t *testing.T) {
	for _, c := range []struct {
		name       string
		rehearse   int
		size       int
		kept, last int
	}{
		{"none", 0, 10, 0, 0},
		{"few", 3, 10, 3, 20},
		{"large", 1000, 1 << 20, 3, 20},
		{"too large", 1000, recentBytes, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Reload.Rehearse = c.rehearse
				w.spec.Limits.Memory = 64 << 20
				w.spec.Limits.Deadline = time.Minute
				p := w.open(scripted{})
				for range 20 {
					w.send(1, padded(c.size))
				}
				w.settle()
				w.wantPosition(20)
				frames := p.recent.last(1000)
				if len(frames) != c.kept || p.recent.bytes > recentBytes {
					t.Fatalf("%d frames of %d bytes are kept, want %d", len(frames), p.recent.bytes, c.kept)
				}
				if c.kept > 0 && frames[c.kept-1].Tag != uint64(c.last) {
					t.Errorf("the last is %d, want %d", frames[c.kept-1].Tag, c.last)
				}
				// A configuration that wants fewer lets the others go.
				w.spec.Reload.Rehearse = 0
				w.swap(scripted{version: "two"})
				if n := len(p.recent.last(1000)); n != 0 {
					t.Errorf("%d frames are left", n)
				}
			})
		})
	}
}
