package sdk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
	"github.com/shardhost/shardhost/plugins/sdk/go/sdktest"
)

// inHandler runs fn in a handler of a bot that has no other.
func inHandler(t *testing.T, s sdktest.Setup, fn func(c *sdk.Ctx) error) *sdktest.Bot {
	t.Helper()
	sdk.Register(t, func() {
		sdk.On("RUN", func(c *sdk.Ctx, _ *sdk.Event) error { return fn(c) })
	})
	bot := sdktest.StartWith(t, s)
	bot.Event("RUN", `{"guild_id":"5"}`)
	return bot
}

func TestKV(t *testing.T) {
	bot := inHandler(t, sdktest.Setup{}, func(c *sdk.Ctx) error {
		kv := c.KV()
		if _, err := kv.Get("a"); !errors.Is(err, sdk.ErrNotFound) || !strings.Contains(err.Error(), "kv_get a") {
			t.Errorf("Get of nothing: %v", err)
		}
		long := strings.Repeat("x", 1000)
		if err := kv.Put("a", long); err != nil {
			return err
		}
		if got, err := kv.Get("a"); err != nil || got != long {
			t.Errorf("Get: %d bytes, %v", len(got), err)
		}
		version, err := kv.Version("a")
		if err != nil {
			return err
		}
		if err := kv.Swap("a", version+1, "b", 0); !errors.Is(err, sdk.ErrExists) {
			t.Errorf("Swap of another version: %v", err)
		}
		if err := kv.Swap("a", version, "b", 0); err != nil {
			t.Errorf("Swap: %v", err)
		}
		if err := kv.Swap("a", 0, "b", 0); !errors.Is(err, sdk.ErrExists) {
			t.Errorf("Swap of what must not be there: %v", err)
		}
		if n, err := kv.Add("n", -3); err != nil || n != -3 {
			t.Errorf("Add: %d, %v", n, err)
		}
		if _, err := kv.Add("a", 1); !errors.Is(err, sdk.ErrInvalid) {
			t.Errorf("Add to text: %v", err)
		}
		if err := kv.PutFor("gone", "x", time.Nanosecond); err != nil {
			return err
		}
		if err := kv.Delete("never there"); err != nil {
			t.Errorf("Delete of nothing: %v", err)
		}
		return nil
	})
	bot.Advance(time.Second)
	want := map[string]string{"a": "b", "n": "-3", "gone": "x"}
	for key, value := range want {
		if bot.Value(key) != value {
			t.Errorf("%s is %q, want %q", key, bot.Value(key), value)
		}
	}
}

func TestKVKeys(t *testing.T) {
	var want []string
	for i := range 2000 {
		want = append(want, "k/"+strings.Repeat("x", i%50)+string(rune('a'+i%26))+time.Duration(i).String())
	}
	slices.Sort(want)
	inHandler(t, sdktest.Setup{}, func(c *sdk.Ctx) error {
		for _, key := range append([]string{"j", "l"}, want...) {
			if err := c.KV().Put(key, ""); err != nil {
				return err
			}
		}
		var got []string
		for key, err := range c.KV().Keys("k/") {
			if err != nil {
				return err
			}
			got = append(got, key)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %d keys, want %d", len(got), len(want))
		}
		for range c.KV().Keys("") {
			break
		}
		return nil
	})
}

func TestDenied(t *testing.T) {
	inHandler(t, sdktest.Setup{Deny: []string{"kv", "timers", "gateway", "discord"}}, func(c *sdk.Ctx) error {
		_, get := c.KV().Get("a")
		_, add := c.KV().Add("a", 1)
		_, version := c.KV().Version("a")
		var keys error
		for _, err := range c.KV().Keys("") {
			keys = err
		}
		for name, err := range map[string]error{
			"get": get, "add": add, "version": version, "keys": keys, "put": c.KV().Put("a", ""),
			"delete": c.KV().Delete("a"), "send": c.Send(1, "x"), "presence": c.SetPresence("idle"),
		} {
			if !errors.Is(err, sdk.ErrDenied) {
				t.Errorf("%s: %v, want denied", name, err)
			}
		}
		return nil
	})
}

