package plugin

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/abi"
	asm "github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/internal/rest"
)

// used is an interaction of a kind, and answer the request with which the guest
// answers it.
func (w *world) used(kind int, answer string) *gateway.Event {
	w.seed("answer", answer)
	return w.interaction(1, script(fmt.Sprintf(`{"application_id":"7","id":"8","token":"tok","type":%d}`, kind)))
}

// answering is a guest that answers every frame with the request document under
// the key answer.
func answering() []byte {
	b := asm.New()
	get, send := b.Import("kv_get"), b.Import("rest")
	b.Plugin(asm.Plugin{Frame: asm.Seq(
		b.Data("answer").Both(), asm.I32(scratch), asm.I32(1000), asm.Call(get), asm.Set(asm.FrameI32),
		asm.I64(0), asm.I32(scratch), asm.Get(asm.FrameI32), asm.Call(send), asm.Drop,
	)})
	return b.Module()
}

// The host answers for a plugin whose lane is busy, and the plugin's own answer
// goes where Discord then takes it.
func TestAutoDefer(t *testing.T) {
	const edit, callback = "PATCH /webhooks/7/tok/messages/@original", "POST /interactions/8/tok/callback"
	answer := func(body string) string { return document("POST", "/interactions/8/tok/callback", body, "") }
	for _, c := range []struct {
		name   string
		kind   int
		answer string
		after  time.Duration // that the lane is held
		paths  []string
		bodies []string
	}{
		{"in time", 2, answer(`{"type":4,"data":{"content":"x"}}`), time.Second, []string{callback}, []string{`{"type":4,"data":{"content":"x"}}`}},
		{"a command", 2, answer(`{"type":4,"data":{"content":"x","flags":64,"tts":true}}`), time.Minute, []string{callback, edit}, []string{`{"type":5}`, `{"content":"x"}`}},
		{"with flags that an edit takes", 5, answer(`{"type":4,"data":{"content":"x","flags":68}}`), time.Minute, []string{callback, edit}, []string{`{"type":5}`, `{"content":"x","flags":4}`}},
		{"a component, updated", 3, answer(`{"type":7,"data":{"content":"x"}}`), time.Minute, []string{callback, edit}, []string{`{"type":6}`, `{"content":"x"}`}},
		{"a component, answered", 3, answer(`{"type":4,"data":{"content":"x"}}`), time.Minute, []string{callback, "POST /webhooks/7/tok"}, []string{`{"type":6}`, `{"content":"x"}`}},
		{"deferred by the plugin too", 2, answer(`{"type":5}`), time.Minute, []string{callback}, []string{`{"type":5}`}},
		{"autocomplete", 4, answer(`{"type":8,"data":{}}`), time.Minute, []string{callback}, []string{`{"type":8,"data":{}}`}},
		{"never answered", 2, document("GET", "/users/@me", "", ""), time.Second, []string{"GET /users/@me"}, []string{""}},
		{"later than the token", 2, answer(`{"type":4,"data":{"content":"x"}}`), time.Hour, []string{callback, callback}, []string{`{"type":5}`, `{"type":4,"data":{"content":"x"}}`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Limits.AutoDeferAfter = 2 * time.Second
				p, err := Open(context.Background(), w.deps(), w.spec, answering())
				if err != nil {
					t.Fatal(err)
				}
				w.plugin = p
				release := hold(p, 0)
				w.deliver(w.used(c.kind, c.answer))
				time.Sleep(c.after)
				release()
				time.Sleep(time.Minute)
				w.discord.wantPaths(t, c.paths...)
				var bodies []string
				for _, r := range w.discord.calls {
					bodies = append(bodies, string(r.Body))
				}
				if !slices.Equal(bodies, c.bodies) {
					t.Errorf("the bodies are %q, want %q", bodies, c.bodies)
				}
			})
		})
	}
}

