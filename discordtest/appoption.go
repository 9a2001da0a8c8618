package discordtest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of one command.
// See https://docs.discord.com/developers/interactions/application-commands#application-command-object.
const (
	nameLimit        = 32
	descriptionLimit = 100
	optionLimit      = 25
	characterLimit   = 8000 // of all names, descriptions and values together
)

var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// The types of options that hold others, or may have choices.
const (
	optionSubcommand = 1
	optionGroup      = 2
	optionText       = 3
	optionInteger    = 4
	optionChannel    = 7
	optionNumber     = 10
	optionLast       = 11
)

// checkCommand judges a command and returns its type.
func checkCommand(o object) (kind int, bad *answer) {
	kind = 1
	if o.has("type") && (json.Unmarshal(o.get("type"), &kind) != nil || kind < 1 || kind > 3) {
		return 0, refuse("type", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}.")
	}
	name, isText := text(o, "name")
	description, _ := text(o, "description")
	switch {
	case !isText || name == "":
		return 0, refuse("name", "BASE_TYPE_REQUIRED", "This field is required")
	case kind == 1 && !properName(name), strings.TrimSpace(name) != name || utf8.RuneCountInString(name) > nameLimit:
		return 0, refuse("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	case kind == 1 && !properDescription(description):
		return 0, refuse("description", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
	case kind != 1 && description != "":
		return 0, refuse("description", "APPLICATION_COMMAND_INVALID_DESCRIPTION", "Context menu commands cannot have description")
	case kind != 1 && o.has("options") && string(o.get("options")) != "[]":
		return 0, refuse("options", "APPLICATION_COMMAND_INVALID_OPTIONS", "Context menu commands cannot have options")
	case characters(o) > characterLimit:
		return 0, refuse("_", "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
	}
	return kind, checkOptions("options", o.get("options"), 0)
}

// refuse is an Invalid Form Body about a field inside of others: a.0.b.
func refuse(path, code, message string) *answer {
	var tree any = map[string]any{"_errors": []map[string]string{{"code": code, "message": message}}}
	parts := strings.Split(path, ".")
	for i := len(parts) - 1; i >= 0; i-- {
		tree = map[string]any{parts[i]: tree}
	}
	return &answer{http.StatusBadRequest, errorJSON{Message: "Invalid Form Body", Code: 50035, Errors: encode(tree)}}
}

// text returns a string field, and whether it is one.
func text(o object, key string) (s string, ok bool) {
	return s, o.has(key) && json.Unmarshal(o.get(key), &s) == nil
}

func properName(name string) bool {
	return commandName.MatchString(name) && strings.ToLower(name) == name
}

func properDescription(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= descriptionLimit
}

// checkOptions judges a list of options. At depth 0 they are the command's, at
// depth 1 those of a group or subcommand, at depth 2 those of a group's
// subcommand.
func checkOptions(path string, raw json.RawMessage, depth int) *answer {
	if raw == nil || string(raw) == "null" {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return refuse(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
	}
	if len(list) > optionLimit {
		return refuse(path, "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
	}
	seen := map[string]bool{}
	optional, nested := false, 0
	for i, raw := range list {
		at := path + "." + strconv.Itoa(i)
		o, err := parseObject(raw)
		if err != nil {
			return refuse(at, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
		}
		kind, bad := checkOption(at, o, depth)
		if bad != nil {
			return bad
		}
		name, _ := text(o, "name")
		required := string(o.get("required")) == "true"
		switch {
		case seen[name]:
			return refuse(path, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
		case required && optional:
			return refuse(at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		seen[name], optional = true, optional || !required
		if kind <= optionGroup {
			nested++
		}
	}
	if nested != 0 && nested != len(list) {
		return refuse(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
	}
	return nil
}

func checkOption(at string, o object, depth int) (kind int, bad *answer) {
	name, _ := text(o, "name")
	description, _ := text(o, "description")
	switch {
	case !o.has("type"):
		return 0, refuse(at+".type", "BASE_TYPE_REQUIRED", "This field is required")
	case json.Unmarshal(o.get("type"), &kind) != nil || kind < 1 || kind > optionLast:
		return 0, refuse(at+".type", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}.")
	case kind == optionGroup && depth > 0 || kind == optionSubcommand && depth > 1:
		return 0, refuse(at+".type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "This option type cannot be nested here")
	case !properName(name):
		return 0, refuse(at+".name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	case !properDescription(description):
		return 0, refuse(at+".description", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
	case o.has("channel_types") && kind != optionChannel:
		return 0, refuse(at+".channel_types", "APPLICATION_COMMAND_OPTIONS_CHANNEL_TYPE_INVALID", "Channel types are only valid for channel options")
	case o.has("options") && kind > optionGroup && string(o.get("options")) != "[]":
		return 0, refuse(at+".options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Only sub-commands and groups have options")
	}
	if bad := checkChoices(at, o, kind); bad != nil {
		return 0, bad
	}
	if kind <= optionGroup {
		return kind, checkOptions(at+".options", o.get("options"), depth+1)
	}
	return kind, nil
}

func checkChoices(at string, o object, kind int) *answer {
	path := at + ".choices"
	list, isList := elements(o.get("choices"))
	switch {
	case !isList || list > optionLimit:
		return refuse(path, "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
	case list == 0:
		return nil
	case kind != optionText && kind != optionInteger && kind != optionNumber:
		return refuse(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "This option type has no choices")
	case string(o.get("autocomplete")) == "true":
		return refuse(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Autocomplete and choices exclude each other")
	}
	var choices []struct {
		Name  string          `json:"name"`
		Value json.RawMessage `json:"value"`
	}
	if json.Unmarshal(o.get("choices"), &choices) != nil {
		return refuse(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
	}
	for i, choice := range choices {
		at := path + "." + strconv.Itoa(i)
		isText := len(choice.Value) > 0 && choice.Value[0] == '"'
		switch {
		case choice.Name == "" || utf8.RuneCountInString(choice.Name) > descriptionLimit:
			return refuse(at+".name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
		case choice.Value == nil || isText != (kind == optionText):
			return refuse(at+".value", "APPLICATION_COMMAND_OPTIONS_CHOICES_VALUE_INVALID", "The value has another type than the option")
		}
	}
	return nil
}

// characters counts names, descriptions and values.
func characters(o object) (n int) {
	for _, key := range []string{"name", "description", "value"} {
		s, _ := text(o, key)
		n += utf8.RuneCountInString(s)
	}
	for _, key := range []string{"options", "choices"} {
		var list []json.RawMessage
		_ = json.Unmarshal(o.get(key), &list) // no list counts nothing, and is refused elsewhere
		for _, raw := range list {
			if nested, err := parseObject(raw); err == nil {
				n += characters(nested)
			}
		}
	}
	return n
}

// plainOptions is a list of options as Discord returns it: without what is
// false anyway.
func plainOptions(raw json.RawMessage) json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return raw
	}
	out := []object{}
	for _, raw := range list {
		o, err := parseObject(raw)
		if err != nil {
			continue // it was checked before
		}
		for _, key := range []string{"required", "autocomplete"} {
			if string(o.get(key)) == "false" {
				o.drop(key)
			}
		}
		if o.has("options") {
			o.set("options", plainOptions(o.get("options")))
		}
		out = append(out, o)
	}
	return encode(out)
}
