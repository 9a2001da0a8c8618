package slash

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits of Discord's documentation.
// https://docs.discord.com/developers/interactions/application-commands#application-command-object
const (
	maxName        = 32
	maxDescription = 100
	maxOptions     = 25
	maxCharacters  = 8000 // of names, descriptions and values in one command
)

var chatName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// faults lists what Discord would refuse, so that a sync stops before it has
// changed anything. What is not looked at here Discord judges itself.
func faults(c Command) []string {
	var f faultList
	if c.Type == typeChat {
		f.chatName("", c.Name)
		f.description("", c.body["description"])
		f.options("", c.body["options"], 0)
	} else {
		if utf8.RuneCountInString(c.Name) > maxName {
			f.add("its name has more than %d characters", maxName)
		}
		if text, _ := c.body["description"].(string); text != "" {
			f.add("only slash commands have a description")
		}
		if options, _ := c.body["options"].([]any); len(options) > 0 {
			f.add("only slash commands have options")
		}
	}
	if n := characters(c.body); n > maxCharacters {
		f.add("its names, descriptions and values have %d characters: at most %d", n, maxCharacters)
	}
	return f
}

type faultList []string

func (f *faultList) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

func (f *faultList) chatName(where, name string) {
	switch {
	case !chatName.MatchString(name):
		f.add("%sthe name %q must be 1 to %d letters, digits, - or _", where, name, maxName)
	case name != strings.ToLower(name):
		f.add("%sthe name %q must be in lower case", where, name)
	}
}

func (f *faultList) description(where string, v any) {
	text, _ := v.(string)
	if n := utf8.RuneCountInString(text); n < 1 || n > maxDescription {
		f.add("%sthe description must have 1 to %d characters; it has %d", where, maxDescription, n)
	}
}

// options checks a list of options and what is nested in them: groups hold
// subcommands, which hold values.
func (f *faultList) options(where string, v any, depth int) {
	list, isList := v.([]any)
	switch {
	case v != nil && !isList:
		f.add("%soptions is no array", where)
	case len(list) > maxOptions:
		f.add("%sit has %d options: at most %d", where, len(list), maxOptions)
	case depth > 2:
		f.add("%soptions are nested deeper than group, subcommand, value", where)
	}
	seen := map[string]bool{}
	optional := ""
	for i, v := range list {
		o, isObject := v.(map[string]any)
		if !isObject {
			f.add("%soption %d is no object", where, i+1)
			continue
		}
		name, _ := o["name"].(string)
		at := fmt.Sprintf("%soption %q: ", where, name)
		f.chatName(fmt.Sprintf("%soption %d: ", where, i+1), name)
		f.description(at, o["description"])
		if seen[name] {
			f.add("%sthere are two options of that name", at)
		}
		seen[name] = true
		if required, _ := o["required"].(bool); !required {
			optional = name
		} else if optional != "" {
			f.add("%sit is required and must stand before %q, which is not", at, optional)
		}
		if choices, _ := o["choices"].([]any); len(choices) > maxOptions {
			f.add("%sit has %d choices: at most %d", at, len(choices), maxOptions)
		}
		if nested, there := o["options"]; there && depth < 3 {
			f.options(at, nested, depth+1)
		}
	}
}

// characters counts what Discord counts together.
func characters(v map[string]any) (n int) {
	for _, field := range []string{"name", "description", "value"} {
		if text, ok := v[field].(string); ok {
			n += utf8.RuneCountInString(text)
		}
	}
	for _, field := range []string{"options", "choices"} {
		list, _ := v[field].([]any)
		for _, nested := range list {
			if o, ok := nested.(map[string]any); ok {
				n += characters(o)
			}
		}
	}
	return n
}
