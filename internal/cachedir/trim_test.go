package cachedir

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestTrim(t *testing.T) {
	for _, c := range []struct {
		name string
		most int64
		kept string
		left []string
	}{
		{"there is room", 100, "", []string{"middle", "new", "old"}},
		{"exactly enough", 40, "", []string{"middle", "new", "old"}},
		{"one too many", 39, "", []string{"middle", "new"}},
		{"a folder goes as a whole", 29, "", []string{"new"}},
		{"room for none", 5, "", nil},
		{"what is kept does not count", 30, "old", []string{"middle", "new", "old"}},
		{"what is kept stays", 10, "middle", []string{"middle", "new"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			at := time.Now()
			for _, name := range []string{"new", "middle/a", "middle/b/c", "old/a"} {
				path := filepath.Join(dir, name)
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("0123456789"), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			for i, name := range []string{"new", "middle", "old"} {
				if err := os.Chtimes(filepath.Join(dir, name), at, at.Add(-time.Duration(i)*time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
			Trim(dir, c.most, func(name string) bool { return name == c.kept })
			var left []string
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				left = append(left, e.Name())
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left are %v, want %v", left, c.left)
			}
		})
	}
	Trim(filepath.Join(t.TempDir(), "none"), 1, nil) // says nothing, does nothing
}
