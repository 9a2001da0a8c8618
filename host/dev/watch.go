package dev

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// A watch waits quiet after the last change before it speaks, because editors
// write a file in several steps, but not longer than patience when changes
// never stop.
const (
	watchQuiet    = 80 * time.Millisecond
	watchPatience = time.Second
)

// maxWatched is how many folders one watch follows: a plugin's source is a few;
// more means that somebody's home folder was named.
const maxWatched = 2000

// A thing is what a watch tells about under one name.
type thing struct {
	paths   []string               // absolute files or folders; folders with everything below
	matches func(path string) bool // which of the files below count; nil: all
}

// A watch tells which of several things on disk have changed.
//
// It watches folders, never files: editors replace files, and a watch on a file
// dies with it.
type watch struct {
	fs     *fsnotify.Watcher
	things map[string]thing
	dirs   map[string]bool // folders being watched
}

func newWatch() (*watch, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("dev: cannot watch files: %w", err)
	}
	return &watch{fs: w, things: make(map[string]thing), dirs: make(map[string]bool)}, nil
}

func (w *watch) close() error { return w.fs.Close() }

// follow watches paths under a name, in place of those it had; matches, if not
// nil, says which files count. It must not be called while next waits.
func (w *watch) follow(name string, matches func(path string) bool, paths ...string) error {
	var abs []string
	var errs []error
	for _, p := range paths {
		a, err := filepath.Abs(p)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		// What is saved through a symbolic link is told with the real path.
		if real, err := filepath.EvalSymlinks(a); err == nil && real != a {
			abs = append(abs, real)
			errs = append(errs, w.add(real))
		}
		abs = append(abs, a)
		errs = append(errs, w.add(a))
	}
	w.things[name] = thing{abs, matches}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("dev: %s is not watched: %w", name, err)
	}
	return nil
}

// forget no longer tells of a name.
func (w *watch) forget(name string) { delete(w.things, name) }

// add watches a folder with all below, or the folder of a file.
func (w *watch) add(path string) error {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		// A file that is gone for a moment comes back in the same folder.
		return w.addDir(filepath.Dir(path))
	}
	return filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // vanished while we looked
		case !d.IsDir():
			return nil
		case p != path && ignored(p):
			return fs.SkipDir
		}
		return w.addDir(p)
	})
}

func (w *watch) addDir(dir string) error {
	if w.dirs[dir] {
		return nil
	}
	if len(w.dirs) >= maxWatched {
		return fmt.Errorf("more than %d folders", maxWatched)
	}
	if err := w.fs.Add(dir); err != nil {
		return err
	}
	w.dirs[dir] = true
	return nil
}

// ignored tells which paths never hold source: hidden ones, editors' spare
// copies, other people's packages, and modules, which are made of source.
func ignored(path string) bool {
	base := filepath.Base(path)
	switch {
	case strings.HasPrefix(base, "."), strings.HasPrefix(base, "#"), strings.HasSuffix(base, "~"):
		return true
	case base == "node_modules", base == "4913": // vim asks with 4913 whether it may write
		return true
	}
	switch filepath.Ext(base) {
	case ".swp", ".swx", ".tmp":
		return true
	}
	return false
}

// next waits until something has changed and then for quiet, and returns the
// names, sorted. It ends with the context's error, or when the system's watch
// breaks.
func (w *watch) next(ctx context.Context) ([]string, error) {
	changed := make(map[string]bool)
	var quiet, patience <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-quiet:
			return slices.Sorted(maps.Keys(changed)), nil
		case <-patience:
			return slices.Sorted(maps.Keys(changed)), nil
		case err, ok := <-w.fs.Errors:
			switch {
			case !ok:
				return nil, errors.New("dev: the watch was closed")
			case errors.Is(err, fsnotify.ErrEventOverflow):
				// Something was lost: everything may have changed.
				for name := range w.things {
					changed[name] = true
				}
				quiet = time.After(watchQuiet)
			default:
				return nil, fmt.Errorf("dev: watching files: %w", err)
			}
		case e, ok := <-w.fs.Events:
			if !ok {
				return nil, errors.New("dev: the watch was closed")
			}
			names := w.touched(e)
			for _, name := range names {
				changed[name] = true
			}
			if len(names) == 0 {
				continue
			}
			if patience == nil {
				patience = time.After(watchPatience)
			}
			quiet = time.After(watchQuiet)
		}
	}
}

// touched returns the names that an event is about.
func (w *watch) touched(e fsnotify.Event) []string {
	if e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
		delete(w.dirs, e.Name) // if it was a folder, the system no longer watches it
	}
	if e.Op == fsnotify.Chmod || ignored(e.Name) {
		return nil
	}
	if e.Has(fsnotify.Create) {
		if info, err := os.Stat(e.Name); err == nil && info.IsDir() && w.within(e.Name) {
			_ = w.add(e.Name) // too many folders: those above are watched still
		}
	}
	var names []string
	for name, t := range w.things {
		if t.holds(e.Name) && (t.matches == nil || t.matches(e.Name)) {
			names = append(names, name)
		}
	}
	return names
}

// within tells whether a path lies in a folder that is followed.
func (w *watch) within(path string) bool {
	for _, t := range w.things {
		if t.holds(path) {
			return true
		}
	}
	return false
}

// holds tells whether a path is one of the thing's or lies below one.
func (t thing) holds(path string) bool {
	for _, p := range t.paths {
		if path == p || strings.HasPrefix(path, p+string(filepath.Separator)) {
			return true
		}
	}
	return false
}
