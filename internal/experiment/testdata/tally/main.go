// Tally books every message it handles in the host's store, and says at !total
// what the books of the guild say: how many messages, how many of them more than
// once, how many behind a later one.
package main

import (
	"errors"
	"fmt"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

func init() {
	sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
		guild := m.GuildID.String()
		if m.Content == "!total" {
			return total(c, m, guild)
		}
		if m.Author.Bot {
			return nil
		}
		return book(c, m, guild)
	})
}

func book(c *sdk.Ctx, m *sdk.Message, guild string) error {
	times, err := c.KV().Add("message/"+m.ID.String(), 1)
	if err != nil {
		return err
	}
	if times > 1 {
		_, err := c.KV().Add("doubled/"+guild, 1)
		return err
	}
	if _, err := c.KV().Add("handled/"+guild, 1); err != nil {
		return err
	}
	last, err := c.KV().Get("last/" + guild)
	if err != nil && !errors.Is(err, sdk.ErrNotFound) {
		return err
	}
	// Ids rise with time: padded, they compare as text.
	id := fmt.Sprintf("%020d", uint64(m.ID))
	if id < last {
		_, err := c.KV().Add("reordered/"+guild, 1)
		return err
	}
	return c.KV().Put("last/"+guild, id)
}

func total(c *sdk.Ctx, m *sdk.Message, guild string) error {
	var n [3]int64
	for i, name := range []string{"handled/", "doubled/", "reordered/"} {
		var err error
		if n[i], err = c.KV().Add(name+guild, 0); err != nil {
			return err
		}
	}
	return c.Reply(m, fmt.Sprintf(`{"handled":%d,"doubled":%d,"reordered":%d}`, n[0], n[1], n[2]))
}

func main() {}
