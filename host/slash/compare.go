package slash

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Registered is a command that Discord has.
type Registered struct {
	ID   string
	Type int
	Name string

	body map[string]any
}

// What becomes of a command.
const (
	ActionCreate = "create"
	ActionEdit   = "edit"
	ActionDelete = "delete"
	ActionNone   = "unchanged"
)

// A Change is what a sync does with one command.
type Change struct {
	Action string   `json:"action"` // one of the Action constants
	Type   int      `json:"type"`   // 1 slash command, 2 user, 3 message
	Name   string   `json:"name"`
	Plugin string   `json:"plugin,omitempty"` // that declares it; "": none does
	ID     string   `json:"id,omitempty"`     // at Discord; "": not there yet
	Fields []string `json:"fields,omitempty"` // of an edit: what differs, such as options[0].required

	body map[string]any // of a create or edit
}

// Title is the command as people know it.
func (c Change) Title() string { return title(c.Type, c.Name) }

// Compare says what has to happen so that Discord has exactly what plugins
// declare: first what goes, then what changes, what is new, and what stays.
//
// A default that Discord has filled in is no difference. Entry points, which
// Discord makes by itself, are left alone.
func Compare(want []Command, have []Registered) []Change {
	var gone, changed, fresh, same []Change
	known := map[string]Registered{}
	for _, r := range have {
		known[title(r.Type, r.Name)] = r
	}
	for _, c := range want {
		change := Change{Action: ActionCreate, Type: c.Type, Name: c.Name, Plugin: c.Plugin, body: c.body}
		r, there := known[c.Title()]
		if !there {
			fresh = append(fresh, change)
			continue
		}
		delete(known, c.Title())
		change.ID = r.ID
		a, b := normal(c.body), normal(r.body)
		for _, field := range chosenByDiscord(a) {
			delete(b, field)
		}
		if change.Fields = differences("", a, b); change.Fields == nil {
			change.Action, change.body = ActionNone, nil
			same = append(same, change)
			continue
		}
		change.Action, change.body = ActionEdit, complete(c.body, a, b)
		changed = append(changed, change)
	}
	for _, r := range known {
		if limits[r.Type] > 0 {
			gone = append(gone, Change{Action: ActionDelete, Type: r.Type, Name: r.Name, ID: r.ID})
		}
	}
	for _, list := range [][]Change{gone, changed, fresh, same} {
		slices.SortFunc(list, func(a, b Change) int { return strings.Compare(a.Title(), b.Title()) })
	}
	return slices.Concat(gone, changed, fresh, same)
}

// Pending counts the changes that do something.
func Pending(changes []Change) (n int) {
	for _, c := range changes {
		if c.Action != ActionNone {
			n++
		}
	}
	return n
}

// chosenByDiscord names what is no difference where the plugin says nothing:
// installation and interaction contexts follow the application's settings in
// the portal, and dm_permission is another way to say contexts.
func chosenByDiscord(declared map[string]any) []string {
	var names []string
	for _, field := range []string{"integration_types", "contexts"} {
		if _, there := declared[field]; !there {
			names = append(names, field)
		}
	}
	_, byContext := declared["contexts"]
	if _, there := declared["dm_permission"]; byContext && !there {
		names = append(names, "dm_permission")
	}
	return names
}

// complete is the body of an edit: Discord keeps what an edit leaves out, so
// what the plugin no longer declares is put back to its default.
func complete(declared, want, have map[string]any) map[string]any {
	body := maps.Clone(declared)
	for field := range have {
		if _, there := want[field]; there {
			continue
		}
		switch field {
		case "options":
			body[field] = []any{}
		case "nsfw":
			body[field] = false
		case "dm_permission", "default_permission":
			body[field] = true
		default:
			body[field] = nil
		}
	}
	return body
}

// fromDiscord are fields that only Discord sets.
var fromDiscord = []string{"id", "application_id", "guild_id", "version", "name_localized", "description_localized", "handler"}

// normal is the form in which two descriptions of the same command are equal:
// without what Discord adds, without defaults, sets in order. Objects nested in
// options and choices are brought into it as well.
func normal(body map[string]any) map[string]any {
	out := make(map[string]any, len(body))
	for field, v := range body {
		if slices.Contains(fromDiscord, field) {
			continue
		}
		if v = normalValue(field, v); v != nil {
			out[field] = v
		}
	}
	return out
}

// normalValue returns nil for a default.
func normalValue(field string, v any) any {
	switch v := v.(type) {
	case bool:
		if v == (field == "dm_permission" || field == "default_permission") {
			return nil
		}
	case string:
		if v == "" && field != "value" {
			return nil
		}
	case float64:
		if field == "type" && v == typeChat {
			return nil // of a command; of an option it is a subcommand, on both sides
		}
		if field == "default_member_permissions" {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	case map[string]any:
		if len(v) == 0 {
			return nil
		}
	case []any:
		return normalList(field, v)
	}
	return v
}

func normalList(field string, list []any) any {
	if len(list) == 0 {
		return nil
	}
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
		if o, ok := v.(map[string]any); ok {
			out[i] = normal(o)
		}
	}
	switch field {
	case "channel_types", "integration_types", "contexts":
		slices.SortFunc(out, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return out
}

// differences lists where two normal forms differ.
func differences(path string, a, b map[string]any) (all []string) {
	names := slices.Sorted(maps.Keys(a))
	for name := range b {
		if _, there := a[name]; !there {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		at := strings.TrimPrefix(path+"."+name, ".")
		x, _ := a[name].([]any)
		y, _ := b[name].([]any)
		switch {
		case reflect.DeepEqual(a[name], b[name]):
		case x == nil || len(x) != len(y):
			all = append(all, at)
		default:
			for i := range x {
				m, isObject := x[i].(map[string]any)
				n, alike := y[i].(map[string]any)
				if isObject && alike {
					all = append(all, differences(fmt.Sprintf("%s[%d]", at, i), m, n)...)
				} else if !reflect.DeepEqual(x[i], y[i]) {
					all = append(all, fmt.Sprintf("%s[%d]", at, i))
				}
			}
		}
	}
	return all
}