// Nothing is deferred without the configuration's word, and nothing twice.
func TestAutoDeferRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(w *world)
		status int // of the host's answer
		body   string
		again  bool // the event was sent again after a restart
		paths  int
		edits  bool
	}{
		{"not configured", func(w *world) { w.spec.Limits.AutoDeferAfter = 0 }, 204, "", false, 1, false},
		{"not granted", func(w *world) { w.spec.Grant.Discord.Allow = []string{"GET /**"} }, 204, "", false, 0, false},
		{"somebody else has answered", func(*world) {}, 400, `{"code":40060}`, false, 2, false},
		{"the host had answered before a crash", func(*world) {}, 400, `{"code":40060}`, true, 2, true},
		{"Discord is away", func(*world) {}, 500, ``, false, 2, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Limits.AutoDeferAfter = 2 * time.Second
				w.spec.Grant.Discord = &config.DiscordGrant{Allow: []string{"POST /**"}}
				c.change(w)
				p, err := Open(context.Background(), w.deps(), w.spec, answering())
				if err != nil {
					t.Fatal(err)
				}
				w.plugin = p
				w.discord.on(func(_ context.Context, r rest.Request) (rest.Response, error) {
					if string(r.Body) == `{"type":5}` {
						return rest.Response{Status: c.status, Body: []byte(c.body)}, nil
					}
					return rest.Response{Status: 200}, nil
				})
				release := hold(p, 0)
				e := w.used(2, document("POST", "/interactions/8/tok/callback", `{"type":4,"data":{}}`, ""))
				e.Replayed = c.again
				w.deliver(e)
				time.Sleep(10 * time.Second)
				release()
				time.Sleep(time.Minute)
				paths := w.discord.paths()
				if len(paths) != c.paths || c.edits != slices.Contains(paths, "PATCH /webhooks/7/tok/messages/@original") {
					t.Errorf("Discord was called with %q", paths)
				}
				w.wantPosition(e.Seq)
			})
		})
	}
}

// The host answers too for a handler that waits for an answer of its own, while
// its lane is free, and what the handler then sends goes where Discord takes it.
func TestAutoDeferOfHandlerThatWaits(t *testing.T) {
	const edit, callback, asked = "PATCH /webhooks/7/tok/messages/@original", "POST /interactions/8/tok/callback", "GET /users/@me"
	b := asm.New()
	park, enter, finish, send := b.Import("park"), b.Import("enter"), b.Import("finish"), b.Import("rest")
	handle := asm.Seq(asm.FrameTag, asm.I32Wrap)
	b.Plugin(asm.Plugin{Frame: asm.Seq(
		asm.FrameKind, asm.I32(int32(abi.KindCompletion)), asm.I32Eq, asm.If(asm.Empty,
			handle, asm.Call(enter), asm.Drop,
			asm.I64(0), b.Data(document("POST", "/interactions/8/tok/callback", `{"type":4,"data":{"content":"x"}}`, "")).Both(), asm.Call(send), asm.Drop,
			handle, asm.I32(0), asm.Call(finish), asm.Drop,
			asm.Else,
			asm.Call(park), asm.I64ExtendU, b.Data(`{"method":"GET","path":"/users/@me","await":true}`).Both(), asm.Call(send), asm.Drop,
			asm.I32(0), asm.Call(enter), asm.Drop,
		),
	)})
	module := b.Module()
	for _, c := range []struct {
		name  string
		takes time.Duration // the call that the handler waits for
		paths []string
		first string // body of the first answer
	}{
		{"in time", time.Second, []string{asked, callback}, `{"type":4,"data":{"content":"x"}}`},
		{"late", 10 * time.Second, []string{asked, callback, edit}, `{"type":5}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Limits.AutoDeferAfter = 2 * time.Second
				w.discord.on(func(_ context.Context, r rest.Request) (rest.Response, error) {
					if r.Method == "GET" {
						time.Sleep(c.takes)
					}
					return rest.Response{Status: 200, Body: []byte(`{}`)}, nil
				})
				p, err := Open(context.Background(), w.deps(), w.spec, module)
				if err != nil {
					t.Fatal(err)
				}
				w.plugin = p
				w.deliver(w.interaction(1, script(`{"application_id":"7","id":"8","token":"tok","type":2}`)))
				w.settle()
				if n := p.Status().Waiting; n != 1 {
					t.Errorf("%d handlers wait", n)
				}
				w.wantPosition(1) // nothing is held up
				time.Sleep(time.Minute)
				w.settle()
				w.discord.wantPaths(t, c.paths...)
				if len(w.discord.calls) > 1 && string(w.discord.calls[1].Body) != c.first {
					t.Errorf("the first answer is %s, want %s", w.discord.calls[1].Body, c.first)
				}
				w.wantEnd()
			})
		})
	}
}
