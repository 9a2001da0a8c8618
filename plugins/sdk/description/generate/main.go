// Command generate writes the typed accessors of the SDKs from
// plugins/sdk/description. It runs in the folder of that package:
//
//	go generate ./plugins/sdk/description
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/shardhost/shardhost/plugins/sdk/description"
)

func main() {
	log.SetFlags(0)
	if err := write(".."); err != nil {
		log.Fatal("generate: ", err)
	}
}

// outputs are the generated files below plugins/sdk, and what writes each.
var outputs = map[string]func(*description.Description) string{
	"assemblyscript/discord.ts": assemblyscript,
	"c/discord.h":               cHeader,
	"c/discord.hpp":             cppHeader,
	"rust/src/discord.rs":       rust,
	"zig/src/discord.zig":       zig,
}

// write generates every output below a folder.
func write(sdk string) error {
	d, err := description.Discord()
	if err != nil {
		return err
	}
	for name, generate := range outputs {
		path := filepath.Join(sdk, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(generate(d)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// lines is text that is written line by line.
type lines struct{ strings.Builder }

func (l *lines) f(format string, args ...any) {
	fmt.Fprintf(l, format, args...)
	l.WriteByte('\n')
}

// snake turns GuildMember into guild_member.
func snake(name string) string {
	var b strings.Builder
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			if i > 0 && (name[i-1] < 'A' || name[i-1] > 'Z') {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}

// camel turns guild_id into guildId.
func camel(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		if w != "" {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}

// about says in what event an object comes, and where it is documented.
func about(d *description.Description, o *description.Object) string {
	var events []string
	for _, e := range d.Events {
		if e.Object == o.Name {
			events = append(events, e.Name)
		}
	}
	text := "Part of other objects."
	if len(events) > 0 {
		text = "The body of " + strings.Join(events, ", ") + "."
	}
	if o.See != "" {
		text += " See " + o.See
	}
	return text
}

// presence says what a field may be instead of a value.
func presence(f *description.Field) string {
	switch {
	case f.Optional && f.Nullable:
		return "may be missing or null"
	case f.Optional:
		return "may be missing"
	case f.Nullable:
		return "may be null"
	}
	return ""
}
