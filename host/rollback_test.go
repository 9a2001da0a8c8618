package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/admin"
)

// broken is a module that traps at every message, and wants fewer events than
// the one before.
func broken() []byte {
	b := guest.New()
	b.Custom(abi.ManifestSection, []byte(`{"events":["MESSAGE_CREATE"]}`))
	b.Plugin(guest.Plugin{Frame: guest.Unreachable})
	return b.Module()
}

// TestRollback puts a broken generation into place: the message that it fails at
// is answered by the one before, nothing of it is loaded again by itself, and
// another plugin of the same reload is not touched.
func TestRollback(t *testing.T) {
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
	put("other", one)
	block := func(name string) string {
		return "plugin \"" + name + "\" {\n source = \"./" + name + ".wasm\"\n" + grantMessages + "  failure {\n backoff = \"10ms\"\n }\n}\n"
	}
	b.configure(readsContent + block("which") + block("other"))
	b.start()
	defer b.stop()
	channel := channelOf(s, 0)
	b.ask(channel, "!which")
	before := s.Stats()
	reload := func(force ...string) admin.ReloadReport {
		t.Helper()
		report, err := b.Reload(t.Context(), admin.ReloadRequest{Force: force})
		if err != nil {
			t.Fatal(err)
		}
		return report
	}

	// All or nothing: one that cannot run keeps the other from being swapped.
	put("which", two)
	put("other", []byte("no module"))
	if _, err := b.Reload(t.Context(), admin.ReloadRequest{}); err == nil {
		t.Fatal("a reload with a broken module is not refused")
	}
	for _, p := range b.Status().Plugins {
		if p.Generation != 1 || p.Probation != nil {
			t.Errorf("after the refused reload: %+v", p)
		}
	}
	put("other", two)
	put("which", broken())
	if r := reload(); r.Plugins[0].Action != admin.ActionSwapped || r.Plugins[1].Action != admin.ActionSwapped {
		t.Fatalf("report %+v", r)
	}
	if _, err := s.SendMessage(channel, "!which"); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return b.Status().Plugins[0].RolledBack != nil })
	eventually(t, func() bool { return len(b.answers(channel)) == 4 }) // two plugins, two questions
	if all := strings.Join(b.answers(channel)[2:], " "); !strings.Contains(all, "one") || !strings.Contains(all, "two") {
		t.Errorf("the answers are %s", all)
	}
	p := b.Status().Plugins
	if p[0].Generation != 1 || p[0].RolledBack.Generation != 2 || !strings.Contains(p[0].RolledBack.Reason, "unreachable") || p[0].DeadLetters != 0 {
		t.Errorf("the plugin that went back: %+v, %+v", p[0], p[0].RolledBack)
	}
	if p[1].Generation != 2 || p[1].Probation == nil || p[1].Probation.Kept != 1 {
		t.Errorf("the other plugin: %+v", p[1])
	}
	if r := reload(); r.Changed || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "--force which") {
		t.Errorf("the same again: %+v", r)
	}
	if r := reload("which"); r.Plugins[0].Action != admin.ActionSwapped || r.Plugins[0].To != 3 {
		t.Errorf("forced: %+v", r)
	}

	// By hand.
	for _, c := range []struct {
		plugin, code string
	}{{"which", ""}, {"which", admin.CodeFailed}, {"nobody", admin.CodeNotFound}} {
		done, err := admin.Dial(b.Admin()).Rollback(t.Context(), c.plugin)
		if e, _ := err.(*admin.Error); c.code != "" && (e == nil || e.Code != c.code) || c.code == "" && (err != nil || done.To != 1 || done.Generation != 3) {
			t.Errorf("rollback of %s: %+v, %v", c.plugin, done, err)
		}
	}
	if after := s.Stats(); after.Identifies != before.Identifies || after.Resumes != before.Resumes {
		t.Errorf("it cost sessions: %+v, before %+v", after, before)
	}
}
