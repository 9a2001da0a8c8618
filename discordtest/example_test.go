package discordtest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
)

func Example() {
	srv := discordtest.NewServer(discordtest.Options{})
	defer srv.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	// Somebody writes.
	general := srv.Guilds()[0].General()
	if _, err := srv.SendMessage(general, "!ping"); err != nil {
		fmt.Println(err)
	}

	// The bot, any client of Discord, answers: here with one REST call.
	q, err := http.NewRequestWithContext(ctx, "POST", srv.REST+"/v10/channels/"+general.String()+"/messages", strings.NewReader(`{"content":"pong"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	q.Header.Set("Authorization", "Bot "+srv.Token)
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "DiscordBot (https://example.com, 1.0)")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(q)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = resp.Body.Close()

	answer, err := srv.WaitForMessage(ctx, general, func(m discordtest.Message) bool { return m.Author.Bot })
	fmt.Println(answer.Content, err, len(srv.Violations()))
	// Output: pong <nil> 0
}

// A story says every step of a connection.
func ExampleServer_Next() {
	srv := discordtest.NewServer(discordtest.Options{})
	defer srv.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	story := srv.Next(func(c *discordtest.Scene) {
		c.Hello(time.Minute)
		c.Expect(discord.OpIdentify)
		c.Ready("session-1")
		c.Close(discord.CloseSessionTimedOut)
	})

	// A client that sends the wrong thing.
	ws, resp, err := websocket.DefaultDialer.DialContext(ctx, srv.Gateway+"/?v=10&encoding=json", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = resp.Body.Close()
	defer ws.Close()
	_ = ws.WriteMessage(websocket.TextMessage, []byte(`{"op":6,"d":{"token":"x","session_id":"y","seq":1}}`))

	fmt.Println(story.Wait(ctx))
	// Output: discordtest: story: expected identify, but the client sent resume
}
