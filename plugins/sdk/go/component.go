package sdk

// OnComponent registers a handler for buttons and menus by their custom_id, or
// for all whose custom_id begins alike by a name that ends in *, as vote/*.
func OnComponent(id string, fn func(c *Ctx, i *Interaction) error) {
	plugin.onInteraction(newHandler("OnComponent", 1), InteractionComponent, id, fn)
}

// OnForm registers a handler for forms that people send, by their custom_id as
// OnComponent does. Interaction.Field has what they wrote.
func OnForm(id string, fn func(c *Ctx, i *Interaction) error) {
	plugin.onInteraction(newHandler("OnForm", 1), InteractionForm, id, fn)
}

// OnAutocomplete registers what helps people while they type an option of a
// command that is Completed: it looks at Interaction.Focused and answers with
// Interaction.Choices.
func OnAutocomplete(command string, fn func(c *Ctx, i *Interaction) error) {
	plugin.onInteraction(newHandler("OnAutocomplete", 1), InteractionAutocomplete, command, fn)
}

// The looks of a Button.
const (
	Primary   = 1
	Secondary = 2
	Success   = 3
	Danger    = 4
)

// Button is a button that OnComponent hears of. As all that follows it is the
// component as Discord documents it, to which fields may be added.
// See https://docs.discord.com/developers/components/reference#button.
func Button(look int, label, id string) Object {
	return Object{"type": 2, "style": look, "label": label, "custom_id": id}
}

// Link is a button that opens an address.
func Link(label, url string) Object {
	return Object{"type": 2, "style": 5, "label": label, "url": url}
}

// Menu is a menu of texts; the values come in Interaction.Values.
// See https://docs.discord.com/developers/components/reference#string-select.
func Menu(id, placeholder string, choices ...Choice) Object {
	options := make([]Object, len(choices))
	for i, c := range choices {
		options[i] = Object{"label": c.Name, "value": c.Value}
	}
	return Object{"type": 3, "custom_id": id, "placeholder": placeholder, "options": options}
}

// Row is a row of a message: up to five buttons, or one menu. Rows are the field
// components of a message.
func Row(components ...Object) Object {
	return Object{"type": 1, "components": components}
}

// Input is a line of a form, InputText one for longer text.
// See https://docs.discord.com/developers/components/reference#text-input.
func Input(id, label string) Object {
	return Object{"type": 18, "label": label, "component": Object{"type": 4, "custom_id": id, "style": 1}}
}

// InputText is an input of several lines.
func InputText(id, label string) Object {
	return Object{"type": 18, "label": label, "component": Object{"type": 4, "custom_id": id, "style": 2}}
}

// Update changes the message whose button or menu the person has used. body is
// what of the message is to be another, as Object says.
func (i *Interaction) Update(body any) error { return i.answer(7, body) }

// ShowForm opens a form of up to five inputs. What the person writes comes to
// OnForm.
func (i *Interaction) ShowForm(id, title string, inputs ...Object) error {
	return i.answer(9, Object{"custom_id": id, "title": title, "components": inputs})
}

// Choices answers what OnAutocomplete was asked for.
func (i *Interaction) Choices(choices ...Choice) error {
	return i.answer(8, Object{"choices": choiceList(choices)})
}

// Values returns what the person has chosen in a menu.
func (i *Interaction) Values() []string {
	var values []string
	for v := range i.Data.Get("data", "values").Items() {
		values = append(values, v.String())
	}
	return values
}

// Message returns the message whose button or menu the person has used.
func (i *Interaction) Message() *Message { return parseMessage(i.Data.Get("message")) }

// Field returns what the person wrote into an input of a form: its value, or
// its values where it is a menu.
func (i *Interaction) Field(id string) JSON { return findField(i.Data.Get("data", "components"), id) }

func findField(components JSON, id string) JSON {
	for c := range components.Items() {
		if inner := c.Get("component"); inner.Exists() { // in a label
			c = inner
		}
		if c.Get("custom_id").String() == id {
			if v := c.Get("value"); v.Exists() {
				return v
			}
			return c.Get("values")
		}
		if v := findField(c.Get("components"), id); v.Exists() { // in a row
			return v
		}
	}
	return nil
}

// Focused returns the option that the person is typing, and what there is of it.
func (i *Interaction) Focused() (name string, value JSON) {
	return findFocused(i.Data.Get("data", "options"))
}

func findFocused(options JSON) (string, JSON) {
	for option := range options.Items() {
		if option.Get("focused").Bool() {
			return option.Get("name").String(), option.Get("value")
		}
		if name, value := findFocused(option.Get("options")); name != "" {
			return name, value
		}
	}
	return "", nil
}
