package discordtest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/shardhost/shardhost/discord"
)

// commandLimit is how many slash commands an application may have in one scope.
const commandLimit = 100

var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// scope checks the path of a command endpoint: the guild, 0 for global.
func (c *call) scope() (discord.GuildID, *answer) {
	if c.params["application"] != c.server.world.app.String() {
		a := fail(http.StatusForbidden, 20012, "You are not authorized to perform this action on this application")
		return 0, &a
	}
	if _, inGuild := c.params["guild"]; !inGuild {
		return 0, nil
	}
	g, bad := c.here()
	if bad != nil {
		return 0, bad
	}
	return g.ID, nil
}

// newCommand makes a command as Discord would return it.
func (c *call) newCommand(raw []byte, guild discord.GuildID) (object, *answer) {
	o, err := parseObject(raw)
	if err != nil {
		return nil, malformed()
	}
	kind := 1
	var bad answer
	if o.has("type") {
		if json.Unmarshal(o.get("type"), &kind) != nil || kind < 1 || kind > 4 {
			bad = invalid("type", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4}.")
			return nil, &bad
		}
	}
	var name, description string
	_ = json.Unmarshal(o.get("name"), &name) // left out or no string: an empty name is refused below
	_ = json.Unmarshal(o.get("description"), &description)
	options, isList := elements(o.get("options"))
	switch {
	case name == "":
		bad = invalid("name", "BASE_TYPE_REQUIRED", "This field is required")
	case utf8.RuneCountInString(name) > 32 || kind == 1 && !commandName.MatchString(name):
		bad = invalid("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	case kind == 1 && (description == "" || utf8.RuneCountInString(description) > 100):
		bad = invalid("description", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
	case !isList || options > 25:
		bad = invalid("options", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
	default:
		o.put("type", kind)
		o.put("description", description)
		o.put("application_id", c.server.world.app)
		o.put("version", c.server.mint.next())
		o.put("id", c.server.mint.next())
		if guild != 0 {
			o.put("guild_id", guild)
		}
		return o, nil
	}
	return nil, &bad
}

// same tells whether two commands are one: Discord knows them by type and name.
func same(a, b object) bool {
	return string(a.get("name")) == string(b.get("name")) && string(a.get("type")) == string(b.get("type"))
}

// replace puts a command in the place of its namesake, whose id it keeps.
func replace(list []object, o object) ([]object, bool) {
	for i, old := range list {
		if same(old, o) {
			o.set("id", old.get("id"))
			list[i] = o
			return list, false
		}
	}
	return append(list, o), true
}

func (c *call) listCommands() answer {
	guild, bad := c.scope()
	if bad != nil {
		return *bad
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return ok(append([]object{}, c.commands[guild]...))
}

// putCommands replaces all commands of a scope.
func (c *call) putCommands() answer {
	guild, bad := c.scope()
	if bad != nil {
		return *bad
	}
	var raws []json.RawMessage
	if bad := c.decode(&raws); bad != nil {
		return *bad
	}
	if len(raws) > commandLimit {
		return fail(http.StatusBadRequest, 30032, "Maximum number of application commands reached ("+strconv.Itoa(commandLimit)+")")
	}
	list := []object{}
	for _, raw := range raws {
		o, bad := c.newCommand(raw, guild)
		if bad != nil {
			return *bad
		}
		if slices.ContainsFunc(list, func(other object) bool { return same(o, other) }) {
			return invalid("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		list = append(list, o)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, o := range list {
		for _, old := range c.commands[guild] {
			if same(old, o) {
				list[i].set("id", old.get("id"))
			}
		}
	}
	c.commands[guild] = list
	c.server.rec.changed()
	return ok(append([]object{}, list...))
}

// postCommand makes one command, or replaces its namesake.
func (c *call) postCommand() answer {
	guild, bad := c.scope()
	if bad != nil {
		return *bad
	}
	o, bad := c.newCommand(c.body, guild)
	if bad != nil {
		return *bad
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	list, isNew := replace(c.commands[guild], o)
	if len(list) > commandLimit {
		return fail(http.StatusBadRequest, 30032, "Maximum number of application commands reached ("+strconv.Itoa(commandLimit)+")")
	}
	c.commands[guild] = list
	c.server.rec.changed()
	if isNew {
		return answer{http.StatusCreated, o}
	}
	return ok(o)
}

// command calls f with the command of the path, under the lock.
func (c *call) command(f func(guild discord.GuildID, at int) answer) answer {
	guild, bad := c.scope()
	if bad != nil {
		return *bad
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	at := slices.IndexFunc(c.commands[guild], func(o object) bool { return string(o.get("id")) == strconv.Quote(c.params["command"]) })
	if at < 0 {
		return fail(http.StatusNotFound, 10063, "Unknown application command")
	}
	return f(guild, at)
}

func (c *call) getCommand() answer {
	return c.command(func(guild discord.GuildID, at int) answer { return ok(c.commands[guild][at]) })
}

func (c *call) patchCommand() answer {
	return c.command(func(guild discord.GuildID, at int) answer {
		change, err := parseObject(c.body)
		if err != nil {
			return *malformed()
		}
		o := slices.Clone(c.commands[guild][at])
		id := o.get("id")
		for _, f := range change {
			o.set(f.key, f.value)
		}
		o, bad := c.newCommand(encode(o), guild)
		if bad != nil {
			return *bad
		}
		o.set("id", id)
		c.commands[guild][at] = o
		return ok(o)
	})
}

func (c *call) deleteCommand() answer {
	return c.command(func(guild discord.GuildID, at int) answer {
		c.commands[guild] = slices.Delete(slices.Clone(c.commands[guild]), at, at+1)
		return nothing()
	})
}