func TestEvery(t *testing.T) {
	calls := 0
	register := func() {
		sdk.Every("tick", time.Minute, func(c *sdk.Ctx) error {
			calls++
			return nil
		})
	}
	sdk.Register(t, register)
	bot := sdktest.Start(t)
	bot.Advance(90 * time.Second)
	bot.Restart() // the period runs on
	bot.Advance(30 * time.Second)
	if calls != 2 {
		t.Errorf("called %d times in two minutes, want 2", calls)
	}
	other := sdktest.StartWith(t, sdktest.Setup{Lane: 1, Lanes: 2})
	if got := other.Timers(); len(got) != 0 {
		t.Errorf("the second lane has timers too: %v", got)
	}
	sdk.Register(t, func() {
		sdk.Every("tock", time.Minute, func(*sdk.Ctx) error { return nil })
	})
	bot.Restart() // a new version, which has no tick any more
	bot.Advance(time.Minute)
	if calls != 2 || len(bot.Timers()) != 1 {
		t.Errorf("tick was called %d times, timers %v: it must stop", calls, bot.Timers())
	}
}

func TestAfter(t *testing.T) {
	var rung []string
	sdk.Register(t, func() {
		sdk.OnTimer("ring", func(c *sdk.Ctx, timer *sdk.Timer) error {
			rung = append(rung, timer.Data)
			if timer.Data == "fail" {
				return errors.New("no")
			}
			return nil
		})
		sdk.On("SET", func(c *sdk.Ctx, e *sdk.Event) error {
			id, err := c.After("ring", time.Duration(e.Data.Get("s").Int())*time.Second, e.Data.Get("data").String())
			if err == nil && e.Data.Get("stop").Bool() {
				err = c.StopTimer(id)
			}
			return err
		})
		sdk.On("UNKNOWN", func(c *sdk.Ctx, e *sdk.Event) error {
			_, err := c.After("rang", time.Second, "")
			return err
		})
	})
	bot := sdktest.Start(t)
	bot.Event("SET", `{"s":20,"data":"second"}`)
	bot.Event("SET", `{"s":10,"data":"first"}`)
	bot.Event("SET", `{"s":5,"data":"stopped","stop":true}`)
	bot.Event("SET", `{"s":30,"data":"fail"}`)
	bot.Advance(time.Minute)
	if want := []string{"first", "second", "fail"}; !slices.Equal(rung, want) {
		t.Errorf("rang %q, want %q", rung, want)
	}
	if got := bot.Failure(); !strings.Contains(got, `timer "ring": OnTimer at effects_test.go:`) {
		t.Errorf("the failure says %q", got)
	}
	if got := len(bot.Values()); got != 1 { // the failed one's, which the real host delivers again
		t.Errorf("%d values are left: %v", got, bot.Values())
	}
	bot.Event("UNKNOWN", `{}`)
	if got := bot.Failure(); !strings.Contains(got, "OnTimer") {
		t.Errorf("the failure says %q", got)
	}
}

