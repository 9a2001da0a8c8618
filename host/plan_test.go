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
	if !errors.As(err, &refused) || refused.Code != admin.CodeIdentify || !strings.Contains(refused.Message, "costs 3 of the") || !strings.Contains(refused.Message, "at least 10s") {
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

// Other shards of the same count: those that stay are not touched.
func TestReloadTakesShardsOn(t *testing.T) {
	t.Parallel()
	s := newDiscord(t, discordtest.Options{Shards: 4, MaxConcurrency: 4})
	b := newBot(t, s, "")
	shards := func(ids string) string { return "gateway {\n  shards {\n    " + ids + "\n  }\n}\n" }
	a := b.silent("a", `"MESSAGE_CREATE"`)
	b.configure(shards("ids = [1, 2]") + a)
	b.start()
	defer b.stop()
	running := func() (ids []int) {
		for _, shard := range b.Status().Shards {
			ids = append(ids, shard.ID)
		}
		return ids
	}
	session := b.Status().Shards[1].Session
	b.configure(shards("ids = [2, 3]") + a)
	plan, err := b.Reload(t.Context(), admin.ReloadRequest{DryRun: true})
	if p := plan.Sessions; err != nil || !plan.Changed || p.Replaced || !slices.Equal(p.Taken, []int{3}) || !slices.Equal(p.GivenAway, []int{1}) || plan.Identifies != 1 || p.Seconds != 5 || len(plan.Warnings) > 0 {
		t.Errorf("plan %+v, %v", plan, err)
	}
	_, err = b.Reload(t.Context(), admin.ReloadRequest{})
	if e, _ := errors.AsType[*admin.Error](err); e == nil || e.Code != admin.CodeIdentify || !strings.Contains(e.Message, "this host is to take on the shards 3: that costs 1 of the") {
		t.Errorf("without permission: %v", err)
	}
	if _, err := b.Reload(t.Context(), admin.ReloadRequest{AllowIdentify: true, Plan: plan.Plan}); err != nil {
		t.Fatal(err)
	}
	if got := b.Status().Shards; !slices.Equal(running(), []int{2, 3}) || got[0].Session != session || s.Stats().Identifies != 3 {
		t.Errorf("after the reload %v, session %s before and %s after, %d IDENTIFYs", running(), session, got[0].Session, s.Stats().Identifies)
	}

	// What is only given away costs nothing, and needs no permission.
	b.configure(shards("ids = [2]") + a)
	b.reload()
	if !slices.Equal(running(), []int{2}) {
		t.Errorf("after giving one away: %v", running())
	}
	for name, c := range map[string]struct{ config, says string }{
		"no such shard":  {shards("ids = [7]") + a, "names shard 7, and there are 4"},
		"another count":  {shards("ids = [2]\n    count = 8") + a, "stop all hosts of the bot"},
		"another intent": {shards("ids = [2]") + b.silent("a", `"TYPING_START"`), "restart this host"},
	} {
		b.configure(c.config)
		if _, err := b.Reload(t.Context(), admin.ReloadRequest{DryRun: true}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.configure(a) // all of them
	if _, err := b.Reload(t.Context(), admin.ReloadRequest{AllowIdentify: true}); err != nil || !slices.Equal(running(), []int{0, 1, 2, 3}) {
		t.Errorf("all: %v, %v", running(), err)
	}
	if n := s.Stats().Identifies; n != 4 {
		t.Errorf("%d IDENTIFYs: shards that come back within minutes are resumed", n)
	}
}
