package build

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// tree is what a Watch is about: paths, and which files below them count.
type tree struct {
	paths    []string // absolute, not resolved
	patterns []string
}

func newTree(paths, patterns []string) (*tree, error) {
	t := &tree{patterns: patterns}
	for _, pattern := range patterns {
		if _, err := filepath.Match(strings.TrimPrefix(pattern, "!"), ""); err != nil {
			return nil, fmt.Errorf("watch: pattern %q: %w", pattern, err)
		}
	}
	for _, path := range paths {
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, fmt.Errorf("watch %s: %w", path, err)
		}
		t.paths = append(t.paths, abs)
	}
	return t, nil
}

// counts tells whether a path is one of the tree's or its name is chosen by
// the patterns.
func (t *tree) counts(path string) bool {
	if slices.Contains(t.paths, path) {
		return true
	}
	name := filepath.Base(path)
	chosen, any := false, true
	for _, pattern := range t.patterns {
		pattern, out := strings.CutPrefix(pattern, "!")
		match, _ := filepath.Match(pattern, name)
		switch {
		case out && match:
			return false
		case !out:
			any = false
			chosen = chosen || match
		}
	}
	return (chosen || any) && !hidden(name)
}

// look is the state of all files that count now.
func (t *tree) look() state {
	s := state{}
	for _, path := range t.paths {
		info, err := os.Stat(path)
		switch {
		case err != nil: // not there: nothing to see
		case info.IsDir():
			walk(path, func(file string, info fs.FileInfo) {
				if t.counts(file) {
					s.add(file, info)
				}
			}, nil)
		default:
			s.add(path, info)
		}
	}
	return s
}

// folders are those in which a change may matter: all below the paths that are
// folders, those that hold the others, and those that hold a symbolic link on
// the way to one of them.
func (t *tree) folders() []string {
	found := map[string]bool{}
	for _, path := range t.paths {
		t.way(path, found, 0)
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			walk(path, nil, func(dir string) { found[dir] = true })
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// maxLinks bounds how many symbolic links lead to a file.
const maxLinks = 40

// way finds the folders on the way to path that must be watched: that of the
// path itself, or the nearest that exists, and that of each link.
func (t *tree) way(path string, found map[string]bool, links int) {
	if links > maxLinks {
		return
	}
	for at := path; ; at = filepath.Dir(at) {
		dir := filepath.Dir(at)
		if dir == at {
			return
		}
		info, err := os.Lstat(at)
		if err != nil {
			if holder, err := os.Stat(dir); err == nil && holder.IsDir() {
				found[dir] = true
			}
			continue
		}
		isLink := info.Mode()&fs.ModeSymlink != 0
		if at == path || isLink {
			found[dir] = true
		}
		if isLink {
			if target, err := os.Readlink(at); err == nil {
				if !filepath.IsAbs(target) {
					target = filepath.Join(dir, target)
				}
				t.way(target, found, links+1)
			}
		}
	}
}

// walk goes through a folder, hidden entries left out. Of two folders that are
// one through links it enters the first.
func walk(root string, file func(string, fs.FileInfo), folder func(string)) {
	seen := map[string]bool{}
	var enter func(string)
	enter = func(dir string) {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil || seen[real] {
			return
		}
		seen[real] = true
		if folder != nil {
			folder(dir)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			return
		}
		for _, entry := range entries {
			if hidden(entry.Name()) {
				continue
			}
			path := filepath.Join(dir, entry.Name())
			if entry.IsDir() {
				enter(path)
				continue
			}
			if file == nil && entry.Type()&fs.ModeSymlink == 0 {
				continue
			}
			info, err := os.Stat(path)
			switch {
			case err != nil: // gone, or a link to nowhere
			case info.IsDir():
				enter(path)
			case file != nil && info.Mode().IsRegular():
				file(path, info)
			}
		}
	}
	enter(root)
}

// state is what the files that count look like.
type state map[string]stamp

type stamp struct {
	size     int64
	modified time.Time
	info     fs.FileInfo
}

func (s state) add(path string, info fs.FileInfo) {
	s[path] = stamp{info.Size(), info.ModTime(), info}
}

// difference lists the files that were added, changed, exchanged or removed.
func (s state) difference(now state) []string {
	var changed []string
	for path, new := range now {
		old, ok := s[path]
		if !ok || old.size != new.size || !old.modified.Equal(new.modified) || !os.SameFile(old.info, new.info) {
			changed = append(changed, path)
		}
	}
	for path := range s {
		if _, ok := now[path]; !ok {
			changed = append(changed, path)
		}
	}
	slices.Sort(changed)
	return changed
}
