package sdk

import "github.com/shardhost/shardhost/abi/scan"

// Interaction is a person's use of a command, a button, a menu or a form.
// Discord waits three seconds for the first answer: Reply, or Defer and then
// FollowUp within fifteen minutes.
// See https://docs.discord.com/developers/interactions/receiving-and-responding.
type Interaction struct {
	ID            ID
	ApplicationID ID
	Type          int // 2 command, 3 component, 4 autocomplete, 5 form
	Token         string
	GuildID       ID // 0 in a direct message
	ChannelID     ID
	User          User
	Name          string // of the command; the custom_id of a component or form
	Data          JSON   // all of it, as Discord sent it; it may be kept

	ctx *Ctx
}

// Types of Interaction.
const (
	InteractionCommand      = 2
	InteractionComponent    = 3
	InteractionAutocomplete = 4
	InteractionForm         = 5
)

// OnInteraction registers a handler for interactions of every type, those
// included that Command handles.
func OnInteraction(fn func(c *Ctx, i *Interaction) error) {
	on("OnInteraction", interactionCreate, func(c *Ctx, e *Event) error {
		return fn(c, parseInteraction(c, e.Data))
	})
}

const interactionCreate = "INTERACTION_CREATE"

func parseInteraction(c *Ctx, data JSON) *Interaction {
	i := &Interaction{Data: data, ctx: c}
	s := scan.Scanner{Text: data}
	for s.NextField() {
		switch string(s.Key) {
		case "id":
			i.ID = JSON(s.Value).ID()
		case "application_id":
			i.ApplicationID = JSON(s.Value).ID()
		case "type":
			i.Type = int(JSON(s.Value).Int())
		case "token":
			i.Token = JSON(s.Value).String()
		case "guild_id":
			i.GuildID = JSON(s.Value).ID()
		case "channel_id":
			i.ChannelID = JSON(s.Value).ID()
		case "member":
			i.User = parseUser(JSON(s.Value).Get("user"))
		case "user":
			i.User = parseUser(s.Value)
		case "data":
			inner := JSON(s.Value)
			if i.Name = inner.Get("name").String(); i.Name == "" {
				i.Name = inner.Get("custom_id").String()
			}
		}
	}
	return i
}

// Reply answers with a message that everyone in the channel sees.
func (i *Interaction) Reply(text string) error { return i.answer(4, messageBody(text, "")) }

// Whisper answers with a message that only the person sees.
func (i *Interaction) Whisper(text string) error {
	return i.answer(4, messageBody(text, `,"flags":64`))
}

// Defer says that an answer follows; the person sees that the bot is thinking.
func (i *Interaction) Defer() error { return i.answer(5, nil) }

// Respond answers with a callback of the given type and data, for everything
// that the other methods do not write.
// See https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object.
func (i *Interaction) Respond(kind int, data any) error { return i.answer(kind, data) }

// FollowUp sends a further message, or the first one after Defer.
func (i *Interaction) FollowUp(text string) error {
	return i.ctx.REST("POST", "/webhooks/"+i.ApplicationID.String()+"/"+i.Token, messageBody(text, ""), nil)
}

func (i *Interaction) answer(kind int, data any) error {
	if i.ctx == nil {
		return errNoInteraction
	}
	body := Object{"type": kind}
	if data != nil {
		body["data"] = data
	}
	return i.ctx.REST("POST", "/interactions/"+i.ID.String()+"/"+i.Token+"/callback", body, nil)
}
