// Poll asks a channel a question: "!poll Tea or coffee? | tea | coffee" posts
// it with a reaction for each answer, and then says in the post that the poll
// is open. It is one handler in a straight line that waits for Discord four
// times; killed, reloaded or failed in between, it goes on where it was.
package main

import (
	"strings"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

func init() {
	sdk.OnMessage(poll)
}

var digits = [...]string{"1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣"}

func poll(c *sdk.Ctx, m *sdk.Message) error {
	text, asked := strings.CutPrefix(m.Content, "!poll ")
	if m.Author.Bot || !asked {
		return nil
	}
	question, answers := parse(text)
	if len(answers) < 2 || len(answers) > len(digits) {
		return c.Reply(m, "Write it as: !poll Tea or coffee? | tea | coffee")
	}
	post := "**" + question + "**"
	for i, answer := range answers {
		post += "\n" + digits[i] + " " + answer
	}
	msg, err := c.CreateMessage(m.ChannelID, post+"\nOne moment ...")
	if err != nil {
		return err
	}
	for i := range answers {
		if err := c.React(msg.ChannelID, msg.ID, digits[i]); err != nil {
			return err
		}
	}
	if err := c.KV().Put("poll/"+msg.ID.String(), question); err != nil {
		return err
	}
	_, err = c.EditMessage(msg.ChannelID, msg.ID, post+"\nThe poll is open.")
	return err
}

// parse parts "question | answer | answer".
func parse(text string) (question string, answers []string) {
	parts := strings.Split(text, "|")
	for _, part := range parts[1:] {
		if part = strings.TrimSpace(part); part != "" {
			answers = append(answers, part)
		}
	}
	return strings.TrimSpace(parts[0]), answers
}

func main() {}
