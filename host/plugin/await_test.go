package plugin

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/internal/rest"
)

// heldAnswers is a Discord that answers when it is told to: each call with its
// number, {"n":1}.
type heldAnswers struct {
	calls chan struct{} // one token lets one call be answered
	n     int
}

func holdAnswers(w *world) *heldAnswers {
	h := &heldAnswers{calls: make(chan struct{}, 1000)}
	w.discord.on(func(ctx context.Context, _ rest.Request) (rest.Response, error) {
		select {
		case <-h.calls:
		case <-ctx.Done():
			return rest.Response{}, ctx.Err()
		}
		w.discord.mu.Lock()
		defer w.discord.mu.Unlock()
		h.n++
		return rest.Response{Status: 200, Body: fmt.Appendf(nil, `{"n":%d}`, h.n)}, nil
	})
	return h
}

func (h *heldAnswers) release(n int) {
	for range n {
		h.calls <- struct{}{}
	}
}

func post(s script, channel string) script {
	return s.await("POST", "/channels/"+channel+"/messages", `{"content":"x"}`)
}

// wantEnd checks that nothing of a parked frame is left.
func (w *world) wantEnd() {
	w.t.Helper()
	for _, prefix := range []string{"parked/p/", "out/p/"} {
		if left := w.keys(prefix); len(left) != 0 {
			w.t.Errorf("left under %s: %q", prefix, left)
		}
	}
	if w.plugin != nil {
		if n := w.plugin.Status().Waiting; n != 0 {
			w.t.Errorf("%d handlers wait", n)
		}
		for lane := range 6 {
			if n := w.plugin.inflight(lane).Load(); n != 0 {
				w.t.Errorf("%d calls of lane %d are in flight", n, lane)
			}
		}
	}
}

func TestAHandlerWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		answers := holdAnswers(w)
		w.open(scripted{})
		w.send(1, post(post(script{}.put("before", "1"), "1").answer("first").holds("before", "1").add("n", 1), "2").answer("second").
			rest(0, document("POST", "/channels/3/messages", `{"content":"end"}`, "")))
		w.send(1, script{}.failIf("before", "half of it is seen").add("n", 1).put("later", "1"))
		w.settle()
		w.wantPosition(2) // the parked frame holds nothing back
		w.wantKV("later", "1")
		w.wantKV("before", "")
		w.discord.wantPaths(t, "POST /channels/1/messages")
		answers.release(1)
		w.settle()
		w.discord.wantPaths(t, "POST /channels/1/messages", "POST /channels/2/messages")
		w.wantKV("first", "")
		w.wantKV("n", "1")
		if n := w.plugin.Status().Waiting; n != 1 {
			t.Errorf("%d handlers wait, want 1", n)
		}
		answers.release(2)
		w.settle()
		w.discord.wantPaths(t, "POST /channels/1/messages", "POST /channels/2/messages", "POST /channels/3/messages")
		w.wantKV("before", "1")
		w.wantKV("first", `{"n":1}`)
		w.wantKV("second", `{"n":2}`)
		w.wantKV("n", "2")
		w.wantEnd()
	})
}

// TestAHandlerBeginsAnew ends the guest of a handler that waits for its second
// answer, in each way there is.
func TestAHandlerBeginsAnew(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(w *world)
	}{
		{"the host is killed", func(w *world) {
			w.store.fail(true)
			w.closeNow()
			w.store.fail(false)
			w.open(scripted{})
		}},
		{"the host is restarted", func(w *world) {
			w.closeNow()
			w.open(scripted{})
		}},
		{"with another number of lanes", func(w *world) {
			w.closeNow()
			w.spec.Lanes = 3
			w.open(scripted{})
		}},
		{"reload", func(w *world) { w.swap(scripted{version: "2"}) }},
		{"reload to more lanes", func(w *world) {
			w.spec.Lanes = 3
			w.swap(scripted{version: "2"})
		}},
		{"another frame traps", func(w *world) { w.send(2, script{}.trapOnce().put("other", "1")) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				answers := holdAnswers(w)
				w.open(scripted{})
				w.send(1, post(post(script{}.put("a", "1"), "1").answer("first").add("n", 1), "2").answer("second"))
				answers.release(1)
				w.settle()
				c.end(w)
				time.Sleep(time.Second)
				answers.release(1)
				time.Sleep(time.Minute / 2)
				w.settle()
				paths := w.discord.paths()
				if strings.Contains(c.name, "host") || strings.Contains(c.name, "lanes") && len(paths) == 3 {
					paths = paths[:2] // the second call was begun and is repeated: with its nonce that is one message
				}
				if got := strings.Join(paths, ", "); got != "POST /channels/1/messages, POST /channels/2/messages" {
					t.Errorf("Discord was called with %s", got)
				}
				w.wantKV("a", "1")
				w.wantKV("first", `{"n":1}`)
				w.wantKV("second", `{"n":2}`)
				w.wantKV("n", "1")
				w.wantPosition(w.seq)
				w.wantEnd()
			})
		})
	}
}

