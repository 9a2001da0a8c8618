package language

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOf(t *testing.T) {
	for _, test := range []struct {
		name  string
		files []string
		of    string // the file that is asked about; "": the folder
		want  string // "": none
	}{
		{"Go", []string{"main.go", "main_test.go"}, "", "go"},
		{"only a test", []string{"main_test.go"}, "", ""},
		{"Rust", []string{"Cargo.toml", "build.rs"}, "", "rust"},
		{"Zig with C in it", []string{"build.zig", "main.c"}, "", "zig"},
		{"C", []string{"plugin.c", "plugin.h"}, "", "c"},
		{"C++ with C in it", []string{"plugin.cpp", "other.c"}, "", "cpp"},
		{"AssemblyScript is not TypeScript", []string{"asconfig.json", "index.ts"}, "", "assemblyscript"},
		{"a folder of TypeScript", []string{"bot.ts", "shardhost.d.ts"}, "", "ts"},
		{"only types", []string{"shardhost.d.ts"}, "", ""},
		{"a script", []string{"bot.js"}, "bot.js", "js"},
		{"a file of Go", []string{"main.go"}, "main.go", ""},
		{"a module", []string{"bot.wasm"}, "bot.wasm", ""},
		{"nothing", nil, "", ""},
		{"not there", nil, "bot.js", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range test.files {
				if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, ok := Of(filepath.Join(dir, test.of))
			if got.Name != test.want || ok != (test.want != "") {
				t.Errorf("got %q, %v, want %q", got.Name, ok, test.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	for _, name := range Names() {
		if l, ok := Named(name); !ok || l.Name != name || l.Title == "" {
			t.Errorf("%s is %+v, %v", name, l, ok)
		}
	}
	if _, ok := Named("cobol"); ok {
		t.Error("there is a language cobol")
	}
	if got := Titles(); got != "AssemblyScript, C, C++, Go, JavaScript, Rust, TypeScript or Zig" {
		t.Errorf("the titles are %q", got)
	}
}
