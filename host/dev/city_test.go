package dev

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discordtest"
)

func TestCity(t *testing.T) {
	sim := discordtest.NewServer(discordtest.Options{Guilds: 3})
	defer sim.Close()
	c := newCity(sim, 2)
	guilds := c.Guilds()
	if len(guilds) != 3 || guilds[1].Shard != 1 || guilds[0].Channels[0].Name != "general" {
		t.Fatalf("guilds are %+v", guilds)
	}
	general := guilds[0].Channels[0].ID
	f := &feed{}
	items, leave := f.subscribe()
	defer leave()
	ctx, cancel := context.WithCancel(t.Context())
	followed := make(chan error, 1)
	go func() { followed <- c.follow(ctx, f) }()

	// The stream may begin after the first message: write until one comes.
	var first message
	for first.ID == "" {
		if err := c.Say(guilds[0].ID, general, "Ada", "!ping"); err != nil {
			t.Fatal(err)
		}
		select {
		case it := <-items:
			if err := json.Unmarshal(it.data, &first); err != nil || it.name != "message" {
				t.Fatalf("%s %s: %v", it.name, it.data, err)
			}
		case <-time.After(100 * time.Millisecond):
		}
	}
	if first.Author.Name != "Ada" || first.Author.Bot || first.Content != "!ping" || first.Channel != general || first.Time == 0 {
		t.Errorf("message is %+v", first)
	}
	all := c.Messages(general)
	if len(all) == 0 || !reflect.DeepEqual(all[len(all)-1], first) {
		t.Errorf("the stream says\n%+v, the channel\n%+v", first, all)
	}
	// The bot types.
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, sim.REST+"/v10/channels/"+general+"/typing", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	req.Header.Set("Authorization", "Bot "+sim.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusNoContent {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
	for it := range items {
		if it.name == "message" {
			continue // of those written before the stream began to be read
		}
		var by typing
		if err := json.Unmarshal(it.data, &by); err != nil || it.name != "typing" || by.Channel != general || by.User != sim.Bot().Username {
			t.Errorf("%s %s: %v", it.name, it.data, err)
		}
		break
	}
	for _, bad := range []struct{ name, guild, channel, content, want string }{
		{"no such server", "1", general, "hi", "no such channel"},
		{"a channel elsewhere", guilds[1].ID, general, "hi", "no such channel"},
		{"no such channel", guilds[0].ID, "x", "hi", "no such channel"},
		{"nothing said", guilds[0].ID, general, "", "without content"},
	} {
		if err := c.Say(bad.guild, bad.channel, "Ada", bad.content); err == nil || !strings.Contains(err.Error(), bad.want) || strings.Contains(err.Error(), "discordtest") {
			t.Errorf("%s: %v", bad.name, err)
		}
	}
	for range maxMessages {
		if err := c.Say(guilds[2].ID, guilds[2].Channels[0].ID, "Ada", "old"); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Say(guilds[2].ID, guilds[2].Channels[0].ID, "Ada", "new"); err != nil {
		t.Fatal(err)
	}
	if got := c.Messages(guilds[2].Channels[0].ID); len(got) != maxMessages || got[len(got)-1].Content != "new" {
		t.Errorf("%d messages, want the last %d", len(got), maxMessages)
	}
	if got := c.Messages("nonsense"); got != nil {
		t.Errorf("messages of no channel: %+v", got)
	}
	cancel()
	if err := <-followed; err != nil {
		t.Error(err)
	}
}

// When the simulator ends, the page must not go on as if nothing was wrong.
func TestCityEnds(t *testing.T) {
	sim := discordtest.NewServer(discordtest.Options{Guilds: 1})
	c := newCity(sim, 1)
	sim.Close()
	if err := c.follow(t.Context(), &feed{}); err == nil {
		t.Error("a stream of nobody goes on")
	}
}

// Whatever comes from the stream, a page gets a message that it can show.
func FuzzCityPass(f *testing.F) {
	f.Add("message", `{"id":"1","channel_id":"2","author":{"id":"3","username":"a","global_name":null,"bot":true},"content":"x","embeds":[],"message_reference":{"message_id":"1"}}`)
	f.Add("delete", `{"id":"1","channel_id":"2"}`)
	f.Add("message", `{"id":-1}`)
	f.Add("message", `{}`)
	f.Add("typing", `{"channel_id":"1","member":{"user":{"username":"x"}}}`)
	f.Add("sessions", `[]`)
	f.Fuzz(func(t *testing.T, name, data string) {
		to := &feed{}
		items, leave := to.subscribe()
		defer leave()
		(&city{}).pass(name, []byte(data), to)
		select {
		case it := <-items:
			var m message
			if err := json.Unmarshal(it.data, &m); err != nil || m.ID == "" && it.name == "message" {
				t.Fatalf("%s became %s %s: %v", data, it.name, it.data, err)
			}
		default:
		}
	})
}
