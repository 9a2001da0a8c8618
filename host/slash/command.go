package slash

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Declaration is what one plugin says about itself.
type Declaration struct {
	Plugin   string
	Manifest json.RawMessage // the whole document; nil: the plugin has none
}

// Types of commands that plugins may declare.
// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-types
const (
	typeChat       = 1
	typeUser       = 2
	typeMessage    = 3
	typeEntryPoint = 4 // made by Discord itself for an application with an activity
)

// limits is how many commands of a type an application may have in one scope.
var limits = map[int]int{typeChat: 100, typeUser: 15, typeMessage: 15}

// A Command is one command that a plugin declares. Within a scope Discord knows
// a command by its type and name.
type Command struct {
	Plugin string
	Type   int
	Name   string

	body map[string]any // as it is sent: what the plugin wrote
}

// Title is the command as people know it: /roll, or "Report" (message).
func (c Command) Title() string { return title(c.Type, c.Name) }

func title(kind int, name string) string {
	switch kind {
	case typeChat:
		return "/" + name
	case typeUser:
		return fmt.Sprintf("%q (user)", name)
	case typeMessage:
		return fmt.Sprintf("%q (message)", name)
	}
	return fmt.Sprintf("%q (type %d)", name, kind)
}

// globalOnly are the fields that commands of a guild do not have.
var globalOnly = []string{"contexts", "integration_types", "dm_permission"}

// Collect reads what plugins declare, for one guild or for all. The error names
// everything that is wrong, each with its plugin.
func Collect(all []Declaration, inGuild bool) ([]Command, error) {
	var commands []Command
	var errs []error
	owner := map[string]string{} // title -> plugin
	counts := map[int]int{}
	for _, d := range all {
		declared, err := parse(d)
		if err != nil {
			errs = append(errs, err)
		}
		for _, c := range declared {
			if inGuild {
				for _, field := range globalOnly {
					delete(c.body, field)
				}
			}
			for _, fault := range faults(c) {
				errs = append(errs, fmt.Errorf("plugin %q: command %s: %s", c.Plugin, c.Title(), fault))
			}
			switch other, taken := owner[c.Title()]; {
			case taken && other == c.Plugin:
				errs = append(errs, fmt.Errorf("plugin %q declares the command %s twice", c.Plugin, c.Title()))
			case taken:
				errs = append(errs, fmt.Errorf("the plugins %q and %q both declare the command %s: rename it in one of them", other, c.Plugin, c.Title()))
			default:
				owner[c.Title()] = c.Plugin
			}
			if counts[c.Type]++; counts[c.Type] == limits[c.Type]+1 {
				errs = append(errs, fmt.Errorf("plugin %q: command %s is one too many: Discord takes %d of its type", c.Plugin, c.Title(), limits[c.Type]))
			}
			commands = append(commands, c)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return commands, nil
}

// parse reads the commands of one manifest.
func parse(d Declaration) ([]Command, error) {
	var manifest struct {
		Commands json.RawMessage `json:"commands"`
	}
	if json.Unmarshal(d.Manifest, &manifest) != nil || len(manifest.Commands) == 0 || string(manifest.Commands) == "null" {
		return nil, nil // no manifest, or a broken one, which is as good as none
	}
	var list []map[string]any
	if err := json.Unmarshal(manifest.Commands, &list); err != nil {
		return nil, fmt.Errorf("plugin %q: commands in its manifest is no array of objects", d.Plugin)
	}
	var commands []Command
	for i, body := range list {
		name, _ := body["name"].(string)
		if strings.TrimSpace(name) == "" {
			return commands, fmt.Errorf("plugin %q: command %d in its manifest has no name", d.Plugin, i+1)
		}
		c := Command{Plugin: d.Plugin, Type: typeChat, Name: name, body: body}
		if kind, there := body["type"]; there && kind != nil {
			n, ok := kind.(float64)
			if !ok || limits[int(n)] == 0 || n != float64(int(n)) {
				return commands, fmt.Errorf("plugin %q: command %q has type %v: it is 1 (slash command), 2 (user) or 3 (message)", d.Plugin, name, kind)
			}
			c.Type = int(n)
		}
		commands = append(commands, c)
	}
	return commands, nil
}
