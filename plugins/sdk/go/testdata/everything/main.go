// Everything calls each function of the host once, so that a test can see that
// what the SDK passes arrives.
package main

import (
	"errors"
	"strconv"
	"time"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

func init() {
	sdk.OnStart(func(c *sdk.Ctx) error {
		c.Log().Info("started", "greeting", c.Config().Get("greeting").String(), "lane", c.Lane(), "of", c.Lanes())
		if c.Secret("key") == "wrong" {
			return errors.New("the key is wrong")
		}
		return nil
	})
	sdk.Every("tick", time.Minute, func(c *sdk.Ctx) error { return c.Send(1, "tick") })
	sdk.OnTimer("once", func(c *sdk.Ctx, t *sdk.Timer) error { return c.Send(2, t.Data) })
	sdk.OnResponse("named", func(c *sdk.Ctx, r *sdk.Response) error {
		c.Log().Warn("named", "data", r.Data, "status", r.Status)
		return nil
	})
	sdk.On("KV", kv)
	sdk.On("TIMER", func(c *sdk.Ctx, e *sdk.Event) error {
		stopped, err := c.After("once", time.Second, "stopped")
		if err != nil {
			return err
		}
		_, err = c.After("once", 1500*time.Millisecond, "rings")
		return errors.Join(err, c.StopTimer(stopped))
	})
	sdk.On("REST", func(c *sdk.Ctx, e *sdk.Event) error {
		name := e.Data.Get("name").String()
		err := c.REST("GET", "/channels/1", nil, func(c *sdk.Ctx, r *sdk.Response) error {
			c.Log().Error(name, "topic", r.Body.Get("topic").String())
			return nil
		})
		return errors.Join(err, c.Do(&sdk.Request{Method: "PUT", Path: "/x", Body: sdk.Object{"n": 1}, Continue: "named", Data: "é", Reason: "why", Resend: true}))
	})
	heard := 0 // kept over reloads
	sdk.OnSave(7, func(c *sdk.Ctx) ([]byte, error) { return []byte(strconv.Itoa(heard)), nil })
	sdk.OnLoad(func(c *sdk.Ctx, schema int32, state []byte) error {
		if schema != 7 {
			return sdk.ErrSchema
		}
		var err error
		heard, err = strconv.Atoi(string(state))
		return err
	})
	sdk.On("PUBLISH", func(c *sdk.Ctx, e *sdk.Event) error { return c.Publish("levels.up", sdk.Object{"level": 5}) })
	sdk.OnTopic("levels.*", func(c *sdk.Ctx, p *sdk.Post) error {
		heard++
		c.Log().Info("post", "topic", p.Topic, "level", p.Data.Get("level").Int(), "heard", heard)
		return nil
	})
	sdk.OnColdStart(func(c *sdk.Ctx, reason string) error { c.Log().Info("cold", "reason", reason); return nil })
	sdk.OnStale(func(c *sdk.Ctx, saved time.Time) error {
		c.Log().Info("stale", "saved", saved.UTC().Format(time.RFC3339))
		return nil
	})
	sdk.OnGap(func(c *sdk.Ctx, g *sdk.Gap) error {
		c.Log().Info("gap", "shard", g.Shard, "of", g.Of, "after", g.After)
		return nil
	})
	sdk.On("GATEWAY", func(c *sdk.Ctx, e *sdk.Event) error { return c.SetPresence("idle") })
	sdk.On("METRIC", func(c *sdk.Ctx, e *sdk.Event) error { return c.Observe("size", 2.5) })
	sdk.On("NOW", func(c *sdk.Ctx, e *sdk.Event) error {
		if c.Now().Year() < 2020 || c.Received().Unix() != 1700000000 || c.Guild() != 9 || c.Shard() != 3 || !c.Redelivered() || c.Replayed() {
			return errors.New("the header of the frame did not arrive")
		}
		return nil
	})
	sdk.On("FAIL", func(c *sdk.Ctx, e *sdk.Event) error { return errors.New("as asked") })
	sdk.On("PANIC", func(c *sdk.Ctx, e *sdk.Event) error {
		var list []int
		list[len(e.Data)]++
		return nil
	})
	sdk.On("EXHAUST", func(c *sdk.Ctx, e *sdk.Event) error {
		var all [][]byte
		for {
			all = append(all, make([]byte, 1<<20))
		}
	})
}

func kv(c *sdk.Ctx, e *sdk.Event) error {
	kv := c.KV()
	if _, err := kv.Get("nothing"); !errors.Is(err, sdk.ErrNotFound) {
		return errors.New("Get of nothing")
	}
	long := string(make([]byte, 3000))
	if err := kv.PutFor("long", long, 90*time.Second); err != nil {
		return err
	}
	if got, err := kv.Get("long"); err != nil || got != long {
		return errors.New("Get of a long value")
	}
	version, err := kv.Version("long")
	if err != nil {
		return err
	}
	if err := kv.Swap("long", version, "short", 0); err != nil {
		return err
	}
	if err := kv.Swap("long", version, "late", 0); !errors.Is(err, sdk.ErrExists) {
		return errors.New("Swap of an old version")
	}
	if n, err := kv.Add("n", 40); err != nil || n != 40 {
		return errors.New("Add")
	}
	if n, err := kv.Add("n", -50); err != nil || n != -10 {
		return errors.New("Add of less")
	}
	if err := kv.Put("z", ""); err != nil {
		return err
	}
	var keys string
	for key, err := range kv.Keys("") {
		if err != nil {
			return err
		}
		keys += key + " "
	}
	if keys != "long n z " {
		return errors.New("Keys: " + keys)
	}
	return kv.Delete("z")
}

func main() {}
