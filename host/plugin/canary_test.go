package plugin

import (
	"testing"
	"testing/synctest"
	"time"
)

// canary lets one of three lanes go ahead for ten seconds.
func (w *world) canary() {
	w.spec.Lanes = 3
	w.spec.Reload.CanaryLanes, w.spec.Reload.CanaryFor = 1, 10*time.Second
}

func TestCanary(t *testing.T) {
	const guilds = 12
	for _, c := range []struct {
		name       string
		next       scripted
		probation  time.Duration
		generation int // in the end
		kept       int // when the canary has passed
	}{
		{"passes", scripted{version: "two"}, 30 * time.Second, 2, 1},
		{"passes, and nothing is kept", scripted{version: "two"}, 0, 2, 0},
		{"fails", bad(script{}.trap()), 30 * time.Second, 1, 0},
		{"fails, without a probation", bad(script{}.trap()), 0, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.canary()
				w.spec.Failure.Backoff = time.Millisecond
				w.spec.Reload.Probation = c.probation
				p := w.open(scripted{})
				round := 0
				all := func() {
					for g := 1; g <= guilds; g++ {
						w.send(g, order(g, round))
					}
					round++
					w.settle()
				}
				all()
				w.swap(c.next)
				s := p.Status()
				if s.Generation != 1 || s.Newest != 2 || s.Canary != 1 || s.Kept != 1 || time.Until(s.Probation) != 10*time.Second {
					t.Fatalf("status is %+v", s)
				}
				all()
				time.Sleep(time.Second)
				all()
				time.Sleep(10 * time.Second)
				all()
				if s := p.Status(); s.Generation != c.generation || s.Kept != c.kept || s.Canary != 0 || (s.RolledBack == nil) != (c.generation == 2) {
					t.Errorf("status is %+v", s)
				}
				time.Sleep(time.Hour)
				all()
				for g := 1; g <= guilds; g++ {
					w.wantKV("g"+itoa(g), itoa(round))
				}
				w.wantPosition(int64(guilds * round))
				if n := len(w.letters()); n > 0 {
					t.Errorf("%d dead letters", n)
				}
			})
		})
	}
}

// A canary gives way to whatever comes before it has passed.
func TestCanaryIsCutShort(t *testing.T) {
	for _, c := range []struct {
		name   string
		during func(t *testing.T, w *world, p *Plugin)
		want   int
	}{
		{"by another generation", func(_ *testing.T, w *world, _ *Plugin) { w.swap(scripted{version: "three"}) }, 3},
		{"by one with other lanes", func(t *testing.T, w *world, p *Plugin) {
			w.spec.Lanes = 5
			next, err := p.Prepare(t.Context(), w.spec, scripted{version: "three"}.module(), false)
			if err != nil || next.Warning() == "" {
				t.Errorf("prepared with the warning %q, %v", next.Warning(), err)
			}
			if _, err := p.Swap(t.Context(), next); err != nil {
				t.Error(err)
			}
		}, 3},
		{"by the one before", func(t *testing.T, w *world, p *Plugin) {
			next, err := p.Prepare(t.Context(), w.spec, scripted{}.module(), false)
			if err != nil || next == nil {
				t.Fatalf("the earlier module is not prepared: %v", err)
			}
			if _, err := p.Swap(t.Context(), next); err != nil {
				t.Error(err)
			}
		}, 3},
		{"by the end", func(_ *testing.T, w *world, _ *Plugin) { w.close() }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.canary()
				p := w.open(scripted{})
				w.swap(scripted{version: "two"})
				c.during(t, w, p)
				s := p.Status()
				if s.Generation != c.want && s.Newest != c.want {
					t.Errorf("status is %+v", s)
				}
				time.Sleep(time.Hour)
				if s := p.Status(); s.Generation != c.want {
					t.Errorf("in the end the status is %+v", s)
				}
			})
		})
	}
}
