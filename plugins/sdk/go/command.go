package sdk

// command is a slash command of the plugin.
type command struct {
	name, description string
	options           []Option
}

// Option is an argument of a slash command, or a subcommand. Kept in a variable,
// it reads its own value:
//
//	var sides = sdk.Integer("sides", "How many sides it has").Between(2, 1000)
//
//	func roll(c *sdk.Ctx, i *sdk.Interaction) error { n := sides.Of(i).Int() … }
type Option struct {
	kind              int
	name, description string
	required          bool
	more              Object // further fields of its definition
	options           []Option
}

// The kinds of options that commands have most.
// See https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type.
const (
	optionCommand = 1
	optionGroup   = 2
	optionString  = 3
	optionInteger = 4
	optionBoolean = 5
	optionUser    = 6
	optionChannel = 7
	optionRole    = 8
	optionNumber  = 10
)

// Text is an option that holds a string.
func Text(name, description string) Option { return newOption(optionString, name, description) }

// Integer is an option that holds a whole number.
func Integer(name, description string) Option {
	return newOption(optionInteger, name, description)
}

// Number is an option that holds any number.
func Number(name, description string) Option { return newOption(optionNumber, name, description) }

// Boolean is an option that holds true or false.
func Boolean(name, description string) Option {
	return newOption(optionBoolean, name, description)
}

// UserOption is an option that holds a user's id.
func UserOption(name, description string) Option {
	return newOption(optionUser, name, description)
}

// ChannelOption is an option that holds a channel's id.
func ChannelOption(name, description string) Option {
	return newOption(optionChannel, name, description)
}

// RoleOption is an option that holds a role's id.
func RoleOption(name, description string) Option {
	return newOption(optionRole, name, description)
}

func newOption(kind int, name, description string) Option {
	return Option{kind: kind, name: name, description: description}
}

// Subcommand is a part of a command with options of its own, or a group of
// such: then all its options are subcommands. Interaction.Subcommand says which
// one a person has used.
func Subcommand(name, description string, options ...Option) Option {
	o := Option{kind: optionCommand, name: name, description: description, options: options}
	if len(options) > 0 && options[0].kind == optionCommand {
		o.kind = optionGroup
	}
	return o
}

// Required makes an option one that must be given. Discord wants these before
// the others.
func (o Option) Required() Option {
	o.required = true
	return o
}

// Between bounds a number, or the length of a text.
func (o Option) Between(least, most float64) Option {
	if o.kind == optionString {
		return o.with("min_length", int(least)).with("max_length", int(most))
	}
	return o.with("min_value", least).with("max_value", most)
}

// Choice is one of the values that a person can choose from: what the person
// sees, and a text or a number.
type Choice struct {
	Name  string
	Value any
}

// Choices lets the person choose from at most 25 values.
func (o Option) Choices(choices ...Choice) Option { return o.with("choices", choiceList(choices)) }

// Completed asks the plugin for choices while the person types: see
// OnAutocomplete.
func (o Option) Completed() Option { return o.with("autocomplete", true) }

// with adds a field to a copy of the option.
func (o Option) with(key string, v any) Option {
	more := Object{key: v}
	for k, v := range o.more {
		if k != key {
			more[k] = v
		}
	}
	o.more = more
	return o
}

func choiceList(choices []Choice) []Object {
	list := make([]Object, len(choices))
	for i, c := range choices {
		list[i] = Object{"name": c.Name, "value": c.Value}
	}
	return list
}

// Of returns the value that the person gave, or the empty JSON.
func (o Option) Of(i *Interaction) JSON { return i.Option(o.name) }

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
	plugin.commands = append(plugin.commands, &command{name, description, options})
	plugin.onInteraction(h, InteractionCommand, name, fn)
}

// definition is the command as Discord's API wants it.
func (c *command) definition() Object {
	d := Object{"name": c.name, "description": c.description, "type": 1}
	if len(c.options) > 0 {
		d["options"] = definitions(c.options)
	}
	return d
}

func definitions(options []Option) []Object {
	list := make([]Object, len(options))
	for i, o := range options {
		d := Object{"type": o.kind, "name": o.name, "description": o.description}
		if o.kind > optionGroup {
			d["required"] = o.required
		}
		for key, v := range o.more {
			d[key] = v
		}
		if len(o.options) > 0 {
			d["options"] = definitions(o.options)
		}
		list[i] = d
	}
	return list
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

// Subcommand returns the subcommand that the person has used, of a group as
// "group name", and "" if the command has none.
func (i *Interaction) Subcommand() string {
	name := ""
	for options := i.Data.Get("data", "options"); ; {
		first := options.Index(0)
		if kind := first.Get("type").Int(); kind != optionCommand && kind != optionGroup {
			return name
		}
		if name != "" {
			name += " "
		}
		name += first.Get("name").String()
		options = first.Get("options")
	}
}

// UserOf returns the user whom the person named in a UserOption.
func (i *Interaction) UserOf(name string) User {
	id := i.Option(name)
	user := newView(i.Data.Get("data", "resolved", "users", id.String()), userFields).user(0)
	user.ID = id.ID()
	return user
}

var userFields = compile([]string{"id", "username", "global_name", "bot"})
