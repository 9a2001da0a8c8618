package examples_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/host/build"
)

// TestDocumentationOfScripts builds and loads the TypeScript in docs/sdk/js.md.
func TestDocumentationOfScripts(t *testing.T) {
	text, err := os.ReadFile("../../docs/sdk/js.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "\n```ts\n")[1:]
	if len(blocks) < 8 {
		t.Errorf("found %d blocks of TypeScript", len(blocks))
	}
	dir := t.TempDir()
	for i, block := range blocks {
		code, _, _ := strings.Cut(block, "\n```")
		file := filepath.Join(dir, "block"+strconv.Itoa(i+1)+".ts")
		if err := os.WriteFile(file, []byte(code+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := build.Source(t.Context(), build.Request{Source: file, Output: strings.TrimSuffix(file, ".ts") + ".wasm"}); err != nil {
			t.Errorf("%v\n%s", err, code)
		}
	}
}
