package store_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/internal/store"
	"go.etcd.io/bbolt"
)

// books makes a file with some commits in it and returns its bytes and its
// records before and after the last of them.
func books(t *testing.T) (before, after []byte, was, is map[string]string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	commit := func(records map[string]string, n int) {
		var b store.Batch
		for i := range n {
			key, value := fmt.Sprintf("key/%03d", (i*37+n)%200), strings.Repeat(fmt.Sprint(i, n), 1+i%40)
			if i%60 == 7 {
				value = strings.Repeat(value, 100) // over several pages
			}
			if _, twice := records[key+"!"]; !twice {
				b.Writes = append(b.Writes, store.Write{Key: key, Value: []byte(value)})
				records[key], records[key+"!"] = value, ""
			}
		}
		maps.DeleteFunc(records, func(k, _ string) bool { return strings.HasSuffix(k, "!") })
		if _, err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	read := func() []byte {
		t.Helper()
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	is = map[string]string{}
	for n := 1; n < 200; n += 33 {
		commit(is, n)
	}
	was = maps.Clone(is)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before = read()
	s = open(t, path)
	commit(is, 55)
	after = read()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return before, after, was, is
}

// holds tells whether a store has exactly those records. An error of the store
// is returned, a wrong record fails the test.
func holds(t *testing.T, s *store.File, records map[string]string) (bool, error) {
	t.Helper()
	entries, err := s.List(t.Context(), "", "", 0)
	if err != nil {
		return false, err
	}
	if len(entries) != len(records) {
		return false, nil
	}
	for _, e := range entries {
		if records[e.Key] != string(e.Value) {
			return false, nil
		}
	}
	return true, nil
}

// A power cut stops the last commit at any byte. bbolt writes pages, waits for
// the disk, and then writes one of its two roots; what is there afterwards is
// the state before the commit or after it.
func TestFilePowerCut(t *testing.T) {
	before, after, was, is := books(t)
	page := os.Getpagesize()
	var order []int // of the bytes that the commit has changed
	grown := append(bytes.Clone(before), make([]byte, max(0, len(after)-len(before)))...)
	for at := 2 * page; at < len(after); at++ {
		if grown[at] != after[at] {
			order = append(order, at)
		}
	}
	roots := len(order)
	for at := range 2 * page {
		if grown[at] != after[at] {
			order = append(order, at)
		}
	}
	if roots == 0 || roots == len(order) {
		t.Fatalf("the commit has changed %d bytes, %d of them in the roots", len(order), len(order)-roots)
	}
	path := filepath.Join(t.TempDir(), "state.db")
	image := bytes.Clone(grown)
	for n, at := range order {
		image[at] = after[at]
		if n < roots && n%997 != 0 && n < roots-20 {
			continue
		}
		write(t, path, image)
		s, err := store.OpenFile(path, store.FileOptions{})
		if err != nil {
			t.Fatalf("after %d of %d bytes: %v", n+1, len(order), err)
		}
		old, err1 := holds(t, s, was)
		now, err2 := holds(t, s, is)
		if err := errors.Join(err1, err2); err != nil || !old && !now || n < roots && !old || n == len(order)-1 && !now {
			t.Fatalf("after %d of %d bytes: the state before %v, after %v, %v", n+1, len(order), old, now, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A file that is cut off anywhere is refused, and left as it is.
func TestFileCutOff(t *testing.T) {
	_, after, _, _ := books(t)
	path := filepath.Join(t.TempDir(), "state.db")
	used := len(after)
	for used > 0 && after[used-1] == 0 {
		used--
	}
	for size := 1; size < used; size += 1 + size%701 {
		write(t, path, after[:size])
		_, err := store.OpenFile(path, store.FileOptions{LockTimeout: time.Millisecond})
		if err == nil || !strings.Contains(err.Error(), "damaged or not a store") {
			t.Fatalf("%d of %d bytes: %v", size, len(after), err)
		}
		if left, _ := os.ReadFile(path); !bytes.Equal(left, after[:size]) {
			t.Fatalf("%d of %d bytes: the file was changed", size, len(after))
		}
	}
}

// Whichever bits of a file the disk turns over: what is read is what was
// written, or there is an error; never another value, and nothing ends the
// process.
func TestFileBitRot(t *testing.T) {
	_, after, was, is := books(t)
	path := filepath.Join(t.TempDir(), "state.db")
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	page := os.Getpagesize()
	refused := 0
	for i := range 500 {
		image := bytes.Clone(after)
		at := r.IntN(len(image))
		if i%2 == 0 { // where pages and elements describe themselves
			at = at/page*page + r.IntN(200)
		}
		width := 1 + r.IntN(8)
		for k := at; k < min(at+width, len(image)); k++ {
			image[k] ^= byte(1 + r.IntN(255))
		}
		write(t, path, image)
		s, err := store.OpenFile(path, store.FileOptions{LockTimeout: time.Millisecond})
		if err != nil {
			if _, again := store.OpenFile(path, store.FileOptions{LockTimeout: time.Millisecond}); again == nil || again.Error() != err.Error() {
				t.Fatalf("seed %d, byte %d: refused with %v, then %v", seed, at, err, again)
			}
			if refused++; !strings.Contains(err.Error(), "damaged or not a store") && !strings.Contains(err.Error(), "newer shardhost") {
				t.Fatalf("seed %d, byte %d: %v", seed, at, err)
			}
			continue
		}
		ok, err := holds(t, s, is)
		if !ok && err == nil && at < 2*page {
			ok, err = holds(t, s, was) // without the newer root it is as if that commit had not been finished
		}
		if !ok && err == nil {
			t.Fatalf("seed %d, byte %d: it opened with other records", seed, at)
		}
		if _, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: "new", Value: make([]byte, 5000)}}}); err != nil && !strings.Contains(err.Error(), "damaged") {
			t.Fatalf("seed %d, byte %d: commit: %v", seed, at, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of 500 damaged files were refused", refused)
}

// FuzzFile opens a file with some bytes replaced.
func FuzzFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "state.db")
	s := open(f, path)
	for i := range 40 {
		put(f, s, fmt.Sprint(i), bytes.Repeat([]byte{byte(i)}, i*40))
	}
	if err := s.Close(); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(0), []byte{1})
	f.Add(uint32(4*os.Getpagesize()+8), []byte{1, 0, 255, 255})
	f.Fuzz(func(t *testing.T, at uint32, bytes []byte) {
		image := append([]byte(nil), good...)
		copy(image[int(at)%len(image):], bytes)
		path := filepath.Join(t.TempDir(), "state.db")
		if err := os.WriteFile(path, image, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := store.OpenFile(path, store.FileOptions{})
		if err != nil {
			return
		}
		_, _ = s.List(t.Context(), "", "", 0)
		_, _ = s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: "k", Value: make([]byte, 9000)}}})
		_ = s.Close()
	})
}

