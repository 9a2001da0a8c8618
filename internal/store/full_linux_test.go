package store_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/shardhost/shardhost/internal/store"
	"golang.org/x/sys/unix"
)

// childVariable tells a test that it runs in a process of its own.
const childVariable = "SHARDHOST_STORE_TEST_CHILD"

// alone runs a test in a process of its own, and is true there: the limit of full
// would meet the files of the test's own machinery too.
func alone(t *testing.T) bool {
	t.Helper()
	if os.Getenv(childVariable) != "" {
		return true
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), childVariable+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// full lets no file of this process have more than some bytes, as on a disk
// without room, until the function that it returns is called.
func full(t *testing.T, bytes uint64) (free func()) {
	t.Helper()
	signal.Ignore(unix.SIGXFSZ) // else the system ends the process
	t.Cleanup(func() { signal.Reset(unix.SIGXFSZ) })
	set := func(n uint64) {
		var now unix.Rlimit
		if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &now); err != nil {
			t.Fatal(err)
		}
		now.Cur = min(n, now.Max)
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &now); err != nil {
			t.Fatal(err)
		}
	}
	set(bytes)
	free = func() { set(unix.RLIM_INFINITY) }
	t.Cleanup(free)
	return free
}

// A store on a disk without room tells every caller, still reads, and goes on
// when there is room again.
func TestFileWithoutRoom(t *testing.T) {
	if !alone(t) {
		return
	}
	path := filepath.Join(t.TempDir(), "state.db")
	s, err := store.OpenFile(path, store.FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "before", []byte("v"))
	free := full(t, 8192)
	for range 3 {
		if _, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: "k", Value: []byte("w")}}}); !errors.Is(err, syscall.EFBIG) || !strings.Contains(err.Error(), path) {
			t.Errorf("commit without room: %v", err)
		}
		if e, err := s.Get(t.Context(), "before"); err != nil || string(e.Value) != "v" {
			t.Errorf("read without room: %q, %v", e.Value, err)
		}
		if _, err := s.Get(t.Context(), "k"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("read of what had no room: %v", err)
		}
	}
	if n := s.Stats().Failures; n != 3 {
		t.Errorf("%d failures are counted, want 3", n)
	}
	free()
	put(t, s, "k", []byte("x"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err = store.OpenFile(path, store.FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if e, err := s.Get(t.Context(), "k"); err != nil || string(e.Value) != "x" {
		t.Errorf("after all: %q, %v", e.Value, err)
	}
}

// A first start on a disk without room leaves nothing that would be in the way
// of the next one; nor does one that dies.
func TestFileNotMade(t *testing.T) {
	if !alone(t) {
		return
	}
	for _, room := range []uint64{0, 1, 4096, 8192, 16384, 20480, 24576} {
		dir := t.TempDir()
		path := filepath.Join(dir, "state.db")
		free := full(t, room)
		s, err := store.OpenFile(path, store.FileOptions{})
		if err == nil || !strings.Contains(err.Error(), "make room") || !strings.Contains(err.Error(), path) {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
		if err == nil {
			s.Close()
		}
		free()
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("with room for %d bytes %v is left", room, left)
		}
		write(t, path+".1.new", []byte("half a store"))
		if s, err = store.OpenFile(path, store.FileOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Where nothing may be written the error says who must be allowed to.
func TestFileReadOnly(t *testing.T) {
	for _, test := range []struct {
		name         string
		exists       bool
		file, folder os.FileMode
	}{
		{"the folder, no file", false, 0, 0o500},
		{"the file", true, 0o400, 0o700},
		{"nothing can be read", true, 0, 0o700},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "state.db")
			if test.exists {
				s, err := store.OpenFile(path, store.FileOptions{})
				if err != nil {
					t.Fatal(err)
				}
				put(t, s, "k", []byte("v"))
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(path, test.file); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir, test.folder); err != nil {
				t.Fatal(err)
			}
			asNobody(t, dir, path)
			s, err := store.OpenFile(path, store.FileOptions{})
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "change the owner") {
				t.Errorf("opened with %v", err)
			}
		})
	}
}

// asNobody gives files to an ordinary user and lets this goroutine be that user
// towards the file system until the test ends: root may do everything. For
// anyone else there is nothing to do.
func asNobody(t *testing.T, files ...string) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	for _, f := range files {
		if err := os.Chown(f, nobody, nobody); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	for dir := filepath.Dir(files[0]); len(dir) > len(os.TempDir()); dir = filepath.Dir(dir) { // the way to them
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	runtime.LockOSThread()
	if err := unix.Setfsuid(nobody); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = unix.Setfsuid(0) // fails never for root
		runtime.UnlockOSThread()
	})
}
