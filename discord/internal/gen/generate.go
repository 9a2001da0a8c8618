package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"
)

// ids are the things that have an id of their own type.
var ids = []string{
	"Application", "Attachment", "AuditLogEntry", "Channel", "Command", "Emoji", "Guild", "Integration",
	"Interaction", "Message", "Role", "StageInstance", "Sticker", "User", "Webhook",
}

// row is a line of events.csv.
type row struct {
	Number               int
	Name                 string
	Guild, Channel, User string
	Intents              []string
}

// Go returns the constant's name: EventMessageCreate.
func (r row) Go() string { return "Event" + camel(r.Name) }

// GuildPath returns the constant of the guild's place. Lists of guilds are
// not a place: the event has no guild of its own.
func (r row) GuildPath() (string, error) {
	switch strings.TrimSuffix(r.Guild, "?") {
	case "", "guilds[].id":
		return "GuildPathNone", nil
	case "guild_id":
		return "GuildPathGuildID", nil
	case "id":
		return "GuildPathID", nil
	case "meta.guild_id":
		return "GuildPathMeta", nil
	}
	return "", fmt.Errorf("%s: unknown guild path %q", r.Name, r.Guild)
}

// IntentSet returns the expression of the intents.
func (r row) IntentSet() string {
	if len(r.Intents) == 0 {
		return "0"
	}
	names := make([]string, len(r.Intents))
	for i, n := range r.Intents {
		names[i] = "Intent" + camel(n)
	}
	return strings.Join(names, " | ")
}

// IntentCell returns the intents for people.
func (r row) IntentCell() string { return strings.Join(r.Intents, " or ") }

// UserCell returns the user's paths in a form that fits into a table cell.
func (r row) UserCell() string { return strings.ReplaceAll(r.User, "|", "` or `") }

// camel turns MESSAGE_CREATE into MessageCreate.
func camel(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		b.WriteString(word[:1] + strings.ToLower(word[1:]))
	}
	return b.String()
}

// generate returns the contents of all generated files, by their names
// relative to the folder of package discord, which is dir.
func generate(dir string) (map[string][]byte, error) {
	rows, err := readEvents(filepath.Join(dir, "events.csv"))
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	for name, t := range map[string]struct {
		text string
		data any
	}{
		"ids_table.go":      {idsTemplate, ids},
		"events_table.go":   {eventsTemplate, rows},
		"../docs/events.md": {docTemplate, rows},
	} {
		tmpl, err := template.New(name).Parse(t.text)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := tmpl.Execute(&b, t.data); err != nil {
			return nil, err
		}
		content := b.Bytes()
		if strings.HasSuffix(name, ".go") {
			if content, err = format.Source(content); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		files[name] = content
	}
	return files, nil
}

func readEvents(path string) ([]row, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var rows []row
	for i, rec := range records[1:] {
		n, err := strconv.Atoi(rec[0])
		if err != nil || n != i {
			return nil, fmt.Errorf("%s line %d: number %q, expected %d: numbers are append-only", path, i+2, rec[0], i)
		}
		r := row{Number: n, Name: rec[1], Guild: rec[2], Channel: rec[3], User: rec[4]}
		if rec[5] != "" {
			r.Intents = strings.Split(rec[5], "|")
		}
		rows = append(rows, r)
	}
	return rows, nil
}
