// Package main is the handler of the bench languages on disgo's structs.
package main

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/disgoorg/disgo/discord"
	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

func main() {}

var hits, sum uint64

func init() {
	sdk.RequireIntent("MESSAGE_CONTENT")
	sdk.On("MESSAGE_CREATE", sdk.Decode(json.Unmarshal, message))
}

func message(c *sdk.Ctx, m *discord.Message) error {
	if m.Content == "!sum" {
		c.Log().Info(strconv.FormatUint(hits, 10) + " " + strconv.FormatUint(sum, 10))
		return nil
	}
	if strings.HasPrefix(m.Content, "!ping") {
		hits++
	}
	sum += uint64(m.Author.ID%1000+m.ChannelID%1000+*m.GuildID%1000) + uint64(m.Content[len(m.Content)-1])
	return nil
}
