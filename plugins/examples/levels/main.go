// Levels rewards people for taking part: a message earns points, once a minute,
// and points make levels. /rank tells somebody's, /top the guild's best, with a
// button that counts again. Points are in the host's store, a value of the
// plugin's own type for each member.
package main

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

const (
	reward = 10          // points of a message
	pause  = time.Minute // until the next message earns some
	best   = 10          // places in /top
)

// A member is what the plugin knows of one, under GUILD/USER.
type member struct {
	Name   string    `json:"name"`
	Points int       `json:"points"`
	Next   time.Time `json:"next"` // when a message earns points again
}

// level is 1 at 10 points, and each takes 20 more than the one before.
func (m member) level() int {
	level := 0
	for need := reward; m.Points >= need; need += reward * (2*level + 1) {
		level++
	}
	return level
}

var (
	members = sdk.NewTable[member]("member/", json.Marshal, json.Unmarshal)
	who     = sdk.UserOption("who", "Whose level, yours by default")
)

func init() {
	sdk.OnMessage(earn)
	sdk.Command("rank", "Tell a level", rank, who)
	sdk.Command("top", "Tell who takes part most", func(c *sdk.Ctx, i *sdk.Interaction) error {
		table, err := top(c, i.GuildID)
		if err != nil {
			return err
		}
		return i.Respond(4, table)
	})
	sdk.OnComponent("top", func(c *sdk.Ctx, i *sdk.Interaction) error {
		table, err := top(c, i.GuildID)
		if err != nil {
			return err
		}
		return i.Update(table)
	})
}

func key(guild, user sdk.ID) string { return guild.String() + "/" + user.String() }

func earn(c *sdk.Ctx, m *sdk.Message) error {
	if m.Author.Bot || m.GuildID == 0 {
		return nil
	}
	before, after := 0, 0
	err := members.Update(c, key(m.GuildID, m.Author.ID), func(who *member) error {
		before = who.level()
		if !c.Received().Before(who.Next) {
			who.Name, who.Points, who.Next = m.Author.Name(), who.Points+reward, c.Received().Add(pause)
		}
		after = who.level()
		return nil
	})
	if err != nil || after == before {
		return err
	}
	return c.Reply(m, m.Author.Mention()+" has reached level "+strconv.Itoa(after)+"!")
}

func rank(c *sdk.Ctx, i *sdk.Interaction) error {
	of := i.User.ID
	if who.Of(i).Exists() {
		of = who.Of(i).ID()
	}
	m, err := members.Get(c, key(i.GuildID, of))
	if errors.Is(err, sdk.ErrNotFound) {
		return i.Whisper("There are no points yet.")
	}
	if err != nil {
		return err
	}
	return i.Reply(m.Name + " has level " + strconv.Itoa(m.level()) + " with " + strconv.Itoa(m.Points) + " points.")
}

// top is the message with a guild's best.
func top(c *sdk.Ctx, guild sdk.ID) (sdk.Object, error) {
	var all []member
	for key, err := range members.Keys(c) {
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(key, guild.String()+"/") {
			continue
		}
		m, err := members.Get(c, key)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b member) int { return b.Points - a.Points })
	text := "Nobody has points yet."
	if len(all) > 0 {
		text = "**Who takes part most**"
	}
	for place, m := range all[:min(best, len(all))] {
		text += "\n" + strconv.Itoa(place+1) + ". " + m.Name + ", level " + strconv.Itoa(m.level())
	}
	return sdk.Object{
		"content":          text,
		"allowed_mentions": sdk.Object{"parse": []string{}},
		"components":       []sdk.Object{sdk.Row(sdk.Button(sdk.Secondary, "Count again", "top"))},
	}, nil
}

func main() {}
