// Package main is the guest of the bench languages: the handler that every SDK
// has there, as an author would write it.
package main

import (
	"strconv"
	"strings"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

func main() {}

var hits, sum uint64

func init() { sdk.OnMessage(message) }

// message counts what begins with the prefix, and adds up something of each
// field: what it has read can be checked.
func message(c *sdk.Ctx, m *sdk.Message) error {
	if m.Content == "!sum" {
		c.Log().Info(strconv.FormatUint(hits, 10) + " " + strconv.FormatUint(sum, 10))
		return nil
	}
	if strings.HasPrefix(m.Content, "!ping") {
		hits++
	}
	sum += uint64(m.Author.ID%1000 + m.ChannelID%1000 + m.GuildID%1000)
	if n := len(m.Content); n > 0 {
		sum += uint64(m.Content[n-1])
	}
	return nil
}
