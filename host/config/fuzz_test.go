package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// FuzzLoad loads anything. It never panics, says why when it refuses, and does
// not repeat what the environment or a token argument holds.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/diagnostics/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if ext := filepath.Ext(file.Name); ext == ".hcl" || ext == ".json" {
				f.Add(string(file.Data))
			}
		}
	}
	full, err := os.ReadFile("testdata/full/config.hcl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(full))
	f.Add("discord {\n  token = \"" + hush + "\"\n}\n")
	env := func(name string) (string, bool) { return hush, name != "NOT_SET" }
	f.Fuzz(func(t *testing.T, text string) {
		// A width in a format makes a string of that length.
		if strings.Contains(text, "format") && strings.ContainsAny(text, "%") {
			return
		}
		cfg, diags := Load([]string{Stdin}, Options{Env: env, Stdin: strings.NewReader(text), SkipSources: true})
		if (cfg == nil) != diags.HasErrors() {
			t.Fatalf("config %v with %d errors", cfg != nil, diags.Errors())
		}
		out, err := json.Marshal(diags)
		if err != nil {
			t.Fatal(err)
		}
		// What the text itself holds outside a secret's place is not ours to hide.
		if printed := diags.String() + string(out); !strings.Contains(text, hush) && strings.Contains(printed, hush) {
			t.Fatalf("a value of the environment is printed:\n%s", printed)
		}
		if cfg != nil {
			for _, p := range cfg.Plugins {
				if !json.Valid(p.Config) {
					t.Fatalf("config of %s is not JSON: %s", p.Name, p.Config)
				}
			}
			if _, err := json.Marshal(cfg); err != nil {
				t.Fatal(err)
			}
		}
		formatted, wrong := Format([]byte(text), "x.hcl")
		if !wrong.HasErrors() {
			if _, wrong := Format(formatted, "x.hcl"); wrong.HasErrors() {
				t.Fatalf("what was formatted can no longer be read:\n%s", formatted)
			}
		}
	})
}

func FuzzUnits(f *testing.F) {
	for _, s := range []string{"64MiB", "250 ms", "10/s", "500M", "1e9999B", "0x1pKiB", "/", "9223372036854775807B", "1.5GiB"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, hint := parseSize(s); hint == "" && n < 0 {
			t.Errorf("size %d", n)
		}
		if n, hint := parseCount(s); hint == "" && n < 0 {
			t.Errorf("count %d", n)
		}
		if d, hint := parseDuration(s); hint == "" && d < 0 {
			t.Errorf("duration %v", d)
		}
		if r, hint := parseRate(s); hint == "" && (r.N <= 0 || r.Per <= 0) {
			t.Errorf("rate %+v", r)
		}
	})
}
