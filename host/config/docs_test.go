package config

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
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
			t.Errorf("the table of %s stands twice, or there is no such block in the full configuration", name)
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

// referenceTables are the tables of all blocks that the full configuration has,
// by the blocks' names without labels.
func referenceTables(t *testing.T) map[string]string {
	t.Helper()
	d := &decoder{
		opts:  Options{Env: lookup(map[string]string{"DISCORD_TOKEN": "x", "MOD_API_KEY": "x"}), SkipSources: true},
		files: make(map[string]*hcl.File), seen: make(map[string]hcl.Range),
	}
	label := regexp.MustCompile(` "[^"]*"`)
	tables := make(map[string]string)
	blocks := make(map[string]bool) // that may be there, and whether they were
	for name := range d.rootBlocks(new(Config)) {
		blocks[name] = name == "locals" // whose arguments are free
	}
	d.met = func(block string, s shape) {
		name := label.ReplaceAllString(block, "")
		if root, _, _ := strings.Cut(name, "."); root == "variable" {
			name = root // its label stands behind a dot
		}
		blocks[name] = true
		for inner := range s.blocks {
			free := inner == "config" || inner == "secrets" || inner == "headers"
			blocks[name+"."+inner] = blocks[name+"."+inner] || free
		}
		if len(s.args) == 0 {
			return
		}
		table := "| argument | type | default | meaning |\n|---|---|---|---|\n"
		for _, a := range s.args {
			if a.kind == "" || a.fallback == "" || a.meaning == "" {
				t.Errorf("%s.%s lacks a type, a default or a meaning", name, a.name)
			}
			table += a.row() + "\n"
		}
		if other, again := tables[name]; again && other != table {
			t.Errorf("the defaults of %s depend on what stands in the file:\n%s%s", name, other, table)
		}
		tables[name] = table
	}
	if d.load([]string{"testdata/full/config.hcl"}) == nil || d.finish().HasErrors() {
		t.Fatal(d.finish())
	}
	for name, met := range blocks {
		if !met {
			t.Errorf("testdata/full/config.hcl has no block %s", name)
		}
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
		for _, part := range bytes.Split(text, []byte("```hcl\n"))[1:] {
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
