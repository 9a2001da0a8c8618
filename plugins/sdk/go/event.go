package sdk

// Event is one dispatch of Discord's gateway.
type Event struct {
	Name string // as on the wire, "GUILD_MEMBER_ADD"
	Data JSON   // the field d, as Discord sent it; it may be kept

	table []byte   // where the fields are that the plugin has asked for; nil: not known
	paths []string // of the table
}

// On registers a handler for an event by its name on the wire, or for several
// by a name that ends in *, as GUILD_MEMBER_*. Handlers of one event run in the
// order in which they were registered; the first error ends the row.
//
// The events a plugin registers are those its host delivers, unless the
// configuration names others. The list of all is in docs/events.md.
func On(name string, fn func(c *Ctx, e *Event) error) {
	on("On", name, fn)
}

// OnAny registers a handler for every event the bot receives.
func OnAny(fn func(c *Ctx, e *Event) error) {
	on("OnAny", "*", fn)
}

func on(kind, name string, fn func(*Ctx, *Event) error) {
	h := eventHandler{newHandler(kind, 2), name, fn}
	if name == "" {
		h.refuse("an event needs a name, as MESSAGE_CREATE")
	}
	plugin.events = append(plugin.events, h)
}

// RequireIntent asks for a gateway intent beyond those that bring the events,
// by its name, such as MESSAGE_CONTENT. A privileged one needs the operator's
// word too. See https://docs.discord.com/developers/events/gateway#gateway-intents.
func RequireIntent(name string) { plugin.intents = append(plugin.intents, name) }

// Decode makes a handler of one that takes the event in a struct, of a library
// or the plugin's own:
//
//	sdk.On("GUILD_BAN_ADD", sdk.Decode(json.Unmarshal, func(c *sdk.Ctx, ban *Ban) error { … }))
//
// unmarshal is json.Unmarshal or another of that form. An event that it does
// not take fails.
func Decode[T any](unmarshal func([]byte, any) error, fn func(c *Ctx, v *T) error) func(*Ctx, *Event) error {
	return func(c *Ctx, e *Event) error {
		v := new(T)
		if err := unmarshal(e.Data, v); err != nil {
			return err
		}
		return fn(c, v)
	}
}
