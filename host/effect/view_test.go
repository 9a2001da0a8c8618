package effect

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/internal/store"
)

func TestView(t *testing.T) {
	ctx := context.Background()
	real := store.NewMemory()
	write := func(s store.Store, checks []store.Check, writes ...store.Write) error {
		_, err := s.Commit(ctx, store.Batch{Checks: checks, Writes: writes})
		return err
	}
	put := func(key, value string) store.Write { return store.Write{Key: key, Value: []byte(value)} }
	if err := write(real, nil, put("kv/p/a", "1"), put("kv/p/b", "2"), put("kv/p/c", "3"), put("kv/p/d", "4"), put("kv/q/a", "secret"), put("timer/p/1", "x")); err != nil {
		t.Fatal(err)
	}
	v := NewView(real, "p")
	get := func(key string) string {
		e, err := v.Get(ctx, key)
		if errors.Is(err, store.ErrNotFound) {
			return "none"
		}
		if err != nil {
			t.Fatal(err)
		}
		return string(e.Value)
	}
	list := func(prefix, after string, limit int) string {
		entries, err := v.List(ctx, prefix, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, e := range entries {
			all = append(all, strings.TrimPrefix(e.Key, prefix)+"="+string(e.Value))
		}
		return strings.Join(all, " ")
	}
	want := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	want("a real key", get("kv/p/a"), "1")
	want("another plugin's key", get("kv/q/a"), "none")
	want("another plugin's keys", list("kv/q/", "", 0), "")
	want("a timer", get("timer/p/1"), "none")
	a, err := v.Get(ctx, "kv/p/a")
	if err != nil {
		t.Fatal(err)
	}
	if err := write(v, []store.Check{{Key: "kv/p/a", Revision: a.Revision}}, put("kv/p/a", "mine")); err != nil {
		t.Errorf("a write at the revision that was read: %v", err)
	}
	if err := write(v, []store.Check{{Key: "kv/p/d"}}, put("kv/p/d", "mine")); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a real key that was never read counts as absent: %v", err)
	}
	if err := write(v, nil, store.Write{Key: "kv/p/b", Delete: true}, put("kv/p/bb", "new")); err != nil {
		t.Fatal(err)
	}
	if err := write(real, nil, put("kv/p/a", "later"), put("kv/p/b", "later")); err != nil {
		t.Fatal(err)
	}
	want("a key written here", get("kv/p/a"), "mine")
	want("a key removed here", get("kv/p/b"), "none")
	want("all", list("kv/p/", "", 0), "a=mine bb=new c=3 d=4")
	want("a page over a removed key", list("kv/p/", "", 2), "a=mine bb=new")
	want("the page after", list("kv/p/", "kv/p/bb", 2), "c=3 d=4")
	want("a page of one", list("kv/p/", "kv/p/a", 1), "bb=new")
	e, err := real.Get(ctx, "kv/p/a")
	if err != nil || string(e.Value) != "later" {
		t.Errorf("the real key holds %q, %v", e.Value, err)
	}
	if _, err := real.Get(ctx, "kv/p/bb"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what was written here is in the real store: %v", err)
	}
}
