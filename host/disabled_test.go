package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/admin"
)

// TestDisable stops a plugin that holds positions back, keeps it stopped over
// reloads and a restart, and starts it again with the module that lies there
// then.
func TestDisable(t *testing.T) {
	one, two := module(t, "answer-one"), module(t, "answer-two")
	s := newDiscord(t, discordtest.Options{})
	b := newBot(t, s, "")
	put := func(name string, module []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(b.dir, name+".wasm"), module, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("which", one)
	put("stuck", broken())
	block := func(name, more string) string {
		return "plugin \"" + name + "\" {\n source = \"./" + name + ".wasm\"\n" + grantMessages + more + "}\n"
	}
	everything := readsContent + block("stuck", " failure {\n  backoff = \"10m\"\n }\n") + block("which", "")
	b.configure(everything)
	b.start()
	channel := channelOf(s, 0)
	b.ask(channel, "!which")
	behind := func() (shards int) {
		for _, shard := range b.Status().Shards {
			if shard.Position < shard.Sequence {
				shards++
			}
		}
		return shards
	}
	eventually(t, func() bool { return behind() == 1 }) // the stuck one has not finished the message
	client := admin.Dial(b.Admin())
	state := func(name string) string {
		for _, p := range b.Status().Plugins {
			if p.Name == name {
				return p.State
			}
		}
		return "missing"
	}

	for _, c := range []struct {
		name, plugin string
		changed      bool
		err          string
	}{
		{"runs", "stuck", true, ""},
		{"is disabled already", "stuck", false, ""},
		{"does not exist", "nobody", false, `no plugin "nobody" runs here; there are: which`},
	} {
		done, err := client.Disable(t.Context(), c.plugin)
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) || done.Changed != c.changed || done.Enabled {
			t.Errorf("disable one that %s: %+v, %v", c.name, done, err)
		}
	}
	eventually(t, func() bool { return behind() == 0 })
	if state("stuck") != admin.StateDisabled || state("which") != "running" {
		t.Errorf("the plugins are %+v", b.Status().Plugins)
	}
	if d, err := client.Plugin(t.Context(), "stuck"); err != nil || len(d.Grants) != 3 || d.Grants[0].Name != "discord" {
		t.Errorf("its detail is %+v, %v", d, err)
	}

	// What asks for a running plugin says what is the matter.
	_, force := client.Reload(t.Context(), admin.ReloadRequest{Force: []string{"stuck"}})
	_, back := client.Rollback(t.Context(), "stuck")
	_, tail := client.Record(t.Context(), admin.WatchRequest{Plugins: []string{"stuck"}})
	for name, err := range map[string]error{"force": force, "rollback": back, "record": tail} {
		if err == nil || !strings.Contains(err.Error(), "`shardhost plugin enable stuck` starts it") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := client.Reload(t.Context(), admin.ReloadRequest{Force: []string{"nobody"}}); err == nil {
		t.Error("a plugin that does not exist was forced")
	}

	// It stays so over a reload and a restart, whatever its module is.
	put("stuck", []byte("no module"))
	stays := func() {
		t.Helper()
		r, err := client.Reload(t.Context(), admin.ReloadRequest{})
		if err != nil || r.Changed || r.Plugins[0].Action != admin.ActionDisabled {
			t.Errorf("a reload says %+v, %v", r, err)
		}
		if state("stuck") != admin.StateDisabled {
			t.Errorf("after a reload it is %s", state("stuck"))
		}
	}
	stays()
	b.stop()
	b.start()
	client = admin.Dial(b.Admin())
	stays()
	if _, err := client.Enable(t.Context(), admin.EnableRequest{Plugin: "stuck"}); err == nil || !strings.Contains(admin.Detail(err), "stuck.wasm") {
		t.Errorf("with a broken module: %v", err)
	}
	if state("stuck") != admin.StateDisabled {
		t.Errorf("after that it is %s", state("stuck"))
	}
	put("stuck", two)
	done, err := client.Enable(t.Context(), admin.EnableRequest{Plugin: "stuck"})
	if err != nil || !done.Changed || !done.Enabled || done.Generation != 1 || done.Identifies != 0 {
		t.Errorf("enabled: %+v, %v", done, err)
	}
	if done, err = client.Enable(t.Context(), admin.EnableRequest{Plugin: "stuck"}); err != nil || done.Changed {
		t.Errorf("enabled again: %+v, %v", done, err)
	}
	had := len(b.answers(channel))
	if _, err := s.SendMessage(channel, "!which"); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return len(b.answers(channel)) == had+2 })
	if p := b.Status().Plugins; p[0].Name != "stuck" || p[1].Name != "which" {
		t.Errorf("they are no longer in the order of the configuration: %+v", p)
	}

	// One that leaves the configuration is forgotten.
	if _, err := client.Disable(t.Context(), "stuck"); err != nil {
		t.Fatal(err)
	}
	b.configure(readsContent + block("which", ""))
	b.reload()
	b.configure(everything)
	b.reload()
	if state("stuck") != "running" {
		t.Errorf("back in the configuration it is %s", state("stuck"))
	}
	if n := s.Stats().Identifies; n != 2 {
		t.Errorf("%d IDENTIFYs were spent", n)
	}
	b.stop()
}

