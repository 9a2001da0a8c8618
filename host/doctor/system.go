package doctor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/language"
	"github.com/shardhost/shardhost/internal/store"
)

// spareFiles is how many open files a host needs besides its shards: the store,
// plugins, REST connections.
const spareFiles = 256

// files looks at how many files the process may open.
func (e *examination) files() {
	may, known := openFiles()
	need := uint64(max(e.cfg.Gateway.ShardCount, len(e.cfg.Gateway.ShardIDs), 16) + spareFiles)
	switch {
	case !known:
		e.ok("open files", "this system has no limit to look at")
	case may < need:
		e.add("open files", Fail, fmt.Sprintf("raise it: ulimit -n %d, or LimitNOFILE=%d in the systemd unit", 2*need, 2*need), "at most %d are allowed, %d are needed", may, need)
	default:
		e.ok("open files", "%d are allowed", may)
	}
}

// Free space in bytes that a host wants to find.
const (
	spaceFail = 64 << 20
	spaceWarn = 1 << 30
)

// directory looks at the folder that holds everything durable.
func (e *examination) directory() {
	dir := e.cfg.Host.DataDir
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.ok("data directory", "%s will be made at the first start", dir)
		return
	case err != nil:
		e.add("data directory", Fail, "let the user that runs the host read it", "%s", err)
		return
	case !info.IsDir():
		e.add("data directory", Fail, "move it away, or set host { data_dir }", "%s is no folder", dir)
		return
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		e.add("data directory", Warn, "chmod 700 "+dir, "%s may be entered by others (%s): it holds session ids and plugins' data", dir, info.Mode().Perm())
	default:
		e.ok("data directory", "%s is the host's own", dir)
	}
	if free, known := freeSpace(dir); known {
		switch {
		case free < spaceFail:
			e.add("disk space", Fail, "make room: when the disk is full nothing is committed any more", "%d MiB are free", free>>20)
		case free < spaceWarn:
			e.add("disk space", Warn, "make room before it is full", "%d MiB are free", free>>20)
		default:
			e.ok("disk space", "%.1f GiB are free", float64(free)/(1<<30))
		}
	}
	e.disk(dir)
}

// Durations of a durable write. A plugin's effects wait for one.
const (
	syncWarn = 25 * time.Millisecond
	writes   = 9
)

// disk measures durable writes of a page.
func (e *examination) disk(dir string) {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		e.add("disk", Fail, "let the user that runs the host write there", "%s", err)
		return
	}
	defer os.Remove(f.Name())
	defer f.Close()
	page := bytes.Repeat([]byte{0x5a}, 4096)
	took := make([]time.Duration, writes)
	for i := range took {
		began := time.Now()
		_, err := f.Write(page)
		if err == nil {
			err = f.Sync()
		}
		if err != nil {
			e.add("disk", Fail, "look at the disk and the system's log", "a durable write fails: %s", err)
			return
		}
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	median := took[len(took)/2].Round(10 * time.Microsecond)
	if median > syncWarn {
		e.add("disk", Warn, "put data_dir on a local SSD: every effect of a plugin waits for such a write", "a durable write takes %s", median)
		return
	}
	e.ok("disk", "a durable write takes %s", median)
}

// store opens the store, if there is one and no host has it.
func (e *examination) store() {
	path := filepath.Join(e.cfg.Host.DataDir, "shardhost.db")
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.ok("store", "it will be made at the first start")
		return
	case err != nil:
		e.add("store", Fail, "let the user that runs the host read it", "%s", err)
		return
	}
	f, err := store.OpenFile(path, store.FileOptions{})
	switch {
	case errors.Is(err, store.ErrLocked):
		e.ok("store", "a running host has it; %.1f MiB", float64(info.Size())/(1<<20))
		return
	case err != nil:
		e.add("store", Fail, "put a backup in its place, or move it aside to begin with an empty one", "%s", err)
		return
	}
	if err := f.Close(); err != nil {
		e.add("store", Fail, "look at the disk and the system's log", "%s", err)
		return
	}
	e.ok("store", "it can be read and written; %.1f MiB", float64(info.Size())/(1<<20))
}

// toolchain looks for the compilers of the plugins that are built from source.
func (e *examination) toolchain(ctx context.Context) {
	seen := map[string]bool{}
	for _, p := range e.cfg.Plugins {
		l, ok := language.Of(p.Source)
		if !p.FromSource() || !ok || seen[l.Name] {
			continue
		}
		seen[l.Name] = true
		version, err := build.Toolchain(ctx, p.Source)
		if err != nil {
			e.add(l.Name, Fail, "install the compiler, or set source to a finished .wasm file", "plugin %s is %s source: %s", p.Name, l.Title, err)
			continue
		}
		e.ok(l.Name, "%s builds the plugins that are %s source", version, l.Title)
	}
}
