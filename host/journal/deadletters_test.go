package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/internal/store"
)

// letterOf is a dead letter whose frame has a body of some size.
func letterOf(attempts, size int) DeadLetter {
	f := abi.Frame{Kind: abi.KindEvent, Name: []byte("MESSAGE_CREATE"), Body: make([]byte, size)}
	return DeadLetter{Plugin: "p", Attempts: attempts, Frame: f.Append(nil), Time: time.Unix(5, 0)}
}

func (l *Ledger) bury(t testing.TB, j *Journal, letter DeadLetter) {
	t.Helper()
	r := l.record()
	r.Buried = []DeadLetter{letter}
	if err := j.Commit(context.Background(), r); err != nil {
		t.Fatal(err)
	}
}

func letters(t testing.TB, j *Journal, plugin string) (all []DeadLetter, damaged []error) {
	t.Helper()
	err := j.DeadLetters(context.Background(), plugin, func(d DeadLetter, err error) bool {
		if err != nil {
			damaged = append(damaged, err)
		} else {
			all = append(all, d)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, damaged
}

func TestDeadLettersAreBounded(t *testing.T) {
	s := store.NewMemory()
	j, l := newLedger(t, s)
	attempts := func() (all []int) {
		t.Helper()
		kept, damaged := letters(t, j, "p")
		for _, d := range kept {
			all = append(all, d.Attempts)
		}
		if n, _ := l.Dead.Count(); n != len(all) || len(damaged) > 0 {
			t.Errorf("%d letters are counted, %d are there, damaged are %v", n, len(all), damaged)
		}
		return all
	}
	for n := range 20 {
		l.bury(t, j, letterOf(n, 10))
	}
	j, l = newLedger(t, s) // they are counted over a restart
	l.Dead.Limit(100, 100<<10, nil)
	for n := 20; n < 130; n++ {
		l.bury(t, j, letterOf(n, 10))
	}
	got := attempts()
	if len(got) != 100 || got[0] != 30 || got[99] != 129 || !slices.IsSorted(got) {
		t.Errorf("letters %v are left", got)
	}
	if _, lost := l.Dead.Count(); lost != 30 {
		t.Errorf("%d had to go", lost)
	}
	l.bury(t, j, letterOf(7777, 50<<10)) // as base64 it fills the most of it
	if got = attempts(); got[len(got)-1] != 7777 || len(got) != 100 {
		t.Errorf("letters %v are left", got)
	}
	l.bury(t, j, letterOf(8888, 50<<10))
	if got = attempts(); !slices.Equal(got, []int{8888}) {
		t.Errorf("letters %v are left", got)
	}
	l.Dead.Limit(0, 100<<10, nil)
	l.bury(t, j, letterOf(9999, 10))
	if got = attempts(); len(got) != 0 {
		t.Errorf("letters %v are left where none may be", got)
	}
}

// A letter that fails again keeps its place; one that is delivered is gone with
// the commit; nobody else gets one meanwhile.
func TestDeadLetterIsClaimed(t *testing.T) {
	ctx := context.Background()
	j, l := newLedger(t, store.NewMemory())
	l.bury(t, j, letterOf(1, 10))
	l.bury(t, j, letterOf(2, 10))
	all, _ := letters(t, j, "p")
	first, second := all[0].ID, all[1].ID
	claimed, err := l.Dead.Claim(ctx, first)
	if err != nil || claimed.Attempts != 1 || claimed.ID != first {
		t.Fatalf("%+v, %v", claimed, err)
	}
	if _, err := l.Dead.Claim(ctx, first); !errors.Is(err, ErrLetterBusy) {
		t.Errorf("claimed twice: %v", err)
	}
	if err := l.Dead.Drop(ctx, first); !errors.Is(err, ErrLetterBusy) {
		t.Errorf("dropped while claimed: %v", err)
	}
	claimed.Attempts = 5
	l.bury(t, j, claimed)
	l.Dead.Release(first)
	if all, _ = letters(t, j, "p"); len(all) != 2 || all[0].ID != first || all[0].Attempts != 5 {
		t.Errorf("after it failed again: %+v", all)
	}
	r := l.record()
	r.Raised = []string{first}
	if err := j.Commit(ctx, r); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Dead.Claim(ctx, first); !errors.Is(err, ErrNoLetter) {
		t.Errorf("claimed when it was done: %v", err)
	}
	if err := l.Dead.Drop(ctx, second); err != nil {
		t.Error(err)
	}
	if all, _ = letters(t, j, ""); len(all) != 0 || l.Dead.bytes != 0 {
		t.Errorf("left are %+v with %d bytes", all, l.Dead.bytes)
	}
	if _, err := j.DeadLetter(ctx, second); !errors.Is(err, ErrNoLetter) {
		t.Errorf("it is still there: %v", err)
	}
}

// A damaged record hides none of the others, and can be dropped.
func TestDamagedDeadLetter(t *testing.T) {
	ctx := context.Background()
	s := store.NewMemory()
	j, l := newLedger(t, s)
	l.bury(t, j, letterOf(1, 10))
	bad := []string{"not JSON", `{"plugin":"q"}`, `{"plugin":"p","frame":"AAAA"}`, `{"plugin":"p","lane":-1}`, ""}
	for i, value := range bad {
		key := fmt.Sprintf("dead/p/%d", i)
		if _, err := s.Commit(ctx, store.Batch{Writes: []store.Write{{Key: key, Value: []byte(value)}}}); err != nil {
			t.Fatal(err)
		}
	}
	j, l = newLedger(t, s)
	good, damaged := letters(t, j, "")
	if len(good) != 1 || len(damaged) != len(bad) {
		t.Fatalf("%d letters, %d damaged", len(good), len(damaged))
	}
	for i := range bad {
		id := fmt.Sprintf("p/%d", i)
		if _, err := l.Dead.Claim(ctx, id); err == nil || !strings.Contains(err.Error(), id) {
			t.Errorf("%q: claimed with %v", bad[i], err)
		}
		if err := l.Dead.Drop(ctx, id); err != nil {
			t.Errorf("%q: %v", bad[i], err)
		}
	}
	if n, _ := l.Dead.Count(); n != 1 {
		t.Errorf("%d are left", n)
	}
}

func FuzzDeadLetter(f *testing.F) {
	good, err := json.Marshal(letterOf(3, 5))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("p/18a3f0c2d4e5f607", good)
	f.Add("p", []byte("{}"))
	f.Add("p/1", []byte(`{"plugin":"p","frame":"AAAA"}`))
	f.Fuzz(func(t *testing.T, id string, value []byte) {
		d, err := decodeLetter(store.Entry{Key: letterKey(id), Value: value})
		if d.ID != id {
			t.Fatalf("%q becomes %q", id, d.ID)
		}
		if err != nil {
			return
		}
		if _, err := d.Parse(); err != nil || d.Attempts < 0 || d.Lane < 0 {
			t.Fatalf("accepted %+v, %v", d, err)
		}
		again, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeLetter(store.Entry{Key: letterKey(id), Value: again}); err != nil {
			t.Fatalf("its own form is refused: %v", err)
		}
	})
}
