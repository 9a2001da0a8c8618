package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExamples runs the golden tests of every example.
func TestExamples(t *testing.T) {
	examples, err := filepath.Glob("../../plugins/examples/*/main.go")
	if err != nil || len(examples) < 3 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	for _, example := range examples {
		dir := filepath.Dir(example)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			var out, problems bytes.Buffer
			code := run([]string{"plugin", "test", dir}, &stdio{In: os.Stdin, Out: &out, Err: &problems})
			if code != exitOK || !strings.Contains(out.String(), "ok ") {
				t.Errorf("exit code %d\n%s%s", code, &out, &problems)
			}
		})
	}
}
