package dev

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/shardhost/shardhost/host/config"
)

// Limits of the search for commands.
const (
	maxTry    = 6
	maxSource = 1 << 20 // bytes of one file
)

// command is a string in a source that looks like a chat command: "!ping".
var command = regexp.MustCompile("[\"'`](![a-z][a-z0-9_-]{1,24})[\"'` ]")

// suggestions guesses what is worth writing to the bot: the prefixes that
// plugins filter by, and strings in their source that look like commands.
func suggestions(plugins []config.Plugin) []string {
	found := []string{}
	add := func(text string) {
		if text != "" && len(found) < maxTry && !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	for _, p := range plugins {
		if len(p.Filter.Prefix) > 1 {
			add(p.Filter.Prefix)
			continue
		}
		files, err := os.ReadDir(p.Source)
		if err != nil {
			continue // a module, not a folder of source
		}
		for _, f := range files {
			info, err := f.Info()
			if err != nil || !info.Mode().IsRegular() || info.Size() > maxSource || filepath.Ext(f.Name()) == ".wasm" || strings.Contains(f.Name(), "_test.") {
				continue
			}
			text, err := os.ReadFile(filepath.Join(p.Source, f.Name()))
			if err != nil {
				continue
			}
			for _, m := range command.FindAllSubmatch(text, -1) {
				add(string(m[1]))
			}
		}
	}
	return found
}