func TestREST(t *testing.T) {
	var got []string
	note := func(r *sdk.Response) error {
		text := r.Body.Get("name").String() + "/" + r.Data
		if err := r.Err(); err != nil {
			text = err.Error() + "/" + r.Data
		}
		got = append(got, text)
		return nil
	}
	ask := func(c *sdk.Ctx, path string) error {
		return c.REST("GET", path, nil, func(_ *sdk.Ctx, r *sdk.Response) error { return note(r) })
	}
	sdk.Register(t, func() {
		sdk.OnResponse("named", func(_ *sdk.Ctx, r *sdk.Response) error { return note(r) })
		sdk.On("ASK", func(c *sdk.Ctx, e *sdk.Event) error { return ask(c, e.Data.Get("path").String()) })
		sdk.On("ASK_BY_NAME", func(c *sdk.Ctx, e *sdk.Event) error {
			return c.Do(&sdk.Request{Method: "GET", Path: "/ok", Continue: "named", Data: "a\nb", Reason: "why"})
		})
		sdk.On("WRONG", func(c *sdk.Ctx, e *sdk.Event) error {
			for name, r := range map[string]*sdk.Request{
				"method":   {Method: "TRACE", Path: "/ok"},
				"path":     {Method: "GET", Path: "ok"},
				"body":     {Method: "POST", Path: "/ok", Body: struct{}{}},
				"continue": {Method: "GET", Path: "/ok", Continue: "nobody"},
				"data":     {Method: "GET", Path: "/ok", Data: "x"},
				"too much": {Method: "GET", Path: "/ok", Continue: "named", Data: strings.Repeat("x", 5000)},
				"not text": {Method: "GET", Path: "/ok", Continue: "named", Data: "\xff"},
			} {
				if err := c.Do(r); err == nil {
					t.Errorf("%s: nothing was refused", name)
				}
			}
			return nil
		})
		sdk.On("SECRET", func(c *sdk.Ctx, e *sdk.Event) error {
			return c.Do(&sdk.Request{Method: "POST", Path: "/webhooks/1/geheim?wait=true", Body: struct{}{}})
		})
	})
	bot := sdktest.Start(t)
	bot.Answer("GET", "/ok", 200, `{"name":"fine"}`)
	bot.Answer("GET", "/forbidden*", 403, `{"message":"Missing Access","code":50001}`)
	bot.Answer("GET", "/lost", -10, ``)
	bot.Event("ASK", `{"path":"/ok"}`)
	bot.Event("ASK", `{"path":"/forbidden/1"}`)
	bot.Event("ASK", `{"path":"/lost"}`)
	bot.Event("ASK_BY_NAME", `{}`)
	bot.Event("WRONG", `{}`)
	want := []string{"fine/", "discord answered 403: Missing Access (50001)/", "rest: uncertain/", "fine/a\nb"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if r := bot.Requests(); r[len(r)-1].Reason != "why" {
		t.Errorf("the last request is %+v", r[len(r)-1])
	}
	bot.Event("SECRET", `{}`)
	if failure := bot.Failure(); failure == "" || strings.Contains(failure, "geheim") {
		t.Errorf("the failure says %q", failure)
	}
}

func TestAnswerFailureNamesTheRequest(t *testing.T) {
	bot := inHandler(t, sdktest.Setup{}, func(c *sdk.Ctx) error {
		return c.REST("GET", "/channels/1?x=y", nil, func(*sdk.Ctx, *sdk.Response) error { return errors.New("no") })
	})
	if got := bot.Failure(); !strings.Contains(got, "the answer to GET /channels/1: no") {
		t.Errorf("the failure says %q", got)
	}
}

func TestReplyPingsNobodyButThePerson(t *testing.T) {
	sdk.Register(t, func() {
		sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error { return c.Reply(m, "@everyone \"hi\"") })
	})
	bot := sdktest.Start(t)
	bot.Say("hello")
	body := bot.Requests()[0].Body
	if string(body.Get("allowed_mentions")) != `{"parse":["users"],"replied_user":true}` ||
		body.Get("content").String() != "@everyone \"hi\"" || body.Get("message_reference", "message_id").ID() == 0 {
		t.Errorf("the bot asked for %s", body)
	}
}

func TestGateway(t *testing.T) {
	bot := inHandler(t, sdktest.Setup{}, func(c *sdk.Ctx) error {
		return errors.Join(
			c.SetPresence("dnd", sdk.Activity{Name: "chess"}, sdk.Activity{Type: 4, Name: "thinking"}),
			c.RequestMembers(c.Guild(), "", 0),
		)
	})
	var got []string
	for _, command := range bot.Commands() {
		got = append(got, string(command.Data))
	}
	want := []string{
		`{"activities":[{"name":"chess","type":0},{"name":"thinking","state":"thinking","type":4}],"afk":false,"since":null,"status":"dnd"}`,
		`{"guild_id":"5","limit":0,"query":""}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLogAndMetrics(t *testing.T) {
	bot := inHandler(t, sdktest.Setup{}, func(c *sdk.Ctx) error {
		c.Log().Info("done", "user", sdk.ID(5), "text", "two words", "n", 3, "after", 2*time.Second, "error", errors.New("x"), "ok", true, "odd")
		c.Log().Error("plain")
		return errors.Join(c.Count("hits", 1), c.Count("hits", 2), c.Gauge("size", 7), c.Gauge("size", 3), c.Observe("took", 0.5))
	})
	want := []string{`info: done user=5 text="two words" n=3 after=2s error="x" ok=true missing value of odd`, "error: plain"}
	if !slices.Equal(bot.Log(), want) {
		t.Errorf("got %q, want %q", bot.Log(), want)
	}
	if bot.Metric("hits") != 3 || bot.Metric("size") != 3 {
		t.Errorf("hits %v, size %v", bot.Metric("hits"), bot.Metric("size"))
	}
}
