package gateway

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const interval = 41250 * time.Millisecond

func TestFirstBeatIsJittered(t *testing.T) {
	var sum time.Duration
	const rounds = 50
	for range rounds {
		bubble(t, func(t *testing.T) {
			s := newService(t)
			g, _ := testGateway(s, Options{})
			opened := opening(g)
			p := s.next()
			p.hello()
			start := time.Now()
			if op := p.hearsAny().Op; op != 2 {
				t.Fatalf("heard op %d first", op)
			}
			beat := p.hearsAny()
			if d := time.Since(start); d >= interval {
				t.Errorf("first beat after %s", d)
			} else {
				sum += d
			}
			if beat.Op != 1 || string(beat.D) != "null" {
				t.Errorf("first beat is op %d %s, want null before READY", beat.Op, beat.D)
			}
			p.says(`{"op":11}`)
			p.ready(1)
			<-opened
			start = time.Now()
			if beat = p.hearsAny(); beat.Op != 1 || string(beat.D) != "1" {
				t.Errorf("beat is op %d %s, want the sequence", beat.Op, beat.D)
			}
			if d := time.Since(start); d > interval {
				t.Errorf("second beat after %s", d)
			}
			g.Close()
		})
	}
	if mean := sum / rounds; mean < interval/4 || mean > interval*3/4 {
		t.Errorf("first beats come after %s on average, want about half an interval", mean)
	}
}

func TestZombie(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		p := opened(t, s, g)
		start := time.Now()
		if code := p.ended(); code != 4000 {
			t.Errorf("closed with %d", code)
		}
		if d := time.Since(start); d < interval || d > 2*interval {
			t.Errorf("dead after %s of silence", d)
		}
		synctest.Wait()
		if st := g.Status(); !strings.Contains(st.LastError, "heartbeat") {
			t.Errorf("last error %q", st.LastError)
		}
		p = s.next()
		p.hello()
		p.hears(6)
		g.Close()
	})
}

// Any frame is a sign of life, not only ACKs.
func TestEventsAreLife(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		p := opened(t, s, g)
		for seq := 2; seq < 60; seq++ {
			time.Sleep(interval / 2)
			p.dispatch("TYPING_START", seq, `{}`)
		}
		synctest.Wait()
		if st := g.Status(); st.Reconnects != 0 || st.Events != 59 {
			t.Errorf("status %+v", st)
		}
		g.Close()
	})
}

// A sink that holds the reader up is not a dead connection, and heartbeats go
// on meanwhile.
func TestBackPressureIsNotDeath(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, r := testGateway(s, Options{})
		p := opened(t, s, g)
		synctest.Wait()
		block := make(chan struct{})
		r.set(func() { r.block = block })
		p.dispatch("TYPING_START", 2, `{}`)
		p.dispatch("TYPING_START", 3, `{}`)
		for range 20 {
			if beat := p.hears(1); string(beat.D) != "2" {
				t.Errorf("beat %s", beat.D)
			}
			p.says(`{"op":11}`)
		}
		r.set(func() { r.block = nil })
		close(block)
		synctest.Wait()
		if st := g.Status(); st.Reconnects != 0 || st.Sequence != 3 || st.State != StateReady {
			t.Errorf("status %+v", st)
		}
		g.Close()
	})
}

func TestBeatOnRequest(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		p := opened(t, s, g)
		for range 5 {
			start := time.Now()
			p.says(`{"op":1,"d":null}`)
			if p.hears(1); time.Since(start) > time.Millisecond {
				// A beat of the timer may come first; the one that was asked for is
				// in the same instant all the same.
				t.Errorf("beat came after %s", time.Since(start))
			}
			p.says(`{"op":11}`)
		}
		// The timer has been left alone: regular beats come one interval apart.
		p.hears(1)
		p.says(`{"op":11}`)
		start := time.Now()
		p.hears(1)
		if d := time.Since(start); d != interval {
			t.Errorf("regular beats come %s apart", d)
		}
		g.Close()
	})
}

func TestLatency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		p := opened(t, s, g)
		p.hears(1)
		time.Sleep(70 * time.Millisecond)
		p.says(`{"op":11}`)
		synctest.Wait()
		if st := g.Status(); st.Latency != 70*time.Millisecond || !st.LastFrame.Equal(time.Now()) {
			t.Errorf("latency %s, last frame %s", st.Latency, st.LastFrame)
		}
		g.Close()
	})
}

// An outage in which heartbeats are acknowledged and READY does not come is
// waited out, as long as readyLimit.
func TestWaitsForReady(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		opened := opening(g)
		p := s.next()
		p.hello()
		p.hears(2)
		var wg sync.WaitGroup
		p.beats(&wg)
		time.Sleep(readyLimit - time.Second)
		p.ready(1)
		if err := <-opened; err != nil {
			t.Fatal(err)
		}
		if n := g.Status().Identifies; n != 1 {
			t.Errorf("%d IDENTIFYs", n)
		}
		g.Close()
		wg.Wait()
	})
}
