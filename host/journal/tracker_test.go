package journal

import (
	"math"
	"sync"
	"testing"
)

func wantPosition(t *testing.T, tr *Tracker, seq int64) {
	t.Helper()
	if got, ok := tr.Position(); got != seq || ok != (seq >= 0) {
		t.Errorf("the position is %d, %v; want %d", got, ok, seq)
	}
}

func TestTracker(t *testing.T) {
	var tr Tracker
	tr.Begin("a", -1)
	wantPosition(t, &tr, -1)
	first, fresh := tr.Receive(0, 1) // some services begin at 0
	if !fresh {
		t.Fatal("0 is new")
	}
	wantPosition(t, &tr, -1)
	first.Done()
	wantPosition(t, &tr, 0)
	tr.Receive(1, 0)
	wantPosition(t, &tr, 1)
	two, _ := tr.Receive(2, 2)
	tr.Receive(3, 0)
	four, _ := tr.Receive(4, 1)
	four.Done()
	two.Done()
	wantPosition(t, &tr, 1)
	if tr.Open() == 0 || tr.Last() != 4 || tr.Session() != "a" {
		t.Errorf("open %d, last %d", tr.Open(), tr.Last())
	}
	if _, fresh := tr.Receive(2, 1); fresh {
		t.Error("2 was received before")
	}
	two.Done()
	wantPosition(t, &tr, 4)
	two.Done() // once too often
	wantPosition(t, &tr, 4)

	// Sequences may jump.
	far, _ := tr.Receive(math.MaxInt64-1, 1)
	wantPosition(t, &tr, 4)
	far.Done()
	wantPosition(t, &tr, math.MaxInt64-1)

	// A new session counts anew; what is done for the old one moves nothing.
	late, _ := tr.Receive(math.MaxInt64, 1)
	tr.Begin("b", -1)
	wantPosition(t, &tr, -1)
	tr.Receive(1, 1)
	late.Done()
	two.Done()
	wantPosition(t, &tr, -1)

	// A stored session goes on behind its position.
	tr.Begin("b", 17)
	wantPosition(t, &tr, 17)
	if _, fresh := tr.Receive(17, 0); fresh {
		t.Error("17 was finished before")
	}
	Ticket{}.Done() // of an event without a sequence
}

// TestTrackerAgainstModel compares it with a list under random work.
func TestTrackerAgainstModel(t *testing.T) {
	r := newRand(t)
	for range 200 {
		var tr Tracker
		tr.Begin("s", -1)
		type received struct {
			ticket  Ticket
			seq     int64
			holders int
		}
		var all []received
		last := int64(-1)
		for range r.IntN(2000) {
			switch r.IntN(3) {
			case 0:
				last += 1 + int64(r.IntN(3)*r.IntN(3)*r.IntN(1000))
				n := r.IntN(4)
				ticket, fresh := tr.Receive(last, n)
				if !fresh {
					t.Fatalf("%d is new", last)
				}
				all = append(all, received{ticket, last, n})
			case 1:
				if _, fresh := tr.Receive(last-int64(r.IntN(3)), 2); fresh && last >= 0 {
					t.Fatalf("%d is not new", last)
				}
			default:
				if len(all) > 0 {
					// Near the end, so that long tails of finished events arise.
					i := len(all) - 1 - r.IntN(min(len(all), 1+r.IntN(len(all))))
					if all[i].holders > 0 {
						all[i].holders--
						all[i].ticket.Done()
					}
				}
			}
			want := int64(-1)
			for _, e := range all {
				if e.holders > 0 {
					break
				}
				want = e.seq
			}
			if got, _ := tr.Position(); got != want {
				t.Fatalf("the position is %d, want %d", got, want)
			}
		}
	}
}

// Behind an event that nobody finishes, finished ones take no memory.
func TestTrackerMemoryIsBounded(t *testing.T) {
	var tr Tracker
	tr.Begin("s", -1)
	stuck, _ := tr.Receive(1, 1)
	const n = 1_000_000
	for seq := int64(2); seq <= n; seq++ {
		ticket, _ := tr.Receive(seq, int(seq%2))
		if seq%2 == 1 {
			ticket.Done()
		}
	}
	if c := cap(tr.open); c > 1024 {
		t.Errorf("room for %d events", c)
	}
	wantPosition(t, &tr, -1)
	stuck.Done()
	wantPosition(t, &tr, n)
}

func TestTrackerAllocatesNothing(t *testing.T) {
	var tr Tracker
	tr.Begin("s", -1)
	seq := int64(0)
	work := func() {
		var tickets [32]Ticket
		for i := range tickets {
			seq++
			tickets[i], _ = tr.Receive(seq, 1)
		}
		for _, k := range tickets {
			k.Done()
		}
	}
	work()
	if n := testing.AllocsPerRun(100, work); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestTrackerFromManyGoroutines(t *testing.T) {
	var tr Tracker
	tr.Begin("s", -1)
	tickets := make(chan Ticket, 100)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for k := range tickets {
				k.Done()
				tr.Position()
			}
		})
	}
	const n = 20_000
	for seq := int64(1); seq <= n; seq++ {
		k, _ := tr.Receive(seq, 2)
		tickets <- k
		tickets <- k
	}
	close(tickets)
	wg.Wait()
	wantPosition(t, &tr, n)
}
