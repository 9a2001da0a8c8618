package sdk

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
// included that Command, OnComponent, OnForm and OnAutocomplete handle.
func OnInteraction(fn func(c *Ctx, i *Interaction) error) {
	places := plugin.ask(newHandler("OnInteraction", 1), interactionCreate, interactionPaths)
	on("OnInteraction", interactionCreate, func(c *Ctx, e *Event) error {
		return fn(c, readInteraction(c, e.view(places, interactionFields)))
	})
}

const interactionCreate = "INTERACTION_CREATE"

// interactionPaths are the fields of Interaction, as readInteraction reads them.
var (
	interactionPaths = []string{
		"id", "application_id", "type", "token", "guild_id", "channel_id", "data.name", "data.custom_id",
		"member.user.id", "member.user.username", "member.user.global_name", "member.user.bot",
		"user.id", "user.username", "user.global_name", "user.bot",
	}
	interactionFields = compile(interactionPaths)
)

// interactionHandler is for the interactions of one type with a name, or with
// names that begin alike.
type interactionHandler struct {
	eventHandler // the pattern is of names
	kind         int
	call         func(*Ctx, *Interaction) error
}

// onInteraction registers a handler. Of those for one interaction the first
// gets it.
func (p *registry) onInteraction(h handler, kind int, name string, fn func(*Ctx, *Interaction) error) {
	if name == "" {
		h.refuse("it needs a name")
	}
	p.interactions = append(p.interactions, interactionHandler{eventHandler{handler: h, pattern: name}, kind, fn})
	if len(p.interactions) > 1 {
		return
	}
	places := p.ask(h, interactionCreate, interactionPaths)
	p.events = append(p.events, eventHandler{handler{}, interactionCreate, func(c *Ctx, e *Event) error {
		i := readInteraction(c, e.view(places, interactionFields))
		for k := range plugin.interactions {
			if h := &plugin.interactions[k]; h.kind == i.Type && h.wants(i.Name) {
				return run(h.handler, func() error { return h.call(c, i) })
			}
		}
		return nil
	}})
}

func readInteraction(c *Ctx, v view) *Interaction {
	i := &Interaction{
		ID: v.id(0), ApplicationID: v.id(1), Type: int(v.value(2).Int()), Token: v.string(3), GuildID: v.id(4), ChannelID: v.id(5),
		Name: v.string(6), User: v.user(8), Data: v.text, ctx: c,
	}
	if i.Name == "" {
		i.Name = v.string(7)
	}
	if i.User.ID == 0 { // outside of a guild
		i.User = v.user(12)
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
