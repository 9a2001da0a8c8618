package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/shardhost/shardhost/discord"
)

const (
	interactionDeadline = 3 * time.Second  // until the callback
	interactionLife     = 15 * time.Minute // of the token
)

// interaction is one use of a command or component by a person.
type interaction struct {
	id       discord.Snowflake
	token    string
	kind     int // 2 command, 3 component, 4 autocomplete, 5 modal
	channel  *Channel
	guild    *Guild
	user     User
	made     time.Time
	source   discord.MessageID // of a component: the message it stands in
	answered int               // callback type, 0: not yet
	response json.RawMessage   // the callback's data
	original discord.MessageID // of the answer; 0: none, or deferred
	metadata json.RawMessage
}

// callback is POST interactions/{interaction}/{token}/callback.
// See https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response.
func (c *call) callback() answer {
	var form struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if bad := c.decode(&form); bad != nil {
		return *bad
	}
	now := c.server.clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.interactions[c.params["token"]]
	switch {
	case i == nil || i.id != c.snowflake("interaction"):
		return fail(http.StatusNotFound, 10062, "Unknown interaction")
	case i.answered != 0:
		return fail(http.StatusBadRequest, 40060, "Interaction has already been acknowledged.")
	case now.Sub(i.made) > interactionDeadline:
		c.violate(RuleInteraction, fmt.Sprintf("interaction %s was answered %s after it was made: 3 s", i.id, now.Sub(i.made)))
		return fail(http.StatusNotFound, 10062, "Unknown interaction")
	}
	switch form.Type {
	case 1, 5, 6, 8, 9, 12:
	case 4, 7:
		if bad := c.respond(i, form.Type, form.Data); bad != nil {
			return *bad
		}
	default:
		return invalid("type", "BASE_TYPE_CHOICES", "Value must be one of {1, 4, 5, 6, 7, 8, 9, 12}.")
	}
	i.answered, i.response = form.Type, form.Data
	c.server.rec.changed()
	c.server.stream.send("interaction", map[string]any{"id": i.id, "channel_id": i.channel.ID, "type": form.Type, "data": form.Data})
	if c.query("with_response") == "true" {
		return ok(map[string]any{"interaction": map[string]any{"id": i.id, "type": i.kind, "response_message_id": i.original}})
	}
	return nothing()
}

// respond makes or changes the message that a callback of type 4 or 7 carries.
func (c *call) respond(i *interaction, kind int, data json.RawMessage) *answer {
	inner := *c
	inner.body = data
	if kind == 7 && i.source != 0 {
		m, found := c.server.history.get(i.channel.ID, i.source)
		if !found {
			a := fail(http.StatusNotFound, 10008, "Unknown Message")
			return &a
		}
		i.original = i.source
		if a := c.server.edit(&inner, m); a.status != http.StatusOK {
			return &a
		}
		return nil
	}
	m, bad := inner.speak(i)
	if bad != nil {
		return bad
	}
	i.original = m.ID
	return nil
}

// speak makes a message in the interaction's channel from the call's body.
func (c *call) speak(i *interaction) (Message, *answer) {
	var form messageForm
	if bad := c.decode(&form); bad != nil {
		return Message{}, bad
	}
	if bad := form.check(len(c.files)); bad != nil {
		return Message{}, bad
	}
	return c.server.author(i.channel, i.guild, form, c.files, func(m *Message) {
		m.interaction = i.metadata
		if i.kind == 2 {
			m.Type = 20
		}
	})
}

// held finds the interaction whose token stands in the path, and is alive.
func (c *call) held() (*interaction, *answer) {
	var bad answer
	switch i := c.interactions[c.params["token"]]; {
	case c.params["application"] != c.server.world.app.String() || i == nil:
		bad = fail(http.StatusNotFound, 10015, "Unknown Webhook")
	case c.server.clock.Now().Sub(i.made) > interactionLife:
		bad = fail(http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	default:
		return i, nil
	}
	return nil, &bad
}

// followUp is POST webhooks/{application}/{token}. The first one after a
// deferring callback is its answer.
func (c *call) followUp() answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, bad := c.held()
	if bad != nil {
		return *bad
	}
	if i.answered == 0 {
		return fail(http.StatusNotFound, 10015, "Unknown Webhook")
	}
	m, bad := c.speak(i)
	if bad != nil {
		return *bad
	}
	if i.answered == 5 && i.original == 0 {
		i.original = m.ID
	}
	return ok(m)
}

// answerMessage finds the message of a follow-up's path: an id, or @original.
func (c *call) answerMessage() (*interaction, Message, *answer) {
	i, bad := c.held()
	if bad != nil {
		return nil, Message{}, bad
	}
	id := discord.MessageID(c.snowflake("message"))
	if c.params["message"] == "@original" {
		id = i.original
	}
	m, found := c.server.history.get(i.channel.ID, id)
	if !found || m.Author.ID != c.server.world.bot.ID {
		a := fail(http.StatusNotFound, 10008, "Unknown Message")
		return i, Message{}, &a
	}
	return i, m, nil
}

func (c *call) getFollowUp() answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, m, bad := c.answerMessage()
	if bad != nil {
		return *bad
	}
	return ok(m)
}

// editFollowUp is PATCH; of @original it is also what ends a deferral.
func (c *call) editFollowUp() answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, m, bad := c.answerMessage()
	if i != nil && bad != nil && c.params["message"] == "@original" && i.answered == 5 && i.original == 0 {
		m, bad := c.speak(i)
		if bad != nil {
			return *bad
		}
		i.original = m.ID
		return ok(m)
	}
	if bad != nil {
		return *bad
	}
	return c.server.edit(c, m)
}

func (c *call) deleteFollowUp() answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, m, bad := c.answerMessage()
	if bad != nil {
		return *bad
	}
	return c.server.erase(m)
}