// bolt changes a file behind the store's back.
func bolt(t *testing.T, path string, change func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(change), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestFileOfAnotherFormat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	bolt(t, path, func(tx *bbolt.Tx) error { // as the first version wrote it
		records, err := tx.CreateBucket([]byte("records"))
		if err != nil {
			return err
		}
		for i := range 3000 {
			stored := binary.BigEndian.AppendUint64(nil, uint64(i+1))
			if err := records.Put(fmt.Appendf(nil, "k/%04d", i), append(stored, fmt.Sprint(i)...)); err != nil {
				return err
			}
		}
		return records.SetSequence(3000)
	})
	for range 2 {
		s := open(t, path)
		entries, err := s.List(t.Context(), "k/", "", 0)
		if err != nil || len(entries) != 3000 {
			t.Fatalf("%d records, %v", len(entries), err)
		}
		for i, e := range entries {
			if string(e.Value) != fmt.Sprint(i) || e.Revision != store.Revision(i+1) {
				t.Fatalf("record %d is %+v", i, e)
			}
		}
		if r := put(t, s, "later", nil); r <= 3000 {
			t.Fatalf("revision %d after 3000", r)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	bolt(t, path, func(tx *bbolt.Tx) error {
		if tx.Bucket([]byte("records")) != nil {
			t.Error("the records of format 1 are still there")
		}
		return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte("3"))
	})
	content, _ := os.ReadFile(path)
	_, err := store.OpenFile(path, store.FileOptions{})
	if err == nil || !strings.Contains(err.Error(), "written by a newer shardhost (format 3, this one knows 2)") || strings.Contains(err.Error(), "damaged") {
		t.Errorf("a newer format: %v", err)
	}
	if left, _ := os.ReadFile(path); !bytes.Equal(left, content) {
		t.Error("a file of a newer format was changed")
	}
	bolt(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte("x")) })
	if _, err := store.OpenFile(path, store.FileOptions{}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a format that is no number: %v", err)
	}
}

// A page that names itself would let bbolt recurse until the process dies.
func TestFileWithACycle(t *testing.T) {
	_, image, _, _ := books(t)
	page := os.Getpagesize()
	path := filepath.Join(t.TempDir(), "state.db")
	cycles := 0
	for id := 2; id < len(image)/page; id++ {
		p := image[id*page:]
		if binary.LittleEndian.Uint16(p[8:]) != 1 { // no branch
			continue
		}
		broken := bytes.Clone(image)
		binary.LittleEndian.PutUint64(broken[id*page+16+8:], uint64(id))
		write(t, path, broken)
		if s, err := store.OpenFile(path, store.FileOptions{}); err == nil { // an old page, free by now
			_ = s.Close()
		} else if cycles++; !strings.Contains(err.Error(), "used twice") {
			t.Errorf("page %d: %v", id, err)
		}
	}
	if cycles == 0 {
		t.Error("the file has no branch page in use")
	}
}
