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
		left []string
	}{
		{"there is room", 100, []string{"a/old", "b/middle", "new"}},
		{"exactly enough", 30, []string{"a/old", "b/middle", "new"}},
		{"one too many", 29, []string{"b/middle", "new"}},
		{"room for one", 10, []string{"new"}},
		{"room for none", 5, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			at := time.Now()
			for i, name := range []string{"new", "b/middle", "a/old"} {
				path := filepath.Join(dir, name)
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("0123456789"), 0o600)); err != nil {
					t.Fatal(err)
				}
				if err := os.Chtimes(path, at, at.Add(-time.Duration(i)*time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
			Trim(dir, c.most)
			var left []string
			for _, name := range []string{"a/old", "b/middle", "new"} {
				if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
					left = append(left, name)
				}
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left are %v, want %v", left, c.left)
			}
		})
	}
	Trim(filepath.Join(t.TempDir(), "none"), 1) // says nothing, does nothing
}
