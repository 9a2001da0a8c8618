package plugin

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/host/effect"
)

func TestKeys(t *testing.T) {
	long, huge := strings.Repeat("k", 255), strings.Repeat("v", 60_000)
	for _, c := range []struct {
		name   string
		script script
		want   map[string]string
	}{
		{"put and read in one frame", script{}.put("a", "1").expect(0).holds("a", "1").put("a", "22").holds("a", "22"), map[string]string{"a": "22"}},
		{"delete", script{}.put("a", "1").del("a").expect(0).del("a").expect(-4), map[string]string{"a": ""}},
		{"delete and put", script{}.put("a", "1").del("a").put("a", "2"), map[string]string{"a": "2"}},
		{"add from nothing", script{}.add("a", 5).expect(0).holds("a", "5").add("a", -7).holds("a", "-2"), map[string]string{"a": "-2"}},
		{"add to a put", script{}.put("a", "40").add("a", 2).holds("a", "42"), map[string]string{"a": "42"}},
		{"add after delete", script{}.put("a", "40").del("a").add("a", 2), map[string]string{"a": "2"}},
		{"add to what is no number", script{}.put("a", "x").add("a", 1).expect(-1), map[string]string{"a": "x"}},
		{"add to an empty value", script{}.put("a", "").add("a", 1).expect(-1), map[string]string{"a": ""}},
		{"add beyond 64 bits", script{}.put("a", "9223372036854775807").add("a", 1).expect(-5).add("a", -1).expect(0), map[string]string{"a": "9223372036854775806"}},
		{"insert", script{}.op(opInsert, "a", "1", 0, 0).expect(0).op(opInsert, "a", "2", 0, 0).expect(-6), map[string]string{"a": "1"}},
		{"insert after delete", script{}.put("a", "1").del("a").op(opInsert, "a", "2", 0, 0).expect(0), map[string]string{"a": "2"}},
		{"swap of one's own", script{}.put("a", "1").swap("a", "2").expect(0).holds("a", "2"), map[string]string{"a": "2"}},
		{"swap of an old version", script{}.put("a", "1").op(opInsert, "a", "2", 12345, 0).expect(-6), map[string]string{"a": "1"}},
		{"add, then swap", script{}.add("a", 3).swap("a", "x").expect(0).holds("a", "x"), map[string]string{"a": "x"}},
		{"a key of no bytes", script{}.put("", "1").expect(-1), nil},
		{"the longest of this test", script{}.put(long, huge).expect(0).put(long, "1").expect(0), map[string]string{long: "1"}},
		{"a negative time to live", script{}.op(opPut, "a", "1", -1, 0).expect(-1), map[string]string{"a": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				p := w.open(scripted{kv: true})
				w.send(1, c.script)
				w.settle()
				if s := p.Status(); s.Handled != 1 {
					t.Fatalf("it failed: %v", s.LastError)
				}
				for key, value := range c.want {
					w.wantKV(key, value)
				}
			})
		})
	}
}

func TestQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Grant.KV.Quota = 100
		p := w.open(scripted{})
		ninety := strings.Repeat("x", 90)
		w.send(1, script{}.put("a", ninety).expect(0).put("b", ninety).expect(-3).put("a", ninety).expect(0))
		w.send(1, script{}.put("b", ninety).expect(-3).add("counter", 1).expect(0).add("counters", 1).expect(-3))
		w.send(1, script{}.put("a", ninety).put("a", "1").fail("what it had reserved is given back"))
		w.send(1, script{}.del("a").expect(0).put("b", ninety).expect(0))
		w.settle()
		if s := p.Status(); s.Failed != 3 || s.Buried != 1 {
			t.Errorf("status is %+v", s)
		}
		if used := p.Space().Used(); used != w.bytes() || used != 91+8 {
			t.Errorf("%d bytes are counted, %d stored", used, w.bytes())
		}
		w.wantLog(`config.hcl:7: raise quota in the block \"kv\" of grant`)
		// A quota that a new configuration brings counts from the next frame.
		w.spec.Grant.KV.Quota = 300
		w.swap(scripted{})
		w.send(1, script{}.put("c", ninety).expect(0))
		w.settle()
		if used := p.Space().Used(); used != w.bytes() || used != 91+8+91 {
			t.Errorf("%d bytes are counted, %d stored", used, w.bytes())
		}
	})
}

