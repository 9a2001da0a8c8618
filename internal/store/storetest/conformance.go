// Package storetest checks that an implementation of store.Store keeps the
// interface's promises. Every engine runs the same suite:
//
//	func TestConformance(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Store { return open(t) })
//	}
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/shardhost/shardhost/internal/store"
)

// Run runs the suite. open returns an empty store each time; the suite closes
// it.
func Run(t *testing.T, open func(*testing.T) store.Store) {
	cases := []struct {
		name  string
		check func(*testing.T, store.Store)
	}{
		{"a missing key is ErrNotFound", missingKey},
		{"a committed value is read back with its revision", readBack},
		{"each write raises the revision, also over a deletion", revisionsRise},
		{"all writes of a batch share the returned revision", sharedRevision},
		{"deleting a missing key is no error", deleteMissing},
		{"a failed check changes nothing", failedCheck},
		{"a check of revision 0 means that the key is absent", absentCheck},
		{"a batch of checks alone reports whether they hold", checksAlone},
		{"values are copies in both directions", copies},
		{"empty and large values survive", valueSizes},
		{"list pages through a prefix in order", listPages},
		{"list compares bytes", listBytes},
		{"invalid batches are refused whole", invalidBatches},
		{"of many contenders for a revision one wins", contenders},
		{"counters lose no increment", counters},
		{"conflicts of others do not disturb a batch", mixedGroup},
		{"a watch tells of every later write, in order", watching},
		{"a watch that is behind ends", watchingLate},
		{"a watch ends with its context, and with the store", watchingEnds},
		{"an outcome that nobody was told is found by reading back", unknownOutcome},
		{"a context that has ended stops every call", endedContext},
		{"close waits for commits and ends every call", closing},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			defer func() {
				if err := s.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			}()
			c.check(t, s)
		})
	}
}

func put(t *testing.T, s store.Store, key, value string) store.Revision {
	t.Helper()
	return commit(t, s, store.Batch{Writes: []store.Write{{Key: key, Value: []byte(value)}}})
}

func commit(t *testing.T, s store.Store, b store.Batch) store.Revision {
	t.Helper()
	revision, err := s.Commit(t.Context(), b)
	if err != nil {
		t.Fatalf("commit: %v", err)
	}
	return revision
}

func want(t *testing.T, s store.Store, key, value string, revision store.Revision) {
	t.Helper()
	e, err := s.Get(t.Context(), key)
	if err != nil {
		t.Fatalf("get %q: %v", key, err)
	}
	if e.Key != key || string(e.Value) != value || e.Revision != revision {
		t.Fatalf("get %q: %q = %q at revision %d, want %q at %d", key, e.Key, e.Value, e.Revision, value, revision)
	}
}

func wantMissing(t *testing.T, s store.Store, key string) {
	t.Helper()
	if e, err := s.Get(t.Context(), key); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("get %q: %q, %v, want ErrNotFound", key, e.Value, err)
	}
}

func missingKey(t *testing.T, s store.Store) {
	wantMissing(t, s, "nobody")
	wantMissing(t, s, "")
	put(t, s, "some", "one")
	wantMissing(t, s, "som")
	wantMissing(t, s, "some1")
}

func readBack(t *testing.T, s store.Store) {
	r := put(t, s, "k", "v")
	if r == 0 {
		t.Fatal("revision 0 means that a key does not exist; a write got it")
	}
	want(t, s, "k", "v", r)
}

func revisionsRise(t *testing.T, s store.Store) {
	first := put(t, s, "k", "1")
	second := put(t, s, "k", "2")
	commit(t, s, store.Batch{Writes: []store.Write{{Key: "k", Delete: true}}})
	wantMissing(t, s, "k")
	third := put(t, s, "k", "3")
	if !(first < second && second < third) {
		t.Fatalf("revisions %d, %d, after a deletion %d: they must rise", first, second, third)
	}
	want(t, s, "k", "3", third)
}

func sharedRevision(t *testing.T, s store.Store) {
	r := commit(t, s, store.Batch{Writes: []store.Write{{Key: "a", Value: []byte("1")}, {Key: "b", Value: []byte("2")}}})
	want(t, s, "a", "1", r)
	want(t, s, "b", "2", r)
}

func deleteMissing(t *testing.T, s store.Store) {
	commit(t, s, store.Batch{Writes: []store.Write{{Key: "nobody", Delete: true}}})
	wantMissing(t, s, "nobody")
}

func failedCheck(t *testing.T, s store.Store) {
	r := put(t, s, "k", "old")
	other := put(t, s, "other", "o")
	for _, c := range []store.Check{{Key: "k", Revision: r + 1}, {Key: "k", Revision: 0}, {Key: "k", Revision: other}, {Key: "absent", Revision: r}} {
		_, err := s.Commit(t.Context(), store.Batch{
			Checks: []store.Check{{Key: "other", Revision: other}, c},
			Writes: []store.Write{{Key: "k", Value: []byte("new")}, {Key: "other", Delete: true}, {Key: "third"}},
		})
		if !errors.Is(err, store.ErrConflict) {
			t.Fatalf("check %+v: %v, want ErrConflict", c, err)
		}
	}
	want(t, s, "k", "old", r)
	want(t, s, "other", "o", other)
	wantMissing(t, s, "third")
}

