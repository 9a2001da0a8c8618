package sdktest

import sdk "github.com/shardhost/shardhost/plugins/sdk/go"

// Press has a person press a button of a message that the bot has sent in
// Channel, by its custom_id.
func (b *Bot) Press(id string) {
	b.t.Helper()
	b.component(map[string]any{"component_type": 2, "custom_id": id})
}

// Choose has a person choose values in a menu.
func (b *Bot) Choose(id string, values ...string) {
	b.t.Helper()
	b.component(map[string]any{"component_type": 3, "custom_id": id, "values": values})
}

func (b *Bot) component(data map[string]any) {
	b.t.Helper()
	i := b.interaction(sdk.InteractionComponent, data)
	i["message"] = map[string]any{
		"id": b.newID(), "channel_id": Channel, "content": "", "author": map[string]any{"id": Bots, "username": "bot", "bot": true},
	}
	b.Event("INTERACTION_CREATE", i)
}

// Submit has a person send a form with these inputs.
func (b *Bot) Submit(id string, fields map[string]string) {
	b.t.Helper()
	var components []any
	for name, value := range fields {
		components = append(components, map[string]any{"type": 18, "component": map[string]any{"type": 4, "custom_id": name, "value": value}})
	}
	b.Event("INTERACTION_CREATE", b.interaction(sdk.InteractionForm, map[string]any{"custom_id": id, "components": components}))
}

// Type has a person type an option of a command, as far as value.
func (b *Bot) Type(command, option, value string) {
	b.t.Helper()
	b.Event("INTERACTION_CREATE", b.interaction(sdk.InteractionAutocomplete, map[string]any{
		"name": command, "options": []any{map[string]any{"name": option, "type": 3, "value": value, "focused": true}},
	}))
}

// interaction is one of Person in Guild.
func (b *Bot) interaction(kind int, data map[string]any) map[string]any {
	return map[string]any{
		"id": b.newID(), "application_id": Bots, "type": kind, "token": "token", "version": 1,
		"guild_id": Guild, "channel_id": Channel, "data": data,
		"member": map[string]any{"user": map[string]any{"id": Person, "username": "ada", "global_name": nil}, "roles": []any{}},
	}
}
