package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGeneratedFilesAreFresh(t *testing.T) {
	dir := filepath.Join("..", "..")
	files, err := generate(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 3 {
		t.Errorf("%d files generated, want 3", len(files))
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./discord", name)
		}
	}
}

func TestReadEventsRefusesWrongTables(t *testing.T) {
	const header = "number,event,guild_id_path,channel_id_path,user_id_path,intents\n"
	for _, test := range []struct{ name, rows, err string }{
		{"a gap in the numbers", "0,A,,,,\n2,B,,,,\n", "expected 1"},
		{"a number twice", "0,A,,,,\n0,B,,,,\n", "expected 1"},
		{"no number", "A,A,,,,\n", "expected 0"},
		{"a missing column", "0,A,,,\n", "wrong number of fields"},
		{"an unknown guild path", "0,A,a.b,,,\n", `unknown guild path "a.b"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "events.csv"), []byte(header+test.rows), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := generate(dir)
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("error %v, want one with %q", err, test.err)
			}
		})
	}
}
