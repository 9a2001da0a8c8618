package sdk_test

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
	"github.com/shardhost/shardhost/plugins/sdk/go/sdktest"
)

func TestStateOverReloads(t *testing.T) {
	refuse := error(nil)
	sdk.Register(t, func() {
		var count uint64
		sdk.On("COUNT", func(c *sdk.Ctx, _ *sdk.Event) error {
			count++
			_, err := c.KV().Add("counted", int64(count))
			return err
		})
		sdk.OnStart(func(*sdk.Ctx) error { count = 0; return nil })
		sdk.OnSave(3, func(*sdk.Ctx) ([]byte, error) { return binary.LittleEndian.AppendUint64(nil, count), nil })
		sdk.OnLoad(func(_ *sdk.Ctx, schema int32, state []byte) error {
			if schema != 3 || len(state) != 8 {
				t.Errorf("loads schema %d, %d bytes", schema, len(state))
			}
			count = binary.LittleEndian.Uint64(state)
			return refuse
		})
	})
	bot := sdktest.Start(t)
	bot.Event("COUNT", `{}`) // 1
	bot.Reload()
	bot.Event("COUNT", `{}`) // 2
	bot.Restart()
	bot.Event("COUNT", `{}`) // 1
	if got := bot.Value("counted"); got != "4" {
		t.Errorf("counted %s, want 4", got)
	}
	refuse = errors.New("cannot read it")
	bot.Reload()
	if got := bot.Failure(); !strings.Contains(got, "OnLoad at state_test.go") || !strings.Contains(got, "cannot read it") {
		t.Errorf("the failure says %q", got)
	}
	refuse = sdk.ErrSchema
	bot.Reload()
}

func TestControl(t *testing.T) {
	var got []string
	say := func(s string) error { got = append(got, s); return nil }
	sdk.Register(t, func() {
		sdk.OnColdStart(func(c *sdk.Ctx, reason string) error { return say("cold " + reason) })
		sdk.OnStale(func(c *sdk.Ctx, saved time.Time) error { return say("stale " + saved.UTC().Format(time.RFC3339)) })
		sdk.OnGap(func(c *sdk.Ctx, g *sdk.Gap) error {
			if g.Shard != 1 || g.Of != 4 {
				t.Errorf("gap %+v", g)
			}
			if g.After < 0 {
				return say("gap")
			}
			return say("gap after some")
		})
	})
	if control := sdk.ManifestOf().Get("control"); string(control) != `["cold","stale","gap"]` {
		t.Errorf("the manifest asks for %s", control)
	}
	bot := sdktest.Start(t)
	bot.Control("cold", map[string]any{"reason": "crash"})
	bot.Control("stale", map[string]any{"saved_at": 1767268800000})
	bot.Control("gap", map[string]any{"shard": 1, "of": 4, "after": 0})
	bot.Control("gap", map[string]any{"shard": 1, "of": 4})
	bot.Control("of a later host", nil)
	if want := []string{"cold crash", "stale 2026-01-01T12:00:00Z", "gap after some", "gap"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTopics(t *testing.T) {
	var heard []string
	sdk.Register(t, func() {
		sdk.OnTopic("levels.*", func(c *sdk.Ctx, p *sdk.Post) error {
			heard = append(heard, p.Topic+" "+p.Data.Get("user").String())
			if p.Topic == "levels.bad" {
				return errors.New("no")
			}
			return c.Publish("roles.wanted", sdk.Object{"user": p.Data.Get("user").String()})
		})
		sdk.On("BAD", func(c *sdk.Ctx, _ *sdk.Event) error { return c.Publish("Not A Topic", nil) })
	})
	bot := sdktest.Start(t)
	bot.Publish("levels.up", map[string]string{"user": "ada"})
	bot.Publish("other.up", map[string]string{"user": "ada"})
	bot.Publish("levels.bad", map[string]string{"user": "bob"})
	if got := bot.Failure(); !strings.Contains(got, "topic levels.bad: OnTopic at state_test.go") {
		t.Errorf("the failure says %q", got)
	}
	if want := []string{"levels.up ada", "levels.bad bob"}; !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
	posts := bot.Posts()
	if len(posts) != 1 || posts[0].Topic != "roles.wanted" || string(posts[0].Data) != `{"user":"ada"}` {
		t.Errorf("published %v", posts)
	}
	bot.Event("BAD", `{}`)
	if got := bot.Failure(); !strings.Contains(got, "publish Not A Topic: invalid") {
		t.Errorf("the failure says %q", got)
	}
}
