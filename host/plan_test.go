package host_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/admin"
)

// silent is a plugin that takes some events and does nothing.
func (b *bot) silent(name, events string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name+".wasm")
	if err := os.WriteFile(path, conformance.Silent(), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return "plugin \"" + name + "\" {\n  source = \"" + path + "\"\n  events = [" + events + "]\n}\n"
}

func action(r admin.ReloadReport, name string) (string, string) {
	for _, p := range r.Plugins {
		if p.Name == name {
			return p.Action, strings.Join(p.Changes, " ")
		}
	}
	return "", ""
}

// A plan says what a reload would do and changes nothing; the reload of that
// name does it, with new sessions beside the old ones where they are needed.
func TestPlanAndReload(t *testing.T) {
	t.Parallel()
	s := newDiscord(t, discordtest.Options{})
	b := newBot(t, s, "")
	const few = "discord {\n  allow_privileged = [\"GUILD_MEMBERS\"]\n}\n"
	b.configure(few + b.silent("a", `"MESSAGE_CREATE"`) + b.silent("b", `"MESSAGE_CREATE"`))
	b.start()
	defer b.stop()
	unchanged, err := b.Reload(t.Context(), admin.ReloadRequest{DryRun: true})
	if err != nil || unchanged.Changed || unchanged.Sessions.Replaced || unchanged.Sessions.ShardsFrom != 2 {
		t.Fatalf("%+v, %v", unchanged, err)
	}
	more := few + "gateway {\n  shards {\n    count = 3\n  }\n}\n" + b.silent("a", `"MESSAGE_CREATE", "GUILD_MEMBER_ADD"`) + b.silent("c", `"MESSAGE_CREATE"`)
	b.configure(more)
	plan, err := b.Reload(t.Context(), admin.ReloadRequest{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if what, changes := action(plan, "a"); what != admin.ActionSwapped || changes != "events" {
		t.Errorf("a is %s: %s", what, changes)
	}
	if what, _ := action(plan, "b"); what != admin.ActionRemoved {
		t.Errorf("b is %s", what)
	}
	if what, _ := action(plan, "c"); what != admin.ActionAdded {
		t.Errorf("c is %s", what)
	}
	p := plan.Sessions
	if !p.Replaced || p.ShardsFrom != 2 || p.ShardsTo != 3 || !slices.Equal(p.Added, []string{"GUILD_MEMBERS"}) || p.Seconds != 10 || p.Left < 900 || plan.Identifies != 3 {
		t.Errorf("the sessions: %+v", p)
	}
	if got := b.Status(); len(got.Shards) != 2 || got.Plugins[0].Generation != 1 {
		t.Errorf("the plan has changed something: %+v", got)
	}
	// Without the operator's word it is refused, with the price.
	var refused *admin.Error
	_, err = b.Reload(t.Context(), admin.ReloadRequest{})
	if !errors.As(err, &refused) || refused.Code != admin.CodeIdentify || !strings.Contains(refused.Message, "3 IDENTIFYs") || !strings.Contains(refused.Message, "at least 10s") {
		t.Errorf("error %v", err)
	}
	_, err = b.Reload(t.Context(), admin.ReloadRequest{AllowIdentify: true, Plan: unchanged.Plan})
	if err == nil || !strings.Contains(err.Error(), "no longer plan "+unchanged.Plan) {
		t.Errorf("another plan: %v", err)
	}
	before := s.Stats().Identifies
	done, err := b.Reload(t.Context(), admin.ReloadRequest{AllowIdentify: true, Plan: plan.Plan})
	if err != nil {
		t.Fatal(err)
	}
	if done.Plan != plan.Plan || s.Stats().Identifies-before != 3 {
		t.Errorf("the reload was %s and cost %d IDENTIFYs", done.Plan, s.Stats().Identifies-before)
	}
	if got := b.Status(); len(got.Plugins) != 2 || got.Shards[0].Of != 3 {
		t.Errorf("after the reload: %+v", got)
	}
	eventually(t, func() bool {
		n := 0
		for _, session := range s.Sessions() {
			if session.Connected && session.Of == 3 && strings.Contains(session.Intents.String(), "GUILD_MEMBERS") {
				n++
			}
		}
		return n == 3
	})
	if again, err := b.Reload(t.Context(), admin.ReloadRequest{DryRun: true}); err != nil || again.Changed || len(again.Warnings) > 0 {
		t.Errorf("after the reload there is still something to do: %+v, %v", again, err)
	}
}

// When Discord refuses the new sessions nothing has changed.
func TestReloadWithRefusedIntents(t *testing.T) {
	t.Parallel()
	s := newDiscord(t, discordtest.Options{DisallowedIntents: 1 << 1})
	b := newBot(t, s, "")
	const head = "discord {\n  allow_privileged = [\"GUILD_MEMBERS\"]\n}\n"
	b.configure(head + b.silent("a", `"MESSAGE_CREATE"`))
	b.start()
	defer b.stop()
	b.configure(head + b.silent("a", `"GUILD_MEMBER_ADD"`))
	_, err := b.Reload(t.Context(), admin.ReloadRequest{AllowIdentify: true})
	if err == nil || !strings.Contains(err.Error(), "GUILD_MEMBERS switched off") || !strings.Contains(err.Error(), "/bot") || s.Stats().Identifies != 2 {
		t.Errorf("error %v", err)
	}
	if got := b.Status(); got.Plugins[0].Generation != 1 {
		t.Errorf("after the refusal: %+v", got.Plugins)
	}
	// What is certain to be refused does not start either, and costs nothing.
	other := newBot(t, s, head+b.silent("a", `"GUILD_MEMBER_ADD"`))
	cfg, _ := other.load()
	other.Host = host.New(cfg, host.Options{CacheDir: cache, Version: "test"})
	var off *host.IntentsError
	if err := other.Run(t.Context()); !errors.As(err, &off) || s.Stats().Identifies != 2 {
		t.Errorf("start: %v", err)
	}
	if ok, reason := b.Ready(); !ok {
		t.Errorf("the host is not ready: %s", reason)
	}
}
