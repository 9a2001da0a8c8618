package build_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/host/build"
)

// TestScript builds scripts of all forms, and wrong ones.
func TestScript(t *testing.T) {
	for _, test := range []struct {
		name   string
		source string // within the folder
		files  map[string]string
		holds  []string // what the module holds
		fails  string   // what a complaint says; "": it builds
	}{
		{"a lone file of JavaScript", "bot.js", map[string]string{"bot.js": `import { on } from "shardhost"; on("READY", () => "yes, ready");`}, []string{"yes, ready", "shard.script"}, ""},
		{"types go", "bot.ts", map[string]string{"bot.ts": `interface Gone { a: string }; const kept: Gone = { a: "is kept" }; console.log(kept);`}, []string{"is kept"}, ""},
		{"a folder", "", map[string]string{"bot.ts": `import { a } from "./lib/a"; console.log(a);`, "lib/a.ts": `export const a = "from lib";`}, []string{"from lib", "lib/a.ts"}, ""},
		{"the only script of a folder", "", map[string]string{"strange.mjs": `console.log("odd name")`, "types.d.ts": "", "strange.test.mjs": "broken ("}, []string{"odd name"}, ""},
		{"package.json names it", "", map[string]string{"a.js": `console.log("not this")`, "b.js": `console.log("this one")`, "package.json": `{"main": "b.js"}`}, []string{"this one"}, ""},
		{"two scripts of which none begins", "", map[string]string{"a.js": "", "b.js": ""}, nil, `call it bot.ts or bot.js`},
		{"a library, in CommonJS", "bot.js", map[string]string{"bot.js": `import lib from "lib"; lib();`, "node_modules/lib/index.js": `module.exports = () => "from a library"`}, []string{"from a library"}, ""},
		{"texts and data", "bot.js", map[string]string{"bot.js": `import a from "./a.json"; import b from "./b.txt"; console.log(a, b)`, "a.json": `{"x": "json"}`, "b.txt": "plain text"}, []string{"plain text", `"json"`}, ""},
		{"a library that is not there", "bot.js", map[string]string{"bot.js": "\nimport lodash from \"lodash\";\nlodash();"}, nil, `bot.js:2:20: could not resolve "lodash": install it beside the script with npm install lodash`},
		{"Node.js", "bot.js", map[string]string{"bot.js": `import "node:fs";`}, nil, "it belongs to Node.js, which plugins do not run in"},
		{"discord.js", "bot.js", map[string]string{"bot.js": `import { Client } from "discord.js"; new Client();`}, nil, `import { on, command } from "shardhost" instead`},
		{"a file that is not there", "bot.js", map[string]string{"bot.js": `import "./gone";`}, nil, `bot.js:1:8: could not resolve "./gone"`},
		{"no JavaScript", "bot.ts", map[string]string{"bot.ts": "on(\"READY\", () => {\n  const = 1;\n});"}, nil, `bot.ts:2:9: Expected identifier but found "="`},
		{"what the SDK does not have", "bot.js", map[string]string{"bot.js": `import { client } from "shardhost"; client();`}, nil, `bot.js:1:10: No matching export in "shardhost:shardhost.js" for import "client"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range test.files {
				file := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			output := filepath.Join(t.TempDir(), "bot.wasm")
			r := build.Request{Source: filepath.Join(dir, test.source), Output: output}
			_, err := build.Source(t.Context(), r)
			if test.fails != "" {
				if err == nil || !strings.Contains(err.Error(), test.fails) {
					t.Fatalf("got %v, want %s", err, test.fails)
				}
				if _, err := os.Stat(output); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("there is a module: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			module, err := os.ReadFile(output)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range test.holds {
				if !bytes.Contains(module, []byte(text)) {
					t.Errorf("the module does not hold %q", text)
				}
			}
			again, err := build.Source(t.Context(), r)
			if err != nil || !again.Cached {
				t.Errorf("built again it is another: %+v, %v", again, err)
			}
		})
	}
}

func TestScriptSources(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"bot.ts": `import "./lib/a"; import "lib"; import "shardhost";`, "lib/a.ts": `import "./b.json";`, "lib/b.json": "{}", "unused.ts": "", "node_modules/lib/index.js": "",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	paths, err := build.Sources(t.Context(), build.Request{Source: filepath.Join(dir, "bot.ts")})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		name, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.ToSlash(name))
	}
	if want := []string{"bot.ts", "lib/a.ts", "lib/b.json", "package.json", "tsconfig.json"}; !slices.Equal(names, want) {
		t.Errorf("the sources are %q, want %q", names, want)
	}
}
