// Package language knows the languages in which plugins are written, and tells
// them apart by what lies in a plugin's folder. How each is built is in
// host/build, what a new plugin begins with in host/scaffold.
package language

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Language is one that the host builds by itself.
type Language struct {
	Name  string // in commands, and of its folders here: "go"
	Title string // for people: "Go"

	// Marks are file names, as patterns of path/filepath, one of which is in a
	// folder with a plugin in the language.
	Marks []string

	// Script says that a single file which matches Marks is a plugin as well.
	Script bool

	// Sources are the patterns of the files that a module is made of, for
	// watching; nil: every file in the folder.
	Sources []string
}

// all are in the order in which a folder is compared with them: what describes
// a build before what is merely source.
var all = []Language{
	{Name: "rust", Title: "Rust", Marks: []string{"Cargo.toml"}, Sources: []string{"*.rs", "*.toml", "Cargo.lock"}},
	{Name: "zig", Title: "Zig", Marks: []string{"build.zig"}},
	{Name: "assemblyscript", Title: "AssemblyScript", Marks: []string{"asconfig.json"}},
	{Name: "go", Title: "Go", Marks: []string{"*.go"}, Sources: []string{"*.go", "!*_test.go"}},
	{Name: "cpp", Title: "C++", Marks: []string{"*.cpp", "*.cc"}},
	{Name: "c", Title: "C", Marks: []string{"*.c"}},
	{Name: "ts", Title: "TypeScript", Marks: []string{"*.ts", "*.mts"}, Script: true},
	{Name: "js", Title: "JavaScript", Marks: []string{"*.js", "*.mjs"}, Script: true},
}

// All lists the languages.
func All() []Language { return slices.Clone(all) }

// Named finds a language by its name.
func Named(name string) (Language, bool) {
	i := slices.IndexFunc(all, func(l Language) bool { return l.Name == name })
	if i < 0 {
		return Language{}, false
	}
	return all[i], true
}

// Names lists the names.
func Names() []string {
	var names []string
	for _, l := range all {
		names = append(names, l.Name)
	}
	return names
}

// Titles lists the languages for people.
func Titles() string {
	var titles []string
	for _, l := range all {
		titles = append(titles, l.Title)
	}
	slices.Sort(titles)
	return strings.Join(titles[:len(titles)-1], ", ") + " or " + titles[len(titles)-1]
}

// Of finds the language of a plugin's source: a folder, or the file of a script.
// Tests do not count.
func Of(source string) (Language, bool) {
	info, err := os.Stat(source)
	if err != nil {
		return Language{}, false
	}
	if !info.IsDir() {
		return named([]string{filepath.Base(source)}, func(l Language) bool { return l.Script })
	}
	entries, err := os.ReadDir(source)
	if err != nil {
		return Language{}, false
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && !isTest(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return named(names, func(Language) bool { return true })
}

// named finds the first language that may be and of which a file bears a mark.
func named(files []string, may func(Language) bool) (Language, bool) {
	for _, l := range all {
		if !may(l) {
			continue
		}
		for _, mark := range l.Marks {
			if slices.ContainsFunc(files, func(name string) bool {
				match, _ := filepath.Match(mark, name)
				return match
			}) {
				return l, true
			}
		}
	}
	return Language{}, false
}

// isTest tells files that no module is made of: tests, and descriptions of
// types.
func isTest(name string) bool {
	for _, end := range []string{"_test.go", "_test.c", "_test.cpp", ".d.ts", ".test.ts", ".test.js", ".test.mjs"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
