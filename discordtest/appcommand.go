package discordtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// Limits of the commands in one scope.
// See https://docs.discord.com/developers/interactions/application-commands#registering-a-command.
const (
	commandLimit = 100 // slash commands
	menuLimit    = 15  // commands of users, and of messages
	createLimit  = 200 // new commands in a day
	createWindow = 24 * time.Hour
)

// An AppCommand is a command that a client has registered.
type AppCommand struct {
	ID          discord.Snowflake `json:"id"`
	Type        int               `json:"type"` // 1 slash command, 2 user, 3 message
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Options     []AppOption       `json:"options"`
}

// An AppOption is an argument of an AppCommand, or a subcommand with its own.
type AppOption struct {
	Type        int         `json:"type"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Required    bool        `json:"required"`
	Options     []AppOption `json:"options"`
}

// AppCommands lists the registered commands of a guild, 0 for those of all.
func (s *Server) AppCommands(guild discord.GuildID) []AppCommand {
	s.rest.mu.Lock()
	defer s.rest.mu.Unlock()
	var all []AppCommand
	for _, o := range s.rest.commands[guild] {
		var c AppCommand
		if json.Unmarshal(o.bytes(), &c) == nil {
			all = append(all, c)
		}
	}
	return all
}

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

// newCommand makes a command as Discord would return it: with the defaults that
// the caller left out.
func (c *call) newCommand(raw []byte, guild discord.GuildID) (object, *answer) {
	o, err := parseObject(raw)
	if err != nil {
		return nil, malformed()
	}
	kind, bad := checkCommand(o)
	if bad != nil {
		return nil, bad
	}
	o.put("type", kind)
	if !o.has("description") {
		o.put("description", "")
	}
	if o.has("options") {
		o.set("options", plainOptions(o.get("options")))
	}
	defaults := []field{
		{"name_localizations", encode(nil)}, {"description_localizations", encode(nil)},
		{"default_member_permissions", encode(nil)}, {"nsfw", encode(false)},
	}
	if guild == 0 {
		defaults = append(defaults, field{"dm_permission", encode(true)}, field{"contexts", encode(nil)}, field{"integration_types", encode([]int{0})})
	} else {
		for _, key := range []string{"dm_permission", "contexts", "integration_types"} {
			o.drop(key)
		}
		o.put("guild_id", guild)
	}
	for _, d := range defaults {
		if !o.has(d.key) {
			o.set(d.key, d.value)
		}
	}
	o.put("application_id", c.server.world.app)
	o.put("version", c.server.mint.next())
	o.put("id", c.server.mint.next())
	return o, nil
}

// crowded tells whether a scope has too many commands of one type.
func crowded(list []object) *answer {
	count := map[string]int{}
	for _, o := range list {
		kind := string(o.get("type"))
		limit := menuLimit
		if kind == "1" {
			limit = commandLimit
		}
		if count[kind]++; count[kind] > limit {
			a := fail(http.StatusBadRequest, 30032, "Maximum number of application commands reached ("+strconv.Itoa(limit)+")")
			return &a
		}
	}
	return nil
}

// permitCreate counts a new command of the day.
func (c *call) permitCreate(guild discord.GuildID) *answer {
	w := c.creates[guild]
	if w == nil {
		w = newWindow(createLimit, createWindow)
		c.creates[guild] = w
	}
	if w.allow(c.server.clock.Now()) {
		return nil
	}
	a := fail(http.StatusBadRequest, 30034, "Max number of daily application command creates has been reached (200)")
	return &a
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
	list := []object{}
	for _, o := range c.commands[guild] {
		if c.query("with_localizations") != "true" {
			o = slices.Clone(o)
			o.drop("name_localizations")
			o.drop("description_localizations")
		}
		list = append(list, o)
	}
	return ok(list)
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
	if bad := crowded(list); bad != nil {
		return *bad
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, o := range list {
		at := slices.IndexFunc(c.commands[guild], func(old object) bool { return same(old, o) })
		if at >= 0 {
			list[i].set("id", c.commands[guild][at].get("id"))
		} else if bad := c.permitCreate(guild); bad != nil {
			return *bad
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
	list, isNew := replace(slices.Clone(c.commands[guild]), o)
	if bad := crowded(list); bad != nil {
		return *bad
	}
	if isNew {
		if bad := c.permitCreate(guild); bad != nil {
			return *bad
		}
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
		id, kind := o.get("id"), o.get("type")
		for _, f := range change {
			o.set(f.key, f.value)
		}
		o.set("type", kind) // which cannot be changed
		o, bad := c.newCommand(encode(o), guild)
		if bad != nil {
			return *bad
		}
		o.set("id", id)
		if slices.ContainsFunc(slices.Delete(slices.Clone(c.commands[guild]), at, at+1), func(other object) bool { return same(o, other) }) {
			return invalid("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
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
