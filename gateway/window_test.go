package gateway

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	start := time.Unix(1000, 0)
	w := window{limit: sendLimit, reserve: sendReserve, span: sendSpan}
	for i := range sendLimit - sendReserve {
		if d := w.wait(start, false); d != 0 {
			t.Fatalf("message %d must wait %s", i, d)
		}
		w.add(start)
	}
	if d := w.wait(start, false); d != sendSpan {
		t.Errorf("an ordinary message waits %s", d)
	}
	for range sendReserve {
		if d := w.wait(start, true); d != 0 {
			t.Errorf("an urgent message waits %s", d)
		}
		w.add(start.Add(time.Second))
	}
	if d := w.wait(start.Add(time.Second), true); d != sendSpan-time.Second {
		t.Errorf("an urgent message beyond the limit waits %s", d)
	}
	if d := w.wait(start.Add(sendSpan), false); d != 0 {
		t.Errorf("after a span a message waits %s", d)
	}
}

// However messages come, no span of a minute holds more than the limit, and
// none waits longer than it must.
func TestWindowProperty(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	w := window{limit: sendLimit, reserve: sendReserve, span: sendSpan}
	var sent []time.Time
	now := time.Unix(1000, 0)
	for range 20_000 {
		now = now.Add(time.Duration(random.ExpFloat64() * float64(300*time.Millisecond)))
		urgent := random.IntN(50) == 0
		if d := w.wait(now, urgent); d > 0 {
			if w.wait(now.Add(d-1), urgent) == 0 {
				t.Fatal("waited longer than needed")
			}
			if w.wait(now.Add(d), urgent) != 0 {
				t.Fatal("had to wait twice")
			}
			now = now.Add(d)
		}
		w.add(now)
		sent = append(sent, now)
		if n := len(sent); n > sendLimit && now.Sub(sent[n-1-sendLimit]) <= time.Minute {
			t.Fatalf("%d messages in %s", sendLimit+1, now.Sub(sent[n-1-sendLimit]))
		}
		if len(w.sent) > sendLimit {
			t.Fatalf("window remembers %d", len(w.sent))
		}
	}
}
