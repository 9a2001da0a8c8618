package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shardhost/shardhost/internal/store"
	"github.com/shardhost/shardhost/internal/store/storetest"
)

func open(t testing.TB, path string) *store.File {
	t.Helper()
	s, err := store.OpenFile(path, store.FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t testing.TB, s store.Store, key string, value []byte) store.Revision {
	t.Helper()
	r, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: key, Value: value}}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFileConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		return open(t, filepath.Join(t.TempDir(), "state.db"))
	})
}

func TestFileOutlivesItsProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "deep", "state.db")
	s := open(t, path)
	first := put(t, s, "k", []byte("v"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("second close: %v", err)
	}

	s = open(t, path)
	defer func() { _ = s.Close() }()
	e, err := s.Get(t.Context(), "k")
	if err != nil || string(e.Value) != "v" || e.Revision != first {
		t.Fatalf("after reopening: %+v, %v", e, err)
	}
	if next := put(t, s, "k", nil); next <= first {
		t.Fatalf("revision %d after reopening, want more than %d", next, first)
	}
}

func TestFileIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	path := filepath.Join(dir, "state.db")
	modes := func(when string) {
		t.Helper()
		for name, want := range map[string]os.FileMode{path: 0o600, dir: 0o700} {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != want {
				t.Errorf("%s: mode of %s is %o, want %o", when, name, got, want)
			}
		}
	}
	s := open(t, path)
	modes("new")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	defer func() { _ = s.Close() }()
	modes("opened although others could read it")
}

func TestFileHasOneOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	owner := open(t, path)
	_, err := store.OpenFile(path, store.FileOptions{LockTimeout: time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "another shardhost uses "+path) {
		t.Fatalf("second owner: %v", err)
	}
	put(t, owner, "k", nil)
	if err := owner.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFileRefusesWhatIsNoStore(t *testing.T) {
	text := []byte(strings.Repeat("this is not a store\n", 4000))
	cases := []struct {
		name   string
		damage func(t *testing.T, path string)
		says   string
	}{
		{"a text file", func(t *testing.T, path string) { write(t, path, text) }, "damaged or not a store"},
		{"a few bytes", func(t *testing.T, path string) { write(t, path, []byte("x")) }, "damaged or not a store"},
		{"cut off in the middle", func(t *testing.T, path string) { truncate(t, path, 0.5) }, "damaged or not a store"},
		{"cut off after the meta pages", func(t *testing.T, path string) { truncate(t, path, 0) }, "damaged or not a store"},
		{"meta pages overwritten", func(t *testing.T, path string) { overwrite(t, path, 0, 8192) }, "damaged or not a store"},
		{"a folder", func(t *testing.T, path string) {
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
				t.Fatal(err)
			}
		}, "is not a file"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filled(t)
			c.damage(t, path)
			before, _ := os.ReadFile(path)
			_, err := store.OpenFile(path, store.FileOptions{LockTimeout: time.Millisecond})
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
				t.Fatalf("error %v, want one with %q and the path", err, c.says)
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("the file was changed")
			}
			// The lock is free again: a second attempt says the same.
			if _, again := store.OpenFile(path, store.FileOptions{LockTimeout: time.Millisecond}); again == nil || again.Error() != err.Error() {
				t.Errorf("second attempt: %v, first: %v", again, err)
			}
		})
	}
}

// filled makes a store of some hundred pages, closes it and returns its path.
func filled(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	var b store.Batch
	for i := range 500 {
		b.Writes = append(b.Writes, store.Write{Key: fmt.Sprintf("key/%04d", i), Value: make([]byte, 1000)})
	}
	if _, err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func write(t *testing.T, path string, content []byte) {
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func truncate(t *testing.T, path string, share float64) {
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	size := max(int64(float64(info.Size())*share), int64(2*os.Getpagesize()))
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

func overwrite(t *testing.T, path string, from, to int64) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	junk := make([]byte, to-from)
	for i := range junk {
		junk[i] = byte(i*7 + 3)
	}
	if _, err := f.WriteAt(junk, from); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// Damage that opening cannot see is an error of the call that meets it, and of
// every later one, and never ends the process.
func TestFileDamageInside(t *testing.T) {
	path := filled(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	overwrite(t, path, int64(4*os.Getpagesize()), info.Size()/2)
	s, err := store.OpenFile(path, store.FileOptions{})
	if err != nil {
		if !strings.Contains(err.Error(), "damaged") {
			t.Fatalf("open: %v", err)
		}
		return
	}
	var first error
	for i := 0; i < 500 && first == nil; i++ {
		if _, err := s.Get(t.Context(), fmt.Sprintf("key/%04d", i)); err != nil && !errors.Is(err, store.ErrNotFound) {
			first = err
		}
	}
	if first == nil || !strings.Contains(first.Error(), "damaged") {
		t.Fatalf("reading every key of a damaged file: %v", first)
	}
	if _, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: "k"}}}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Fatalf("commit into a damaged file: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
}

// When the disk refuses, all callers of the group hear it, and nothing of it is
// there afterwards.
func TestFileDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s, err := store.OpenFile(path, store.FileOptions{MaxSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	before := put(t, s, "small", []byte("v"))

	const n = 8
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			_, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{
				{Key: fmt.Sprintf("small/%d", i)},
				{Key: fmt.Sprintf("big/%d", i), Value: make([]byte, 2<<20)},
			}})
			if err == nil || !strings.Contains(err.Error(), "largest size") {
				t.Errorf("commit %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	entries, err := s.List(t.Context(), "", "", 0)
	if err != nil || len(entries) != 1 || entries[0].Revision != before {
		t.Fatalf("after the failure: %d entries, %v", len(entries), err)
	}
	if r := put(t, s, "small", []byte("w")); r <= before {
		t.Fatalf("revision %d after %d", r, before)
	}
}

func TestFileOpenErrors(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), nil)
	if _, err := store.OpenFile(filepath.Join(dir, "file", "state.db"), store.FileOptions{}); err == nil {
		t.Error("a folder that is a file was accepted")
	}
}

func BenchmarkFileCommit(b *testing.B) {
	for _, committers := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("committers=%d", committers), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "state.db"))
			defer func() { _ = s.Close() }()
			value := make([]byte, 200)
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for w := range committers {
				wg.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						key := fmt.Sprintf("key/%d/%d", w, i%100)
						if _, err := s.Commit(context.Background(), store.Batch{Writes: []store.Write{{Key: key, Value: value}}}); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}

func BenchmarkFileGet(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "state.db"))
	defer func() { _ = s.Close() }()
	var batch store.Batch
	for i := range 10_000 {
		batch.Writes = append(batch.Writes, store.Write{Key: fmt.Sprintf("key/%06d", i), Value: make([]byte, 200)})
	}
	if _, err := s.Commit(b.Context(), batch); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := s.Get(b.Context(), fmt.Sprintf("key/%06d", i%10_000)); err != nil {
			b.Fatal(err)
		}
	}
}

// Opening reads the file through.
func BenchmarkFileOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "state.db")
	s := open(b, path)
	const records, each = 100_000, 10_000
	for from := 0; from < records; from += each {
		var batch store.Batch
		for i := range each {
			batch.Writes = append(batch.Writes, store.Write{Key: fmt.Sprintf("key/%06d", from+i), Value: make([]byte, 200)})
		}
		if _, err := s.Commit(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		s = open(b, path)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}
