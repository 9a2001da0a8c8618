package discordtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// A Use is a person using the bot: a slash command, or with CustomID a button
// or menu.
type Use struct {
	Channel  discord.ChannelID
	User     string            // as Post.Author
	Command  string            // name of the command, without the slash
	Options  json.RawMessage   // array as Discord sends it: [{"name","type","value"}, …]; nil: none
	CustomID string            // of the component
	Message  discord.MessageID // the message that the component stands in
	Values   []string          // chosen in a menu
}

// An Interaction is what came of a Use so far.
type Interaction struct {
	ID        discord.Snowflake `json:"id"`
	Token     string            `json:"token"`
	ChannelID discord.ChannelID `json:"channel_id"`
	GuildID   discord.GuildID   `json:"guild_id"`
	Callback  int               `json:"callback"`   // type of the bot's callback; 0: none yet
	Data      json.RawMessage   `json:"data"`       // of the callback; null: none
	Message   discord.MessageID `json:"message_id"` // the answer's message; null: none
}

// Interact lets a person use the bot and sends the INTERACTION_CREATE. A
// command need not be registered; if it is, the id is the registered one.
func (s *Server) Interact(u Use) (Interaction, error) {
	ch := s.history.channel(u.Channel)
	switch {
	case ch == nil:
		return Interaction{}, fmt.Errorf("discordtest: there is no channel %d", uint64(u.Channel))
	case (u.Command == "") == (u.CustomID == ""):
		return Interaction{}, fmt.Errorf("discordtest: an interaction is a command or a custom_id: exactly one of them is needed")
	case u.Options != nil && !isArray(u.Options):
		return Interaction{}, fmt.Errorf("discordtest: options is no JSON array")
	}
	i := &interaction{
		id: s.mint.next(), kind: 2, channel: ch, guild: s.world.byID[ch.GuildID], made: s.clock.Now(), source: u.Message,
	}
	s.random(func(rng *rand.Rand) { i.token = "aW50ZXJhY3Rpb24" + hash(rng) + hash(rng) })
	var who *member
	if i.guild != nil {
		var err error
		if who, err = s.speaker(i.guild, u.User); err != nil {
			return Interaction{}, err
		}
		i.user = who.User
	} else {
		i.user = *ch.with
	}
	var data object
	if u.Command != "" {
		data = s.rest.commandData(i.guild, u)
		i.metadata = encode(map[string]any{"id": i.id, "type": i.kind, "name": u.Command, "user": i.user.json(), "authorizing_integration_owners": owners(i)})
	} else {
		i.kind = 3
		data.put("id", 1)
		data.put("custom_id", u.CustomID)
		data.put("component_type", 2)
		if u.Values != nil {
			data.put("component_type", 3)
			data.put("values", u.Values)
		}
	}
	d, err := s.interactionBody(i, who, data)
	if err != nil {
		return Interaction{}, err
	}
	s.rest.hold(i)
	s.hub.dispatch(newEvent("INTERACTION_CREATE", ch.GuildID, d))
	return s.rest.state(i), nil
}

func isArray(raw json.RawMessage) bool {
	_, isList := elements(raw)
	return isList
}

// owners is who installed the application: the guild.
func owners(i *interaction) map[string]string {
	if i.guild == nil {
		return map[string]string{}
	}
	return map[string]string{"0": i.guild.ID.String()}
}

// commandData is the data of a slash command's interaction.
func (r *rest) commandData(g *Guild, u Use) object {
	name := encode(u.Command)
	var data object
	data.put("type", 1)
	if u.Options != nil {
		data.set("options", u.Options)
	}
	data.set("name", name)
	data.put("id", strconv.FormatUint(uint64(r.server.world.app)+1, 10))
	r.mu.Lock()
	defer r.mu.Unlock()
	scopes := []discord.GuildID{0}
	if g != nil {
		scopes = append(scopes, g.ID)
	}
	for _, scope := range scopes {
		for _, o := range r.commands[scope] {
			if string(o.get("name")) == string(name) {
				data.set("id", o.get("id"))
				if scope != 0 {
					data.put("guild_id", scope)
				}
			}
		}
	}
	return data
}

// interactionBody is the d of INTERACTION_CREATE.
// See https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object.
func (s *Server) interactionBody(i *interaction, who *member, data object) ([]byte, error) {
	var d object
	d.put("version", 1)
	d.put("type", i.kind)
	d.put("token", i.token)
	if i.source != 0 {
		m, found := s.history.get(i.channel.ID, i.source)
		if !found {
			return nil, fmt.Errorf("discordtest: there is no message %s in channel %s", i.source, i.channel.ID)
		}
		d.put("message", m)
	}
	if i.guild != nil {
		var m object
		for _, f := range mustObject(encode(who.json())) {
			m.set(f.key, f.value)
		}
		m.put("permissions", "1071698660929")
		d.put("member", m)
		d.put("guild_locale", "en-US")
		d.put("guild_id", i.guild.ID)
		d.put("guild", map[string]any{"locale": "en-US", "id": i.guild.ID, "features": []string{}})
	} else {
		d.put("user", i.user.json())
	}
	d.put("locale", "en-US")
	d.put("id", i.id)
	d.put("entitlements", []string{})
	d.put("data", data)
	context := 0
	if i.guild == nil {
		context = 1
	}
	d.put("context", context)
	d.put("channel_id", i.channel.ID)
	d.put("channel", i.channel.json())
	d.put("authorizing_integration_owners", owners(i))
	d.put("attachment_size_limit", 10485760)
	d.put("application_id", s.world.app)
	d.put("app_permissions", "1071698660929")
	return encode(d), nil
}

// mustObject parses JSON that this package made.
func mustObject(raw json.RawMessage) object {
	o, err := parseObject(raw)
	if err != nil {
		panic(fmt.Sprintf("discordtest: an object of this package is none: %v", err))
	}
	return o
}

// hold keeps an interaction for its answer, and books a breach if none comes.
func (r *rest) hold(i *interaction) {
	r.mu.Lock()
	now := r.server.clock.Now()
	for token, old := range r.interactions {
		if now.Sub(old.made) > interactionLife {
			delete(r.interactions, token)
		}
	}
	r.interactions[i.token] = i
	r.mu.Unlock()
	r.server.after(interactionDeadline+time.Millisecond, func() {
		r.mu.Lock()
		answered := i.answered != 0
		r.mu.Unlock()
		if !answered {
			r.violate(RuleInteraction, fmt.Sprintf("interaction %s was not answered in 3 s", i.id))
		}
	})
}

// state is what came of an interaction.
func (r *rest) state(i *interaction) Interaction {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Interaction{i.id, i.token, i.channel.ID, i.channel.GuildID, i.answered, i.response, i.original}
}

// Interaction returns what came of an earlier Interact. It is false when
// there is no such interaction, or it is more than 15 minutes old.
func (s *Server) Interaction(id discord.Snowflake) (Interaction, bool) {
	s.rest.mu.Lock()
	var found *interaction
	for _, i := range s.rest.interactions {
		if i.id == id {
			found = i
		}
	}
	s.rest.mu.Unlock()
	if found == nil {
		return Interaction{}, false
	}
	return s.rest.state(found), true
}