// A hostile guest cannot make the host hold more than a bound.
func TestEffectsOfOneBatchAreBounded(t *testing.T) {
	w := newWorld(t)
	w.spec.Limits.Deadline = 20 * time.Second
	w.spec.Limits.Memory = 64 << 20
	p := w.open(scripted{})
	s := script{}
	for range 400 {
		s = s.put("a", strings.Repeat("x", 60_000))
	}
	release := hold(p, 0)
	w.send(1, s.expect(0)) // 24 MB
	w.send(1, script{}.add("n", 1))
	release()
	until(t, func() bool { return w.position() == 2 })
	w.wantKV("n", "1")
	var most script
	for range 70_000 {
		most = append(most, script{}.op(opTimerOff, "", "", 1, 0)...)
	}
	w.send(1, most.expect(-3))
	until(t, func() bool { return w.position() == 3 })
	if n := p.Status().Failed; n != 0 {
		t.Errorf("%d frames failed: %v", n, p.Status().LastError)
	}
	w.wantLog("effects of one batch")
}

func TestList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.open(scripted{})
		var fill script
		for i := range 90 {
			fill = fill.put(fmt.Sprintf("x%02d", i), "1")
		}
		w.send(1, fill.put("w", "1").put("y", "1").op(opPut, "x05", "1", 1000, 0))
		w.settle()
		time.Sleep(time.Second) // x05 expires
		var change script
		for i := 10; i < 88; i++ {
			change = change.del(fmt.Sprintf("x%02d", i))
		}
		change = change.put("x99", "1").put("x000", "1").op(opPut, "x06", "1", 1000, 0)
		w.send(1, change.op(opList, "x", "x03", 0, 0))
		w.settle()
		want := []string{"x04", "x06", "x07", "x08", "x09", "x88", "x89", "x99"}
		if got := listed(t, w.kv("listed")); !slices.Equal(got, want) {
			t.Errorf("listed are %q, want %q", got, want)
		}
		w.send(1, script{}.op(opList, "x", "x99", 0, 0).expect(0))
		w.send(1, script{}.op(opList, "", "x99", 0, 0))
		w.settle()
		if got := listed(t, w.kv("listed")); !slices.Equal(got, []string{"y"}) {
			t.Errorf("listed are %q", got)
		}
		if s := p.Status(); s.Failed != 0 {
			t.Errorf("it failed: %v", s.LastError)
		}
	})
}

func listed(t *testing.T, b string) (keys []string) {
	t.Helper()
	for len(b) > 0 {
		n := int(binary.LittleEndian.Uint32([]byte(b)))
		keys = append(keys, b[4:4+n])
		b = b[4+n:]
	}
	return keys
}

func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.open(scripted{})
		sweep := func() {
			t.Helper()
			if err := w.journal.Sweep(t.Context(), func(name string) *effect.Space {
				if name == "p" {
					return p.Space()
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		}
		w.send(1, script{}.op(opPut, "short", "1", 1000, 0).op(opPut, "long", "1", 5000, 0).op(opPut, "kept", "1", 1000, 0).put("ever", "1"))
		w.settle()
		w.send(1, script{}.put("kept", "2").op(opPut, "long", "2", 3000, 0).op(opPut, "long", "2", 5000, 0))
		w.settle()
		if n := len(w.keys("kvexpiry/")); n != 2 {
			t.Errorf("%d keys are to expire: %q", n, w.keys("kvexpiry/"))
		}
		time.Sleep(time.Second)
		w.send(1, script{}.holds("kept", "2").holds("short", "x")) // it is gone: fails
		w.settle()
		if n := len(w.letters()); n != 1 {
			t.Errorf("an expired value was read")
		}
		sweep()
		if got := w.keys("kv/p/"); !slices.Equal(got, []string{"ever", "kept", "long"}) {
			t.Errorf("after a second the store holds %q", got)
		}
		// A sum on what expires between handler and commit starts anew.
		w.send(1, script{}.op(opPut, "n", "5", 1000, 0))
		w.settle()
		time.Sleep(time.Second)
		w.send(1, script{}.add("n", 1).holds("n", "1"))
		w.settle()
		w.wantKV("n", "1")
		time.Sleep(time.Hour)
		sweep()
		if got := w.keys("kv/p/"); !slices.Equal(got, []string{"ever", "kept", "n"}) {
			t.Errorf("after an hour the store holds %q", got)
		}
		if got := w.keys("kvexpiry/"); len(got) != 0 {
			t.Errorf("left to expire: %q", got)
		}
		if used := p.Space().Used(); used != w.bytes() {
			t.Errorf("%d bytes are counted, %d stored", used, w.bytes())
		}
	})
}

