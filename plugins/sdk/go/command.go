package sdk

// command is a slash command of the plugin.
type command struct {
	handler
	name, description string
	options           []Option
	call              func(*Ctx, *Interaction) error
}

// Option is an argument of a slash command.
type Option struct {
	kind              int
	name, description string
	required          bool
}

// The kinds of options that commands have most.
// See https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type.
const (
	optionString  = 3
	optionInteger = 4
	optionBoolean = 5
	optionUser    = 6
	optionChannel = 7
	optionRole    = 8
	optionNumber  = 10
)

// Text is an option that holds a string.
func Text(name, description string) Option { return Option{optionString, name, description, false} }

// Integer is an option that holds a whole number.
func Integer(name, description string) Option {
	return Option{optionInteger, name, description, false}
}

// Number is an option that holds any number.
func Number(name, description string) Option { return Option{optionNumber, name, description, false} }

// Boolean is an option that holds true or false.
func Boolean(name, description string) Option {
	return Option{optionBoolean, name, description, false}
}

// UserOption is an option that holds a user's id.
func UserOption(name, description string) Option {
	return Option{optionUser, name, description, false}
}

// ChannelOption is an option that holds a channel's id.
func ChannelOption(name, description string) Option {
	return Option{optionChannel, name, description, false}
}

// RoleOption is an option that holds a role's id.
func RoleOption(name, description string) Option {
	return Option{optionRole, name, description, false}
}

// Required makes an option one that must be given. Discord wants these before
// the others.
func (o Option) Required() Option {
	o.required = true
	return o
}

// Command registers a slash command: its name, in lower case, what the person
// reads about it, and its handler.
//
//	sdk.Command("roll", "Throw a die", roll, sdk.Integer("sides", "How many sides it has"))
//
// The definition is in the plugin's manifest, from where the host's tools
// register it with Discord.
func Command(name, description string, fn func(c *Ctx, i *Interaction) error, options ...Option) {
	h := newHandler("Command", 1)
	if name == "" || description == "" {
		h.refuse("a command needs a name and a description")
	}
	for _, other := range plugin.commands {
		if other.name == name {
			h.refuse("another command has the name " + name)
		}
	}
	plugin.commands = append(plugin.commands, &command{h, name, description, options, fn})
	if len(plugin.commands) == 1 {
		places := askInteraction(h)
		plugin.events = append(plugin.events, eventHandler{handler{}, interactionCreate, func(c *Ctx, e *Event) error {
			return runCommand(c, e.view(places, interactionFields))
		}})
	}
}

// runCommand finds the command that a person has used.
func runCommand(c *Ctx, v view) error {
	i := readInteraction(c, v)
	if i.Type != InteractionCommand {
		return nil
	}
	for _, command := range plugin.commands {
		if command.name == i.Name {
			return run(command.handler, func() error { return command.call(c, i) })
		}
	}
	return nil
}

// definition is the command as Discord's API wants it.
func (c *command) definition() Object {
	d := Object{"name": c.name, "description": c.description, "type": 1}
	if len(c.options) > 0 {
		options := make([]Object, len(c.options))
		for i, o := range c.options {
			options[i] = Object{"type": o.kind, "name": o.name, "description": o.description, "required": o.required}
		}
		d["options"] = options
	}
	return d
}

// Option returns the value that the person gave for an option, or the empty
// JSON. Options of a subcommand count as the command's.
func (i *Interaction) Option(name string) JSON {
	return findOption(i.Data.Get("data", "options"), name)
}

func findOption(options JSON, name string) JSON {
	for option := range options.Items() {
		if nested := option.Get("options"); nested.Exists() {
			if value := findOption(nested, name); value.Exists() {
				return value
			}
			continue
		}
		if option.Get("name").String() == name {
			return option.Get("value")
		}
	}
	return nil
}
