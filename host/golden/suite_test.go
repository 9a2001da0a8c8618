package golden_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/golden"
	"github.com/shardhost/shardhost/host/wasm"
)

// sdks is where the SDKs are.
var sdks = filepath.Join("..", "..", "plugins", "sdk")

// places are how a trap names the place of the plugin's code that made it.
var places = map[string]string{
	"assemblyscript": "index.ts:",
	"c":              "main.c:",
	"cpp":            "main.cpp:",
	"go":             "main.go:",
	"rust":           "src/lib.rs:",
	"js":             "suite.ts:",
	"zig":            "main.zig:",
}

// TestSuite builds the suite's plugin in each language and compares what it does
// with what every SDK does alike.
func TestSuite(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(sdks, "*", "suite"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("there are no plugins: %v", err)
	}
	engine, err := wasm.NewEngine(wasm.Options{CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	files, err := filepath.Glob(filepath.Join(sdks, "suite", "*.txtar"))
	if err != nil || len(files) != 12 {
		t.Fatalf("there are %d expectations: %v", len(files), err)
	}
	var behaviours []*golden.File
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := golden.Parse(path, expand(t, text))
		if err != nil {
			t.Fatal(err)
		}
		behaviours = append(behaviours, f)
	}
	for _, folder := range folders {
		name := filepath.Base(filepath.Dir(folder))
		t.Run(name, func(t *testing.T) {
			output := filepath.Join(t.TempDir(), "suite.wasm")
			_, err := build.Source(t.Context(), build.Request{Source: folder, Output: output})
			if errors.Is(err, build.ErrMissing) && os.Getenv("SHARDHOST_LANGUAGES") != "all" {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			module, err := os.ReadFile(output)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range behaviours {
				t.Run(strings.TrimSuffix(filepath.Base(f.Name), ".txtar"), func(t *testing.T) {
					behaves(t, golden.Options{Engine: engine, Module: module, Source: output}, name, f)
				})
			}
		})
	}
}

// behaves gives the frames of a behaviour to the plugin in a language.
func behaves(t *testing.T, o golden.Options, language string, f *golden.File) {
	effects, err := f.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	want, got := blocks(f.Effects), blocks(effects)
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(want):
			t.Errorf("more than was expected:\n%s", got[i])
		case i >= len(got):
			t.Errorf("missing:\n%s", want[i])
		case !matches(got[i], want[i]):
			t.Errorf("got\n%swant\n%s", got[i], want[i])
		}
	}
	if strings.HasSuffix(f.Name, "trap.txtar") && !strings.Contains(effects, places[language]) {
		t.Errorf("the trap does not name its place, %s:\n%s", places[language], effects)
	}
}

// expand writes out what stands for something large.
func expand(t *testing.T, text []byte) []byte {
	t.Helper()
	expanded, err := template.New("suite").Funcs(template.FuncMap{"members": members}).Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := expanded.Execute(&b, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// members are n members of a guild, about 140 bytes each.
func members(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"user":{"id":"%d","username":"member number %d","avatar":null},"nick":"Grüße \"%d\"","roles":["1","2"],"joined_at":"2026-01-01T00:00:00Z","deaf":false}`, 1000+i, i, i)
	}
	return b.String()
}

var (
	begin = regexp.MustCompile(`^(\d+ |start)`)
	tag   = regexp.MustCompile(`^(  timer(?: off)?) \d+`)
)

// blocks are what was done with each frame, without what is left to the language.
func blocks(effects string) []string {
	var all []string
	for line := range strings.Lines(effects) {
		line = tag.ReplaceAllString(line, "$1")
		switch {
		case begin.MatchString(line):
			line = strings.TrimSuffix(strings.TrimSuffix(line, ": waits\n"), "\n") + "\n"
			all = append(all, line)
			continue
		case len(all) == 0, strings.HasPrefix(line, "  log "), strings.HasPrefix(line, "  ends "),
			strings.HasPrefix(line, "  kv put sdk/"), strings.HasPrefix(line, "  kv delete sdk/"):
			continue
		}
		all[len(all)-1] += line
	}
	for i := range all {
		// What had only a line of the log did nothing, too.
		if strings.Count(all[i], "\n") == 1 && !strings.Contains(all[i], " failed: ") && !strings.Contains(all[i], ": nothing") {
			all[i] = strings.TrimSuffix(all[i], "\n") + ": nothing\n"
		}
	}
	return all
}

// matches compares what was done with a frame. Of a failure the text that is
// expected has to be in what was said.
func matches(got, want string) bool {
	what, text, failed := strings.Cut(strings.TrimSuffix(want, "\n"), " failed: ")
	if !failed {
		return got == want
	}
	return strings.HasPrefix(got, what+" failed: ") && strings.Contains(got, text)
}