func absentCheck(t *testing.T, s store.Store) {
	create := store.Batch{Checks: []store.Check{{Key: "k"}}, Writes: []store.Write{{Key: "k", Value: []byte("v")}}}
	r := commit(t, s, create)
	if _, err := s.Commit(t.Context(), create); !errors.Is(err, store.ErrConflict) {
		t.Fatalf("second creation: %v, want ErrConflict", err)
	}
	commit(t, s, store.Batch{Checks: []store.Check{{Key: "k", Revision: r}}, Writes: []store.Write{{Key: "k", Delete: true}}})
	commit(t, s, create)
}

func checksAlone(t *testing.T, s store.Store) {
	r := put(t, s, "k", "v")
	commit(t, s, store.Batch{Checks: []store.Check{{Key: "k", Revision: r}}})
	if _, err := s.Commit(t.Context(), store.Batch{Checks: []store.Check{{Key: "k", Revision: r + 7}}}); !errors.Is(err, store.ErrConflict) {
		t.Fatalf("wrong check: %v, want ErrConflict", err)
	}
	commit(t, s, store.Batch{})
	want(t, s, "k", "v", r)
}

func copies(t *testing.T, s store.Store) {
	value := []byte("kept")
	r := commit(t, s, store.Batch{Writes: []store.Write{{Key: "k", Value: value}}})
	copy(value, "XXXX")
	want(t, s, "k", "kept", r)

	e, err := s.Get(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	copy(e.Value, "XXXX")
	want(t, s, "k", "kept", r)

	listed, err := s.List(t.Context(), "k", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	copy(listed[0].Value, "XXXX")
	want(t, s, "k", "kept", r)
}

func valueSizes(t *testing.T, s store.Store) {
	r := commit(t, s, store.Batch{Writes: []store.Write{{Key: "nil"}, {Key: "empty", Value: []byte{}}}})
	want(t, s, "nil", "", r)
	want(t, s, "empty", "", r)
	large := string(bytes.Repeat([]byte("0123456789abcdef"), 256<<10)) // 4 MiB
	want(t, s, "large", large, put(t, s, "large", large))
	long := string(bytes.Repeat([]byte{'k'}, store.MaxKeySize))
	want(t, s, long, "v", put(t, s, long, "v"))
}

func listPages(t *testing.T, s store.Store) {
	var batch store.Batch
	for i := range 25 {
		batch.Writes = append(batch.Writes, store.Write{Key: fmt.Sprintf("list/%02d", 24-i), Value: []byte(strconv.Itoa(24 - i))})
	}
	batch.Writes = append(batch.Writes, store.Write{Key: "lisp"}, store.Write{Key: "list"}, store.Write{Key: "list0"})
	r := commit(t, s, batch)
	after := ""
	for page, size := range []int{10, 10, 5, 0} {
		entries, err := s.List(t.Context(), "list/", after, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != size {
			t.Fatalf("page %d has %d entries, want %d", page, len(entries), size)
		}
		for i, e := range entries {
			n := page*10 + i
			if e.Key != fmt.Sprintf("list/%02d", n) || string(e.Value) != strconv.Itoa(n) || e.Revision != r {
				t.Fatalf("entry %d is %q = %q at %d", n, e.Key, e.Value, e.Revision)
			}
			after = e.Key
		}
	}
	all, err := s.List(t.Context(), "", "", 0)
	if err != nil || len(all) != 28 {
		t.Fatalf("list of everything: %d entries, %v, want 28", len(all), err)
	}
	from, err := s.List(t.Context(), "list/", "list/20x", 0)
	if err != nil || len(from) != 4 || from[0].Key != "list/21" {
		t.Fatalf("list after a key that does not exist: %v, %v", from, err)
	}
	before, err := s.List(t.Context(), "list/", "a", 1)
	if err != nil || len(before) != 1 || before[0].Key != "list/00" {
		t.Fatalf("list after a key before the prefix: %v, %v", before, err)
	}
	none, err := s.List(t.Context(), "list/", "z", 0)
	if err != nil || len(none) != 0 {
		t.Fatalf("list after a key behind the prefix: %v, %v", none, err)
	}
}

func listBytes(t *testing.T, s store.Store) {
	keys := []string{"p\x00", "p\x00a", "p ", "pZ", "pa", "p\x7f", "p\xc3\xa4", "p\xff", "p\xff\xff"}
	for i := len(keys) - 1; i >= 0; i-- {
		put(t, s, keys[i], "")
	}
	put(t, s, "q", "")
	entries, err := s.List(t.Context(), "p", "", 0)
	if err != nil || len(entries) != len(keys) {
		t.Fatalf("%d entries, %v, want %d", len(entries), err, len(keys))
	}
	for i, e := range entries {
		if e.Key != keys[i] {
			t.Fatalf("entry %d is %q, want %q", i, e.Key, keys[i])
		}
	}
	if tail, err := s.List(t.Context(), "p\xff", "p\xff", 0); err != nil || len(tail) != 1 {
		t.Fatalf("list of the last prefix: %v, %v", tail, err)
	}
}

func invalidBatches(t *testing.T, s store.Store) {
	good := store.Write{Key: "good", Value: []byte("v")}
	for name, b := range map[string]store.Batch{
		"empty key":       {Writes: []store.Write{good, {Key: ""}}},
		"key too long":    {Writes: []store.Write{good, {Key: string(make([]byte, store.MaxKeySize+1))}}},
		"key twice":       {Writes: []store.Write{good, {Key: "good", Delete: true}}},
		"empty check key": {Checks: []store.Check{{}}, Writes: []store.Write{good}},
	} {
		if _, err := s.Commit(t.Context(), b); err == nil || errors.Is(err, store.ErrConflict) {
			t.Errorf("%s: %v, want an error of its own", name, err)
		}
	}
	wantMissing(t, s, "good")
}

func contenders(t *testing.T, s store.Store) {
	r := put(t, s, "lease", "free")
	const n = 16
	won := make(chan string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			_, err := s.Commit(t.Context(), store.Batch{
				Checks: []store.Check{{Key: "lease", Revision: r}},
				Writes: []store.Write{{Key: "lease", Value: []byte(strconv.Itoa(i))}},
			})
			switch {
			case err == nil:
				won <- strconv.Itoa(i)
			case !errors.Is(err, store.ErrConflict):
				t.Errorf("contender %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("%d contenders won, want 1", len(won))
	}
	if e, err := s.Get(t.Context(), "lease"); err != nil || string(e.Value) != <-won {
		t.Fatalf("the record is %q, %v", e.Value, err)
	}
}

func counters(t *testing.T, s store.Store) {
	const workers, each = 8, 25
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for done := 0; done < each; {
				if err := increment(t.Context(), s, "count"); err == nil {
					done++
				} else if !errors.Is(err, store.ErrConflict) {
					t.Errorf("increment: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	if e, err := s.Get(t.Context(), "count"); err != nil || string(e.Value) != strconv.Itoa(workers*each) {
		t.Fatalf("the counter is %q, %v, want %d", e.Value, err, workers*each)
	}
}

func increment(ctx context.Context, s store.Store, key string) error {
	e, err := s.Get(ctx, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	n := 0
	if err == nil {
		if n, err = strconv.Atoi(string(e.Value)); err != nil {
			return err
		}
	}
	_, err = s.Commit(ctx, store.Batch{
		Checks: []store.Check{{Key: key, Revision: e.Revision}},
		Writes: []store.Write{{Key: key, Value: []byte(strconv.Itoa(n + 1))}},
	})
	return err
}

func mixedGroup(t *testing.T, s store.Store) {
	r := put(t, s, "fixed", "v")
	const n = 40
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			check := store.Check{Key: "fixed", Revision: r}
			if i%2 == 1 {
				check.Revision = r + 1000
			}
			_, err := s.Commit(t.Context(), store.Batch{
				Checks: []store.Check{check},
				Writes: []store.Write{{Key: fmt.Sprintf("own/%02d", i)}},
			})
			if i%2 == 0 && err != nil || i%2 == 1 && !errors.Is(err, store.ErrConflict) {
				t.Errorf("batch %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	entries, err := s.List(t.Context(), "own/", "", 0)
	if err != nil || len(entries) != n/2 {
		t.Fatalf("%d batches took effect, %v, want %d", len(entries), err, n/2)
	}
}

func endedContext(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Get(ctx, "k"); !errors.Is(err, context.Canceled) {
		t.Errorf("get: %v", err)
	}
	if _, err := s.List(ctx, "", "", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("list: %v", err)
	}
	if _, err := s.Commit(ctx, store.Batch{Writes: []store.Write{{Key: "k"}}}); !errors.Is(err, context.Canceled) {
		t.Errorf("commit: %v", err)
	}
	wantMissing(t, s, "k")
}

func closing(t *testing.T, s store.Store) {
	const n = 32
	outcomes := make(chan error, n)
	for i := range n {
		go func() {
			_, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: strconv.Itoa(i)}}})
			outcomes <- err
		}()
	}
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	for range n {
		if err := <-outcomes; err != nil && !errors.Is(err, store.ErrClosed) {
			t.Errorf("commit beside close: %v", err)
		}
	}
	if _, err := s.Get(t.Context(), "0"); !errors.Is(err, store.ErrClosed) {
		t.Errorf("get after close: %v", err)
	}
	if _, err := s.List(t.Context(), "", "", 0); !errors.Is(err, store.ErrClosed) {
		t.Errorf("list after close: %v", err)
	}
	if _, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: "k"}}}); !errors.Is(err, store.ErrClosed) {
		t.Errorf("commit after close: %v", err)
	}
}
