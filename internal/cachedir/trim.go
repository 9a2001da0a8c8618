// Package cachedir bounds folders of files that can be made again.
package cachedir

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Limit is how many bytes a cache of modules or machine code may have: a plugin
// in Go takes 10 MiB for each time that it is saved.
const Limit = 512 << 20

// Trim removes the oldest files below a folder until the rest have no more
// than so many bytes. What cannot be removed is left: the next one tries again.
func Trim(dir string, most int64) {
	type file struct {
		path string
		size int64
		at   time.Time
	}
	var files []file
	var total int64
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // not there yet, or removed by another process
		}
		if info, err := d.Info(); err == nil {
			files = append(files, file{path, info.Size(), info.ModTime()})
			total += info.Size()
		}
		return nil
	})
	slices.SortFunc(files, func(a, b file) int { return a.at.Compare(b.at) })
	for _, f := range files {
		if total <= most {
			return
		}
		if os.Remove(f.path) == nil {
			total -= f.size
		}
	}
}
