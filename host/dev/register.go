package dev

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/slash"
	"github.com/shardhost/shardhost/internal/rest"
)

// register brings the simulated Discord's slash commands into line with what
// the running plugins declare, as `shardhost commands sync` does with the real
// one.
func register(ctx context.Context, sim *discordtest.Server, declared []slash.Declaration) error {
	want, err := slash.Collect(declared, false)
	if err != nil {
		return err
	}
	client, err := rest.New(rest.Options{BaseURL: sim.REST, Token: sim.Token, Logger: hclog.NewNullLogger()})
	if err != nil {
		return err
	}
	defer client.Close()
	registry, err := slash.Open(ctx, client, 0)
	if err != nil {
		return err
	}
	have, err := registry.List(ctx)
	if err != nil {
		return err
	}
	return registry.Apply(ctx, slash.Compare(want, have), nil)
}

// slashNames are registered slash commands as a person writes them.
func slashNames(commands []discordtest.AppCommand) []string {
	names := []string{}
	for _, c := range commands[:min(len(commands), maxTry)] {
		if c.Type == 1 {
			names = append(names, "/"+c.Name)
		}
	}
	return names
}

// slashUse reads what a person has written as the use of a registered slash
// command: "/roll 6", "/roll sides:6". Values without a name go to the options
// in their order; the last one takes the rest of the line.
func slashUse(commands []discordtest.AppCommand, content string) (discordtest.Use, bool, error) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(content, "/"), " ")
	if !strings.HasPrefix(content, "/") {
		return discordtest.Use{}, false, nil
	}
	for _, c := range commands {
		if c.Name != name || c.Type != 1 {
			continue
		}
		options, err := readOptions(c.Options, strings.TrimSpace(rest))
		if err != nil {
			return discordtest.Use{}, true, fmt.Errorf("/%s: %w", name, err)
		}
		use := discordtest.Use{Command: name}
		if len(options) > 0 {
			if use.Options, err = json.Marshal(options); err != nil {
				return discordtest.Use{}, true, err
			}
		}
		return use, true, nil
	}
	return discordtest.Use{}, false, nil
}

// given is one option as Discord sends it.
type given struct {
	Name    string  `json:"name"`
	Type    int     `json:"type"`
	Value   any     `json:"value,omitempty"`
	Options []given `json:"options,omitempty"`
}

// readOptions reads values for a command's options, or its subcommand first.
func readOptions(options []discordtest.AppOption, text string) ([]given, error) {
	if len(options) > 0 && options[0].Type <= 2 { // subcommands and groups
		word, rest, _ := strings.Cut(text, " ")
		var names []string
		for _, o := range options {
			if o.Name == word {
				nested, err := readOptions(o.Options, strings.TrimSpace(rest))
				return []given{{Name: o.Name, Type: o.Type, Options: nested}}, err
			}
			names = append(names, o.Name)
		}
		return nil, fmt.Errorf("it goes on with one of %s", strings.Join(names, ", "))
	}
	values := map[string]string{}
	for i := range options {
		if text == "" {
			break
		}
		o, named := next(options, values, text)
		if named {
			text = strings.TrimPrefix(text, o.Name+":")
		}
		if i == len(options)-1 && !strings.Contains(text, ":") {
			values[o.Name], text = text, ""
			break
		}
		values[o.Name], text, _ = strings.Cut(text, " ")
		text = strings.TrimSpace(text)
	}
	if text != "" {
		return nil, fmt.Errorf("%q is more than it takes", text)
	}
	var all []given
	for _, o := range options {
		word, there := values[o.Name]
		if !there {
			if o.Required {
				return nil, fmt.Errorf("the option %q is missing: %s", o.Name, o.Description)
			}
			continue
		}
		value, err := optionValue(o, word)
		if err != nil {
			return nil, err
		}
		all = append(all, given{Name: o.Name, Type: o.Type, Value: value})
	}
	return all, nil
}

// next is the option that text begins with a value for.
func next(options []discordtest.AppOption, values map[string]string, text string) (o discordtest.AppOption, named bool) {
	for _, o := range options {
		if _, there := values[o.Name]; !there && strings.HasPrefix(text, o.Name+":") {
			return o, true
		}
	}
	for _, o := range options {
		if _, there := values[o.Name]; !there {
			return o, false
		}
	}
	return options[len(options)-1], false
}

// optionValue is a word as the value of an option's type.
// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type
func optionValue(o discordtest.AppOption, word string) (any, error) {
	switch o.Type {
	case 4:
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no whole number", o.Name, word)
		}
		return n, nil
	case 5:
		b, err := strconv.ParseBool(word)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is neither true nor false", o.Name, word)
		}
		return b, nil
	case 6, 7, 8, 9:
		id, err := discord.ParseSnowflake(strings.Trim(word, "<@!#&>"))
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no id", o.Name, word)
		}
		return id.String(), nil
	case 10:
		n, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no number", o.Name, word)
		}
		return n, nil
	}
	return word, nil
}
