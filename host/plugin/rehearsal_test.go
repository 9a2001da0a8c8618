package plugin

import (
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/discord"
)

// rehearse gives scripts to a scripted guest, and returns what people are shown.
func rehearse(t *testing.T, kv map[string]string, c scripted, act func(r *Rehearsal, give func(abi.Frame))) string {
	t.Helper()
	spec := testSpec()
	spec.Events = []string{"MESSAGE_CREATE"}
	r, started, err := Rehearse(t.Context(), RehearsalOptions{
		Spec: spec, Module: c.module(), Start: time.Unix(1000, 0), KV: kv,
	})
	if err != nil {
		t.Fatal(err)
	}
	text := started.Text()
	act(r, func(f abi.Frame) {
		t.Helper()
		o, err := r.Give(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		text += o.Text()
	})
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	return text
}

func scriptFrame(at int64, s script) abi.Frame {
	return abi.Frame{
		Kind: abi.KindEvent, Event: uint16(discord.EventMessageCreate), Name: []byte("MESSAGE_CREATE"), Guild: 5,
		Received: time.Unix(at, 0).UnixNano(), Body: s,
	}
}

func TestRehearsal(t *testing.T) {
	get := document("GET", "/users/@me", "", string(script{}.add("answered", 1)))
	post := document("POST", "/channels/1/messages", `{ "content": "x" }`, "")
	act := func(r *Rehearsal, give func(abi.Frame)) {
		give(scriptFrame(1000, script{}.add("n", 1).put("a", "1\n").rest(0, post)))
		give(scriptFrame(1001, script{}.holds("seeded", "yes").holds("n", "1").rest(7, get).timer(9, 60000, 0).op(opLog, "", "hello", 0, 0)))
		give(scriptFrame(1002, script{}.put("never", "x").trap()))
		give(scriptFrame(1003, script{}.fail("no luck")))
		give(abi.Frame{Kind: abi.KindEvent, Event: uint16(discord.EventTypingStart), Name: []byte("TYPING_START")})
		give(scriptFrame(1004, script{}.del("a").op(opGateway, "", `{"a":1}`, int64(abi.GatewayPresence), 0)))
	}
	got := rehearse(t, map[string]string{"seeded": "yes", timerScript(9): string(script{}.add("fired", 1))}, scripted{init: script{}.timer(3, 1000, 5000)}, func(r *Rehearsal, give func(abi.Frame)) {
		act(r, give)
		if p := r.Pending(); len(p) != 1 || p[0].Path != "/users/@me" {
			t.Fatalf("pending are %+v", p)
		}
		o, err := r.Answer(context.Background(), r.Pending()[0], 200, []byte("{}"))
		if err != nil || o.Status != Handled || len(o.Effects) != 1 || o.Effects[0].Key != "answered" || len(r.Pending()) != 0 {
			t.Errorf("the answer: %+v, %v", o, err)
		}
		for _, want := range []struct {
			tag uint64
			at  int64
		}{{3, 1004}, {3, 1006}} {
			before := r.clock.Now
			if o, ok, err := r.Fire(context.Background()); !ok || err != nil || o.Name != "timer" || r.clock.Now.Unix() < want.at || r.clock.Now.Before(before) {
				t.Errorf("fired %+v at %v, %v, %v", o, r.clock.Now.Unix(), ok, err)
			}
		}
	})
	want := `start
  timer 3 in 1s every 5s
1 MESSAGE_CREATE
  kv add n +1
  kv put a = "1\n"
  rest POST /channels/1/messages {"content":"x"}
2 MESSAGE_CREATE
  rest GET /users/@me (answer pending)
  timer 9 in 1m0s
  log info: hello
3 MESSAGE_CREATE failed: shard_batch: unreachable
4 MESSAGE_CREATE failed: no luck
5 TYPING_START: unwanted
6 MESSAGE_CREATE
  kv delete a
  gateway op 3 shard 0 {"a":1}
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A handler that waits gets its answers from whoever rehearses.
func TestRehearsalOfAHandlerThatWaits(t *testing.T) {
	got := rehearse(t, nil, scripted{}, func(r *Rehearsal, give func(abi.Frame)) {
		give(scriptFrame(1000, post(script{}.put("before", "1"), "1").answer("first").add("n", 1)))
		give(scriptFrame(1001, script{}.failIf("before", "half of it is seen").add("n", 1)))
		for range 2 {
			p := r.Pending()
			if len(p) == 0 {
				break
			}
			o, err := r.Answer(context.Background(), p[0], 200, []byte("{}"))
			if err != nil {
				t.Fatal(err)
			}
			give(scriptFrame(1002, script{}.op(opLog, "", strings.TrimSpace(strings.ReplaceAll(o.Text(), "\n", ";")), 0, 0)))
		}
		give(scriptFrame(1003, post(script{}, "2").fail("in vain")))
		o, err := r.Answer(context.Background(), r.Pending()[0], 500, nil)
		if err != nil || len(o.Ends) != 1 || o.Ends[0].Frame != 5 || o.Ends[0].Error != "in vain" {
			t.Errorf("the answer: %+v, %v", o, err)
		}
		give(scriptFrame(1004, post(script{}, "3")))
		give(scriptFrame(1005, script{}.trap()))
		if p := r.Pending(); len(p) != 0 {
			t.Errorf("after the guest's end somebody waits for %+v", p)
		}
	})
	want := `start: nothing
1 MESSAGE_CREATE: waits
  rest POST /channels/1/messages {"content":"x"} (answer pending)
2 MESSAGE_CREATE
  kv add n +1
4 MESSAGE_CREATE
  log info: 3 completion;  kv put before = 1;  kv put first = {};  kv add n +1;  ends 1;
5 MESSAGE_CREATE: waits
  rest POST /channels/2/messages {"content":"x"} (answer pending)
7 MESSAGE_CREATE: waits
  rest POST /channels/3/messages {"content":"x"} (answer pending)
8 MESSAGE_CREATE failed: shard_batch: unreachable
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Time stands where the frames say, and randomness is the same each time.
func TestRehearsalRepeatsItself(t *testing.T) {
	read := func() string {
		var b strings.Builder
		r := randomBytes(3)
		var n [8]byte
		for range 3 {
			if _, err := r.Read(n[:]); err != nil {
				t.Fatal(err)
			}
			b.WriteString(string(binary.BigEndian.AppendUint64(nil, binary.BigEndian.Uint64(n[:]))))
		}
		return b.String()
	}
	if first, again := read(), read(); first != again {
		t.Error("randomness differs")
	}
	run := func() string {
		return rehearse(t, nil, scripted{}, func(_ *Rehearsal, give func(abi.Frame)) {
			for i := range int64(100) {
				give(scriptFrame(2000+i, script{}.add("n", 1).timer(i, 1000, 0)))
			}
		})
	}
	if a, b := run(), run(); a != b {
		t.Error("the same frames have different outcomes")
	}
}

func TestRehearsalThatCannotStart(t *testing.T) {
	spec := testSpec()
	spec.Grant.Discord = nil
	_, _, err := Rehearse(t.Context(), RehearsalOptions{Spec: spec, Module: scripted{}.module()})
	if err == nil || !strings.Contains(err.Error(), `the grant "discord"`) {
		t.Errorf("without a grant: %v", err)
	}
	_, _, err = Rehearse(t.Context(), RehearsalOptions{Spec: testSpec(), Module: scripted{init: script{}.trap()}.module()})
	if err == nil || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("a guest that traps at its start: %v", err)
	}
}
