package effect

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/internal/store"
)

func TestNext(t *testing.T) {
	start := time.Unix(1000, 0)
	for _, c := range []struct {
		name   string
		period time.Duration
		now    time.Duration // since it was due
		next   time.Duration
		again  bool
	}{
		{"once", 0, 0, 0, false},
		{"on time", time.Second, 0, time.Second, true},
		{"a little late", time.Second, 300 * time.Millisecond, time.Second, true},
		{"exactly one late", time.Second, time.Second, time.Second, true},
		{"two and a half late", time.Second, 2500 * time.Millisecond, 3 * time.Second, true},
		{"years late", time.Second, 1e5*time.Hour + time.Millisecond, 1e5*time.Hour + time.Second, true},
		{"the clock was set back", time.Second, -time.Hour, time.Second, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			next, again := Timer{Due: start, Period: c.period}.Next(start.Add(c.now))
			if again != c.again || !next.Due.Equal(start.Add(c.next)) {
				t.Errorf("next is %v, %v; want %v, %v", next.Due.Sub(start), again, c.next, c.again)
			}
		})
	}
}

func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := store.NewMemory()
		old := Timer{TimerName: TimerName{Lane: 2, Of: 3, Tag: 9}, Due: time.Now().Add(-time.Hour), Guild: 5, Shard: 3}
		commit(t, s, old.Key("p"), old.Encode())
		timers, err := OpenTimers(context.Background(), s, "p", time.Now)
		if err != nil {
			t.Fatal(err)
		}
		fired := make(chan Timer, 100)
		began := time.Now()
		timers.Start(func(timer Timer) { fired <- timer })
		defer timers.Stop()
		want := func(after time.Duration, tags ...uint64) {
			t.Helper()
			for _, tag := range tags {
				if got := <-fired; got.Tag != tag {
					t.Errorf("timer %d fired, want %d", got.Tag, tag)
				} else if !timers.Current(&got) {
					t.Errorf("timer %d is not current", tag)
				}
			}
			synctest.Wait()
			if took := time.Since(began); took != after || len(fired) != 0 {
				t.Errorf("%v after %v, %d more", tags, took, len(fired))
			}
		}
		set := func(tag uint64, after time.Duration) {
			timers.Set(Timer{TimerName: TimerName{Tag: tag}, Due: began.Add(after)})
		}
		want(0, 9) // it was due while the host was down
		set(1, 3*time.Second)
		set(2, time.Second)
		set(3, 2*time.Second)
		set(4, time.Hour)
		set(5, 90*time.Minute)
		timers.Unset(TimerName{Tag: 3})
		timers.Unset(TimerName{Tag: 77})
		want(time.Second, 2)
		set(2, 2*time.Second) // anew
		want(2*time.Second, 2)
		want(3*time.Second, 1)
		set(5, time.Minute) // earlier
		want(time.Minute, 5)
		want(time.Hour, 4)
		if n := timers.Count(); n != 5 { // fired, and nobody said that they are done with
			t.Errorf("%d timers", n)
		}
		stale := Timer{TimerName: TimerName{Tag: 1}, Due: began}
		if timers.Current(&stale) {
			t.Error("a timer that was set anew is current")
		}
		for _, tag := range []uint64{1, 2, 4, 5} {
			timers.Unset(TimerName{Tag: tag})
		}
		timers.Unset(TimerName{Lane: 2, Of: 3, Tag: 9})
		if n := timers.Count(); n != 0 || len(timers.byTag) != 0 || len(timers.queue) != 0 {
			t.Errorf("%d timers are left", n)
		}
	})
}

func FuzzTimerRecord(f *testing.F) {
	f.Add("2-3/0000000000000001", Timer{Due: time.Unix(0, 1)}.Encode())
	f.Add("0/0000000000000001", Timer{Due: time.Unix(0, 1), Period: time.Second, Guild: 3, Shard: 4}.Encode())
	f.Add("x/1", []byte{})
	f.Add("-1/1", make([]byte, timerRecord))
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		timer, err := decodeTimer(key, value)
		if err != nil {
			return
		}
		again, err := decodeTimer(timer.Key("p")[len("timer/p/"):], timer.Encode())
		if err != nil || again != timer {
			t.Fatalf("%+v becomes %+v, %v", timer, again, err)
		}
		if next, ok := timer.Next(timer.Due); ok && timer.Owner(3) != next.Owner(3) {
			t.Fatalf("%+v moves to another lane", timer)
		}
	})
}
