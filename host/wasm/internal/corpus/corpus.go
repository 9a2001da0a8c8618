// Package corpus finds modules for tests: guests that do realistic work in several
// languages, and all that travel inside wazero's own Go
// module, the official spec tests among them.
package corpus

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Wazero returns the paths of all modules inside wazero's Go module.
func Wazero(t testing.TB) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatalf("find wazero's sources: %v", err)
	}
	var files []string
	err = filepath.WalkDir(strings.TrimSpace(string(out)), func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".wasm") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 1000 {
		t.Fatalf("found %d modules, %v", len(files), err)
	}
	return files
}

// A Guest is a plugin of the corpus: realistic work on the body of each frame,
// with a number as the result of shard_batch that depends on all of it.
type Guest struct {
	Name   string
	Module []byte
}

// dir is the corpus as packages below host/wasm see it.
func dir(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		t.Fatalf("find the module: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "host", "wasm", "testdata", "corpus")
}

// Message is the body of a MESSAGE_CREATE of 1.2 KB.
func Message(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir(t), "message_create.json"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Guests returns the guests of testdata/corpus: the modules that are there, and
// those in Go, which it builds.
func Guests(t testing.TB) []Guest {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir(t), "*.wasm"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no modules in %s, %v", dir(t), err)
	}
	for _, name := range []string{"json", "words"} {
		out := filepath.Join(t.TempDir(), "go-"+name+".wasm")
		cmd := exec.Command("go", "build", "-trimpath", "-buildmode=c-shared", "-o", out, "./"+name)
		cmd.Dir = filepath.Join(dir(t), "go")
		cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=")
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build of the guest %s: %v\n%s", name, err, text)
		}
		files = append(files, out)
	}
	var list []Guest
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, Guest{strings.TrimSuffix(filepath.Base(file), ".wasm"), b})
	}
	return list
}
