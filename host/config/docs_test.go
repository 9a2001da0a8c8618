package config

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

const referencePath = "../../docs/config.md"

// TestReferenceIsFresh compares the tables in docs/config.md with what is
// decoded. Each stands below a marker with the name of its block; -update writes
// them.
func TestReferenceIsFresh(t *testing.T) {
	text, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatal(err)
	}
	tables := referenceTables(t)
	marker := regexp.MustCompile(`(?m)^<!-- generated: ([a-z._]+) -->\n(?:\|.*\n)*`)
	found := make(map[string]bool)
	want := marker.ReplaceAllStringFunc(string(text), func(old string) string {
		name := marker.FindStringSubmatch(old)[1]
		table, ok := tables[name]
		if !ok || found[name] {
			t.Errorf("the table of %s stands twice, or there is no such block", name)
			return old
		}
		found[name] = true
		return "<!-- generated: " + name + " -->\n" + table
	})
	for name := range tables {
		if !found[name] {
			t.Errorf("%s has no table: write <!-- generated: %s --> below its heading", name, name)
		}
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(referencePath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(text) {
		t.Error("docs/config.md is stale: run go test ./host/config -run Reference -update")
	}
}

// referenceTables are the tables of all blocks, by their names without labels.
func referenceTables(t *testing.T) map[string]string {
	t.Helper()
	tables := make(map[string]string)
	for name, s := range schema() {
		if len(s.args) == 0 {
			continue
		}
		table := "| argument | type | default | meaning |\n|---|---|---|---|\n"
		for _, a := range s.args {
			if a.kind == "" || a.fallback == "" || a.meaning == "" {
				t.Errorf("%s.%s lacks a type, a default or a meaning", name, a.name)
			}
			table += a.row() + "\n"
		}
		tables[name] = table
	}
	return tables
}

// TestExamplesLoad loads every piece of HCL in the documentation.
func TestExamplesLoad(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	pages = append(pages, "../../README.md")
	found := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		parts := bytes.Split(text, []byte("```hcl\n"))[1:]
		if filepath.Base(page) == "config.md" {
			parts = append(parts, bytes.Split(text, []byte("```json\n"))[1:]...)
		}
		for _, part := range parts {
			example, _, _ := bytes.Cut(part, []byte("```"))
			found++
			cfg, diags := Load([]string{Stdin}, Options{
				Stdin: bytes.NewReader(example), SkipSources: true, Overrides: Overrides{Token: "x"},
				Env: func(string) (string, bool) { return "x", true },
			})
			if cfg == nil {
				t.Errorf("%s:\n%s\n%s", page, example, diags)
			}
		}
	}
	if found == 0 {
		t.Error("no example was found")
	}
}
