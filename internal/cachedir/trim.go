// Package cachedir bounds folders of files that can be made again.
package cachedir

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Limit is how many bytes a cache of modules or machine code may have that are
// not in use: a plugin in Go takes 12 MiB for each time that it is saved.
const Limit = 1 << 30

// Trim removes what is oldest in a folder, files and whole folders, until the
// rest have no more than so many bytes. What is kept does not count; nil keeps
// nothing. What cannot be removed is left: the next one tries again.
func Trim(dir string, most int64, kept func(name string) bool) {
	type item struct {
		path string
		size int64
		at   time.Time
	}
	var items []item
	var total int64
	entries, _ := os.ReadDir(dir) // not there yet: nothing to do
	for _, e := range entries {
		if kept != nil && kept(e.Name()) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // removed by another process
		}
		path := filepath.Join(dir, e.Name())
		i := item{path, size(path), info.ModTime()}
		items = append(items, i)
		total += i.size
	}
	slices.SortFunc(items, func(a, b item) int { return a.at.Compare(b.at) })
	for _, i := range items {
		if total <= most {
			return
		}
		if os.RemoveAll(i.path) == nil {
			total -= i.size
		}
	}
}

// size is that of all files at or below a path, in bytes.
func size(path string) (n int64) {
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			n += info.Size()
		}
		return nil
	})
	return n
}
