package config

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// TestReferenceIsComplete compares docs/config.md with what is decoded: every
// block has a heading, and below it a row for each of its arguments and for no
// other.
func TestReferenceIsComplete(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "config.md"))
	if err != nil {
		t.Fatal(err)
	}
	documented := reference(string(text))
	d := &decoder{
		opts:  Options{Env: lookup(map[string]string{"DISCORD_TOKEN": "x", "MOD_API_KEY": "x"}), SkipSources: true},
		files: make(map[string]*hcl.File), seen: make(map[string]hcl.Range),
	}
	quoted := regexp.MustCompile(` ?"[^"]*"`)
	met := make(map[string]bool)
	d.met = func(block string, arguments []string) {
		name := quoted.ReplaceAllString(block, "")
		name, _ = strings.CutSuffix(name, ".log_level") // of a variable block
		met[name] = true
		rows, ok := documented[name]
		if !ok {
			t.Errorf("block %s has no heading", name)
			return
		}
		slices.Sort(rows)
		if !slices.Equal(rows, arguments) {
			t.Errorf("block %s: documented are %v, decoded are %v", name, rows, arguments)
		}
	}
	if d.load([]string{"testdata/full/config.hcl"}) == nil || d.finish().HasErrors() {
		t.Fatal(d.finish())
	}
	for name := range documented {
		// Blocks whose arguments are free, and headings that are no blocks.
		if !met[name] && !slices.Contains([]string{"Expressions", "locals", "plugin.config", "plugin.secrets", "tracing.headers"}, name) {
			t.Errorf("%s is documented and was not decoded: is it in the full configuration?", name)
		}
	}
}

// reference reads the headings below the title, and the first cells of the
// tables below each.
func reference(text string) map[string][]string {
	rows := make(map[string][]string)
	heading := ""
	argument := regexp.MustCompile("^\\| `([a-z0-9_]+)` \\|")
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "##") {
			heading, _, _ = strings.Cut(name, " ")
			rows[heading] = []string{}
		}
		if m := argument.FindStringSubmatch(line); m != nil {
			rows[heading] = append(rows[heading], m[1])
		}
	}
	return rows
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
