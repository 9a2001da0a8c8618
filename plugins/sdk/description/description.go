// Package description knows what the events of Discord's gateway carry: the
// objects, their fields, and the type of each. The accessors of the SDKs are
// generated from it, so that no language has a list of its own.
//
// discord.json is extracted from the npm package discord-api-types, whose
// maintainers follow Discord's documentation: see extract/extract.mjs. To take a
// newer version, change it in extract/package.json, then
//
//	cd extract && npm install && node extract.mjs
//	go generate ./plugins/sdk/description
//
// Objects that are one thing under several names there, such as the message of
// MESSAGE_CREATE and that of MESSAGE_UPDATE, are one object here, with the fields
// of all of them.
package description

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:generate go run ./generate

//go:embed discord.json
var document []byte

// Description is all of it. Everything in it is sorted by name.
type Description struct {
	Source  string // where it is from, with version and licence
	Events  []Event
	Objects []Object
}

// Event is a dispatch event.
type Event struct {
	Name   string // on the wire: MESSAGE_CREATE
	Object string // what its d is
}

// Object is a kind of object.
type Object struct {
	Name   string // GuildMember
	See    string // the page that documents it; may be empty
	Fields []Field
}

// Field is a member of an object.
type Field struct {
	Name     string // as in the JSON
	Type     Type
	Optional bool // it may be missing
	Nullable bool // it may be null
}

// Kind is what a value is, or the elements of a list are.
type Kind int

const (
	Any    Kind = iota // of several types
	ID                 // a snowflake, in a string
	Text               // a string
	Int                // a whole number
	Float              // any number
	Bool               // true or false
	Bits               // permissions: a whole number of 64 bits, in a string
	Nested             // an object
)

var kinds = map[string]Kind{"any": Any, "id": ID, "string": Text, "int": Int, "float": Float, "bool": Bool, "bits": Bits}

// Shape is how many values there are.
type Shape int

const (
	One  Shape = iota
	List       // an array
	Map        // an object with keys of its own, mostly ids
)

// Type is the type of a field.
type Type struct {
	Shape  Shape
	Kind   Kind
	Object string // the name, of Nested
}

// Discord reads the description.
func Discord() (*Description, error) {
	var raw struct {
		Source  string
		Events  map[string]string
		Objects map[string]struct {
			See    string
			Fields map[string]string
		}
	}
	if err := json.Unmarshal(document, &raw); err != nil {
		return nil, fmt.Errorf("discord.json: %w", err)
	}
	d := &Description{Source: raw.Source}
	for _, name := range slices.Sorted(maps.Keys(raw.Events)) {
		if _, ok := raw.Objects[raw.Events[name]]; !ok {
			return nil, fmt.Errorf("discord.json: the event %s is an unknown %s", name, raw.Events[name])
		}
		d.Events = append(d.Events, Event{name, raw.Events[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(raw.Objects)) {
		o := Object{Name: name, See: raw.Objects[name].See}
		for _, field := range slices.Sorted(maps.Keys(raw.Objects[name].Fields)) {
			f := parseField(field, raw.Objects[name].Fields[field])
			if f.Type.Kind == Nested {
				if _, ok := raw.Objects[f.Type.Object]; !ok {
					return nil, fmt.Errorf("discord.json: %s.%s is an unknown %q", name, field, f.Type.Object)
				}
			}
			o.Fields = append(o.Fields, f)
		}
		d.Objects = append(d.Objects, o)
	}
	return d, nil
}

// parseField reads a type such as "[]User? or null".
func parseField(name, text string) Field {
	f := Field{Name: name}
	text, f.Nullable = strings.CutSuffix(text, " or null")
	text, f.Optional = strings.CutSuffix(text, "?")
	if of, ok := strings.CutPrefix(text, "[]"); ok {
		f.Type.Shape, text = List, of
	} else if of, ok := strings.CutPrefix(text, "map "); ok {
		f.Type.Shape, text = Map, of
	}
	kind, ok := kinds[text]
	if !ok {
		kind, f.Type.Object = Nested, text
	}
	f.Type.Kind = kind
	return f
}

// Object finds an object by its name.
func (d *Description) Object(name string) (Object, bool) {
	for _, o := range d.Objects {
		if o.Name == name {
			return o, true
		}
	}
	return Object{}, false
}

// Field finds a field by its name.
func (o *Object) Field(name string) (Field, bool) {
	for _, f := range o.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}
