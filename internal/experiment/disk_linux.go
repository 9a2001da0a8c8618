package main

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// smallDiskSize leaves room for the cache of machine code and for the books.
const smallDiskSize = "size=192m"

// newSmallDisk makes a file system of its own where that is allowed. Elsewhere
// the host's process is told that no file of its may have more than two pages,
// which its store has from the start.
func newSmallDisk(dir string) (d smallDisk, kind string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, "", err
	}
	if unix.Mount("shardhost", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, smallDiskSize+",mode=0700") == nil {
		return ownDisk(dir), "a file system in memory", nil
	}
	return processLimit{}, "a limit of the process", nil
}

type ownDisk string

func (d ownDisk) filler() string { return filepath.Join(string(d), "filler") }

func (d ownDisk) fill(int) (err error) {
	f, err := os.Create(d.filler())
	if err != nil {
		return err
	}
	for size := 1 << 20; size > 0 && err == nil; size /= 256 { // 1 MiB, a page, what is left of one
		for err == nil {
			_, err = f.Write(make([]byte, size))
		}
		if errors.Is(err, unix.ENOSPC) {
			err = nil
		}
	}
	return errors.Join(err, f.Close())
}

func (d ownDisk) free(int) error { return os.Remove(d.filler()) }

func (d ownDisk) close() error { return unix.Unmount(string(d), unix.MNT_DETACH) }

type processLimit struct{}

func (processLimit) set(pid int, bytes uint64) error {
	var now unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_FSIZE, nil, &now); err != nil {
		return err
	}
	now.Cur = min(bytes, now.Max)
	return unix.Prlimit(pid, unix.RLIMIT_FSIZE, &now, nil)
}

func (l processLimit) fill(pid int) error { return l.set(pid, 2*4096) }

func (l processLimit) free(pid int) error { return l.set(pid, unix.RLIM_INFINITY) }

func (processLimit) close() error { return nil }
