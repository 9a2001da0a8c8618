package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestDocumentation builds the Go code of docs/sdk/go.md: whole files as they
// are, pieces inside of an init function.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/sdk/go.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	// Given by their names, files anywhere are built as part of this module.
	golang := func(args ...string) {
		t.Helper()
		cmd := exec.Command("go", args...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", args[0], err, out)
		}
	}
	blocks := strings.Split(string(text), "\n```go\n")[1:]
	tests := 0
	for i, block := range blocks {
		code, _, _ := strings.Cut(block, "\n```")
		if !strings.HasPrefix(code, "package") {
			code = piece(code)
		}
		isTest := strings.Contains(code, "sdktest")
		name := "main" + strconv.Itoa(i) + ".go"
		if isTest {
			name = "main_test.go"
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(code+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if isTest { // of the plugin in the first block
			tests++
			golang("test", filepath.Join(dir, "main0.go"), file)
		} else {
			golang("vet", file)
		}
	}
	if len(blocks) < 10 || tests != 1 {
		t.Errorf("found %d blocks of Go with %d tests", len(blocks), tests)
	}
}

// piece makes a program of statements that belong into an init function.
func piece(code string) string {
	var imports strings.Builder
	for _, path := range []string{"encoding/json", "errors", "math/rand/v2", "strconv", "time"} {
		name := filepath.Base(strings.TrimSuffix(path, "/v2"))
		if strings.Contains(code, name+".") {
			imports.WriteString("import " + strconv.Quote(path) + "\n")
		}
	}
	return "package main\n\nimport sdk \"github.com/shardhost/shardhost/plugins/sdk/go\"\n" + imports.String() +
		"\nfunc init() {\n" + code + "\n}\n\nfunc main() {}\n"
}
