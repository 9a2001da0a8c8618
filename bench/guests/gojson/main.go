// Package main is the handler of the bench languages on a struct of its own.
package main

import (
	"encoding/json"
	"strconv"
	"strings"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

func main() {}

var hits, sum uint64

func init() {
	sdk.RequireIntent("MESSAGE_CONTENT")
	sdk.On("MESSAGE_CREATE", sdk.Decode(json.Unmarshal, message))
}

// Message has the fields that the plugin needs.
type Message struct {
	Content   string `json:"content"`
	ChannelID sdk.ID `json:"channel_id"`
	GuildID   sdk.ID `json:"guild_id"`
	Author    struct {
		ID sdk.ID `json:"id"`
	} `json:"author"`
}

func message(c *sdk.Ctx, m *Message) error {
	if m.Content == "!sum" {
		c.Log().Info(strconv.FormatUint(hits, 10) + " " + strconv.FormatUint(sum, 10))
		return nil
	}
	if strings.HasPrefix(m.Content, "!ping") {
		hits++
	}
	sum += uint64(m.Author.ID%1000+m.ChannelID%1000+m.GuildID%1000) + uint64(m.Content[len(m.Content)-1])
	return nil
}