// TestEnableNeedsIntents enables a plugin that wants other events than when it
// was disabled. With the same it costs nothing, after a restart too.
func TestEnableNeedsIntents(t *testing.T) {
	s := newDiscord(t, discordtest.Options{})
	b := newBot(t, s, "")
	if err := os.WriteFile(filepath.Join(b.dir, "one.wasm"), module(t, "answer-one"), 0o600); err != nil {
		t.Fatal(err)
	}
	wants := func(event string) {
		b.configure(readsContent + "plugin \"types\" {\n source = \"./one.wasm\"\n events = [\"" + event + "\"]\n" + grantMessages + "}\n")
	}
	wants("TYPING_START")
	b.start()
	disable := func() {
		t.Helper()
		if _, err := b.Disable(t.Context(), admin.DisableRequest{Plugin: "types"}); err != nil {
			t.Fatal(err)
		}
	}
	disable()
	b.stop()
	b.start()
	defer b.stop()
	if done, err := b.Enable(t.Context(), admin.EnableRequest{Plugin: "types"}); err != nil || !done.Changed || s.Stats().Identifies != 2 {
		t.Fatalf("after a restart: %+v, %v, %d IDENTIFYs", done, err, s.Stats().Identifies)
	}
	disable()
	wants("MESSAGE_REACTION_ADD")
	b.reload()
	_, err := b.Enable(t.Context(), admin.EnableRequest{Plugin: "types"})
	if e, _ := err.(*admin.Error); e == nil || e.Code != admin.CodeIdentify || !strings.Contains(e.Message, "GUILD_MESSAGE_REACTIONS") || !strings.Contains(e.Message, "enable it with --allow-identify") {
		t.Fatalf("without permission: %v", err)
	}
	done, err := b.Enable(t.Context(), admin.EnableRequest{Plugin: "types", AllowIdentify: true})
	if err != nil || done.Identifies != 2 || s.Stats().Identifies != 4 {
		t.Errorf("with permission: %+v, %v, %d IDENTIFYs", done, err, s.Stats().Identifies)
	}
}

// TestDisableUnderLoad switches one plugin on and off while people write: the
// other one answers each message once, and no position stays behind.
func TestDisableUnderLoad(t *testing.T) {
	const messages, toggles = 80, 8
	const many = "  limits {\n    inflight = 1000\n  }\n"
	s := newDiscord(t, discordtest.Options{NoRateLimits: true})
	b := newBot(t, s, "")
	for name, module := range map[string][]byte{"one": module(t, "answer-one"), "two": module(t, "answer-two")} {
		if err := os.WriteFile(filepath.Join(b.dir, name+".wasm"), module, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.configure(readsContent + "plugin \"steady\" {\n source = \"./one.wasm\"\n" + grantMessages + many + "}\nplugin \"fickle\" {\n source = \"./two.wasm\"\n lanes = 2\n" + grantMessages + many + "}\n")
	b.start()
	defer b.stop()
	channel := channelOf(s, 0)
	var wg sync.WaitGroup
	wg.Go(func() {
		for range messages {
			if _, err := s.SendMessage(channel, "!which"); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range toggles {
		if _, err := b.Disable(t.Context(), admin.DisableRequest{Plugin: "fickle"}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Enable(t.Context(), admin.EnableRequest{Plugin: "fickle"}); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	count := func(word string) (n int) {
		for _, a := range b.answers(channel) {
			if strings.Contains(a, word) {
				n++
			}
		}
		return n
	}
	eventually(t, func() bool { return count("one") == messages })
	if n := count("two"); n > messages {
		t.Errorf("the plugin that was switched answered %d times", n)
	}
	eventually(t, func() bool {
		for _, shard := range b.Status().Shards {
			if shard.Position < shard.Sequence {
				return false
			}
		}
		return true
	})
	if p := b.Status().Plugins; p[0].Failed != 0 || p[0].DeadLetters != 0 || p[1].Failed != 0 {
		t.Errorf("plugins %+v", p)
	}
	if n := s.Stats().Identifies; n != 2 {
		t.Errorf("%d IDENTIFYs", n)
	}
}