func TestManyLanesCountOnOneKey(t *testing.T) {
	w := newWorld(t)
	w.spec.Lanes = 8
	p := w.open(scripted{})
	const guilds, each = 40, 25
	for range each {
		for g := range guilds {
			w.send(g, script{}.add("n", 1).add("m", -2))
		}
	}
	until(t, func() bool { return w.position() == guilds*each })
	w.wantKV("n", itoa(guilds*each))
	w.wantKV("m", itoa(-2*guilds*each))
	if s := p.Status(); s.Failed != 0 {
		t.Errorf("it failed: %v", s.LastError)
	}
}

// Who loses a compare-and-swap is delivered again until it wins.
func TestManyLanesSwapOneKey(t *testing.T) {
	w := newWorld(t)
	w.spec.Lanes = 4
	w.spec.Failure.Retry = 100 // who sees that it has lost says so
	p := w.open(scripted{})
	const guilds, each = 16, 10
	w.seed("k", "0")
	for n := range each {
		for g := range guilds {
			w.send(g, script{}.swap("k", itoa(g)).expect(0).add("n", 1).op(opGateway, "", `{"guild_id":"1"}`, 8, 0).put("g"+itoa(g), itoa(n)))
		}
	}
	until(t, func() bool { return w.position() == guilds*each })
	w.wantKV("n", itoa(guilds*each))
	if s := p.Status(); s.Buried != 0 {
		t.Errorf("frames were given up: %+v", s)
	}
	sent := func() int {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.commands)
	}
	until(t, func() bool { return sent() >= guilds*each })
	w.close()
	if sent() != guilds*each {
		t.Errorf("%d commands were sent, want %d", sent(), guilds*each)
	}
}

func TestDenied(t *testing.T) {
	for _, c := range []struct {
		name   string
		script script
		log    string
	}{
		{"rest", script{}.rest(0, document("DELETE", "/guilds/81/members/82?x=1", "", "")).expect(-2), `add \"DELETE /guilds/*/members/*\" to allow in the block \"discord\" of grant`},
		{"rest with a token", script{}.rest(0, document("POST", "/webhooks/81/SECRET", "", "")).expect(-2), `add \"POST /webhooks/*/*\" to allow`},
		{"rest of a foreign guild", script{}.rest(0, document("GET", "/guilds/8/roles", "", "")).expect(-2), `add the guild to guilds in the block \"discord\" of grant`},
		{"rest of a granted guild", script{}.rest(0, document("GET", "/guilds/7/roles", "", "")).expect(0), ""},
		{"gateway", script{}.op(opGateway, "", "{}", 4, 0).expect(-2), `add \"voice\" to allow in the block \"gateway\" of grant`},
		{"identify", script{}.op(opGateway, "", "{}", 2, 0).expect(-1), ""},
		{"no object", script{}.op(opGateway, "", "[]", 3, 0).expect(-1), ""},
		{"too large", script{}.op(opGateway, "", `{"x":"`+strings.Repeat("x", 4096)+`"}`, 3, 0).expect(-5), ""},
		{"timers", script{}.timer(1, 1000, 0).expect(0).timer(2, 1000, 0).expect(-3).timer(1, 2000, 0).expect(0), `raise max in the block \"timers\" of grant`},
		{"a short period", script{}.timer(1, 0, 99).expect(-1).timer(1, -1, 0).expect(-1).timer(1, 1<<60, 0).expect(-1), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Grant.Discord.Allow = []string{"POST /channels/*/messages"}
				if strings.HasPrefix(c.name, "rest of") {
					w.spec.Grant.Discord.Allow = []string{"* /**"}
					w.spec.Grant.Discord.Guilds = []uint64{7, uint64(guildID(1))}
				}
				w.spec.Grant.Timers.Max = 1
				p := w.open(scripted{})
				for range 3 {
					w.send(1, c.script)
				}
				w.settle()
				if s := p.Status(); s.Handled != 3 {
					t.Fatalf("it failed: %v", s.LastError)
				}
				if c.log != "" && w.log.count("config.hcl:7: "+c.log) != 1 {
					t.Errorf("the log lacks %q, once:\n%s", c.log, w.log)
				}
				if strings.Contains(w.log.String(), "SECRET") {
					t.Error("a token is in the log")
				}
			})
		})
	}
}
