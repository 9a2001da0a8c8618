package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/host/build"
)

// TestExamples runs the golden tests of every example, in every language whose
// compiler is there.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../../plugins/examples/*/testdata/*.txtar")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d tests, %v", len(files), err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		dir := filepath.Dir(filepath.Dir(file))
		if seen[dir] {
			continue
		}
		seen[dir] = true
		t.Run(filepath.Base(dir), func(t *testing.T) {
			if _, err := build.Toolchain(t.Context(), dir); errors.Is(err, build.ErrMissing) && os.Getenv("SHARDHOST_LANGUAGES") != "all" {
				t.Skip(err)
			}
			var out, problems bytes.Buffer
			code := run([]string{"plugin", "test", dir}, &stdio{In: os.Stdin, Out: &out, Err: &problems})
			if code != exitOK || !strings.Contains(out.String(), "ok ") {
				t.Errorf("exit code %d\n%s%s", code, &out, &problems)
			}
		})
	}
}
