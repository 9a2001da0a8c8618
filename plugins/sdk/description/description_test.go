package description

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/discord"
)

// TestEveryEventIsDescribed compares with the host's own table.
func TestEveryEventIsDescribed(t *testing.T) {
	// Undocumented, or without a body of their own.
	without := map[string]bool{"RESUMED": true}
	d := read(t)
	described := map[string]bool{}
	for _, e := range d.Events {
		described[e.Name] = true
		if !discord.ParseEvent(e.Name).Known() {
			t.Errorf("the event %s is described, and not in discord/events.csv", e.Name)
		}
	}
	for i := range discord.EventTypes() {
		if name := discord.EventType(i).Name(); !described[name] && !without[name] {
			t.Errorf("the event %s of discord/events.csv is not described", name)
		}
	}
}

// TestRealPayloads looks every field of real payloads and of the documentation's
// samples up: it is known, and of the type that is described, or it is listed
// in testdata/unknown.txt.
func TestRealPayloads(t *testing.T) {
	d := read(t)
	listed := map[string]bool{}
	text, err := os.ReadFile("testdata/unknown.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if field := strings.TrimSpace(line); field != "" && field[0] != '#' {
			listed[field] = true
		}
	}
	c := &checker{d: d, seen: map[string]bool{}, wrong: map[string]string{}}
	for _, p := range payloads(t) {
		o, ok := d.Object(p.object)
		if !ok {
			t.Fatalf("%s is to be a %s, which is not described", p.file, p.object)
		}
		c.object(&o, p.body, p.file)
	}
	for _, field := range slices.Sorted(maps.Keys(c.wrong)) {
		if !listed[field] {
			t.Errorf("%s: %s", field, c.wrong[field])
		}
	}
	for field := range listed {
		if _, ok := c.wrong[field]; !ok {
			t.Errorf("testdata/unknown.txt lists %s, and nothing is wrong with it", field)
		}
	}
	if len(c.seen) < 300 {
		t.Errorf("only %d fields were met: which payloads were read?", len(c.seen))
	}
}

type payload struct {
	file, object string
	body         any
}

// payloads reads the files of testdata/payloads, which are named for what they
// hold: an event, whole or d alone, or an object.
func payloads(t *testing.T) []payload {
	t.Helper()
	files, err := filepath.Glob("testdata/payloads/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no payloads: ", err)
	}
	d := read(t)
	objects := map[string]string{}
	for _, e := range d.Events {
		objects[e.Name] = e.Object
	}
	kind := regexp.MustCompile(`([A-Za-z_]+)(?:\.\d+)?\.json$`)
	var all []payload
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var body any
		if err := json.Unmarshal(text, &body); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if whole, ok := body.(map[string]any); ok && whole["op"] != nil {
			body = whole["d"]
		}
		name := kind.FindStringSubmatch(filepath.Base(file))[1]
		if object, ok := objects[name]; ok {
			name = object
		}
		all = append(all, payload{filepath.Base(file), name, body})
	}
	return all
}

type checker struct {
	d     *Description
	seen  map[string]bool
	wrong map[string]string // by field: what is wrong with it
}

func (c *checker) object(o *Object, body any, file string) {
	fields, ok := body.(map[string]any)
	if !ok {
		c.wrong[o.Name] = fmt.Sprintf("%s has %T instead of an object", file, body)
		return
	}
	for name, value := range fields {
		at := o.Name + "." + name
		f, ok := o.Field(name)
		if !ok {
			c.wrong[at] = "it is not described, and in " + file
			continue
		}
		c.seen[at] = true
		switch f.Type.Shape {
		case One:
			c.value(f, value, at, file)
		case List:
			list, ok := value.([]any)
			if !ok && !(value == nil && f.Nullable) {
				c.wrong[at] = fmt.Sprintf("a list is described, and %T in %s", value, file)
			}
			for _, item := range list {
				c.value(f, item, at, file)
			}
		case Map:
			entries, ok := value.(map[string]any)
			if !ok {
				c.wrong[at] = fmt.Sprintf("a map is described, and %T in %s", value, file)
			}
			for _, item := range entries {
				c.value(f, item, at, file)
			}
		}
	}
	for _, f := range o.Fields {
		if _, ok := fields[f.Name]; !ok && !f.Optional {
			c.wrong[o.Name+"."+f.Name+"!"] = "it is not optional, and missing in " + file
		}
	}
}

func (c *checker) value(f Field, value any, at, file string) {
	if value == nil {
		if !f.Nullable && f.Type.Kind != Any {
			c.wrong[at] = "it is never null as described, and null in " + file
		}
		return
	}
	var fits bool
	switch text, isText := value.(string); f.Type.Kind {
	case Any:
		fits = true
	case ID, Bits:
		fits = isText && regexp.MustCompile(`^\d{1,20}$`).MatchString(text)
	case Text:
		fits = isText
	case Int:
		n, ok := value.(float64)
		fits = ok && n == float64(int64(n))
	case Float:
		_, fits = value.(float64)
	case Bool:
		_, fits = value.(bool)
	case Nested:
		o, _ := c.d.Object(f.Type.Object)
		c.object(&o, value, file)
		return
	}
	if !fits {
		c.wrong[at] = fmt.Sprintf("another type is described, and %T %.40v in %s", value, value, file)
	}
}

func read(t *testing.T) *Description {
	t.Helper()
	d, err := Discord()
	if err != nil {
		t.Fatal(err)
	}
	return d
}