// TestAReloadWaitsForHandlers lets one end within reload.drain: it never begins
// anew.
func TestAReloadWaitsForHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		answers := holdAnswers(w)
		w.spec.Reload.Drain = 5 * time.Second
		w.open(scripted{})
		w.send(1, post(script{}, "1").op(opTrapIf, "new", "", 0, 0).put("a", "1"))
		w.settle()
		time.AfterFunc(2*time.Second, func() { answers.release(1) })
		began := time.Now()
		w.swap(scripted{version: "2"})
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("the reload took %s", took)
		}
		w.wantKV("a", "1")
		w.send(1, post(script{}, "1").put("b", "1"))
		w.settle()
		began = time.Now()
		w.swap(scripted{version: "3"})
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("the reload took %s", took)
		}
		answers.release(1)
		w.settle()
		w.wantKV("b", "1")
		w.wantEnd()
	})
}

func TestAHandlerThatFails(t *testing.T) {
	waits := func(s script) script { return post(s, "1") }
	for _, c := range []struct {
		name   string
		script script
		error  string
	}{
		{"says so", waits(script{}.put("a", "1")).fail("no luck"), "no luck"},
		{"traps", waits(script{}.put("a", "1")).trap(), "unreachable"},
		{"never ends", waits(script{}.put("a", "1")).op(opSpin, "", "", 0, 0), "instructions"},
		{"in its second wait", waits(waits(script{}.put("a", "1"))).fail("no luck"), "no luck"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Limits.Instructions = 1e6
				w.open(scripted{})
				w.send(1, c.script)
				w.send(1, script{}.put("other", "1"))
				time.Sleep(time.Minute)
				w.settle()
				w.wantKV("a", "")
				w.wantKV("other", "1")
				letters := w.letters()
				if len(letters) != 1 || letters[0].Attempts != 3 || letters[0].Event != "MESSAGE_CREATE" || !strings.Contains(letters[0].Error, c.error) {
					t.Fatalf("dead letters: %+v", letters)
				}
				if calls := len(w.discord.paths()); calls != strings.Count(string(c.script), "await") {
					t.Errorf("%d calls", calls)
				}
				w.wantEnd()
			})
		})
	}
}

func TestAHandlerWaitsTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		answers := holdAnswers(w)
		w.spec.Failure.Retry = 0
		w.open(scripted{})
		w.send(1, post(script{}.put("a", "1"), "1"))
		time.Sleep(time.Minute + time.Second)
		w.settle()
		letters := w.letters()
		if len(letters) != 1 || !strings.Contains(letters[0].Error, "limits.park of 1m0s for the answer to POST /channels/1/messages") {
			t.Fatalf("dead letters: %+v", letters)
		}
		answers.release(1)
		w.settle()
		w.wantKV("a", "")
		w.wantEnd()
	})
}

// TestTooManyHandlersWait lets more handlers wait than there is room for: none
// fails, and what follows them waits.
func TestTooManyHandlersWait(t *testing.T) {
	for _, limit := range []string{"parked", "inflight"} {
		t.Run(limit, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				answers := holdAnswers(w)
				w.spec.Limits.Inflight, w.spec.Limits.Parked = 100, 4
				if limit == "inflight" {
					w.spec.Limits.Inflight, w.spec.Limits.Parked = 4, 100
				}
				w.open(scripted{})
				for i := range 20 {
					w.send(1, post(script{}, itoa(i)).add("n", 1))
				}
				w.send(1, script{}.put("last", "1"))
				w.settle()
				if n := len(w.discord.paths()); n != 4 {
					t.Errorf("%d calls are under way", n)
				}
				for i := range 20 {
					answers.release(1)
					w.settle()
					w.wantKV("n", itoa(i+1))
				}
				w.wantKV("last", "1")
				if s := w.plugin.Status(); s.Failed != 0 || s.Buried != 0 {
					t.Errorf("%d failed, %d given up", s.Failed, s.Buried)
				}
				w.wantEnd()
			})
		})
	}
}

// TestAnotherCallThanBefore lets a handler ask for something else when its
// frame is given again.
func TestAnotherCallThanBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		answers := holdAnswers(w)
		w.open(scripted{})
		// The first handler sees no key, later ones do.
		w.send(1, post(script{}.op(opJumpIf, "seen", string(post(script{}, "2")), 0, 0), "1").put("a", "1"))
		w.settle()
		w.send(1, script{}.put("seen", "1"))
		w.settle()
		w.send(1, script{}.trapOnce())
		time.Sleep(30 * time.Second)
		w.settle()
		answers.release(1)
		w.settle()
		letters := w.letters()
		if len(letters) != 1 || !strings.Contains(letters[0].Error, "call 1 of the handler is POST /channels/2/messages, and was POST /channels/1/messages") {
			t.Fatalf("dead letters: %+v", letters)
		}
		w.discord.wantPaths(t, "POST /channels/1/messages")
		w.wantKV("a", "")
		w.wantEnd()
	})
}
