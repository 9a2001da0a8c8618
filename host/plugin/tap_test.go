package plugin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/abi"
)

func TestTap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Failure.Backoff = time.Second
		w.open(scripted{})
		w.send(1, script{}.add("n", 1)) // before anybody watches
		w.settle()
		all, err := w.taps.Open(func(string, *abi.Frame) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		second, err := w.taps.Open(func(plugin string, f *abi.Frame) bool { return plugin == "p" && f.Tag == 3 })
		if err != nil {
			t.Fatal(err)
		}
		release := hold(w.plugin, 0)
		w.send(1, script{}.add("n", 1).trapOnce()) // given to guests twice
		w.send(2, script{}.add("n", 1))
		w.send(1, script{}.timer(9, 1000, 0))
		release()
		time.Sleep(time.Minute)
		w.settle()
		want := []string{"event 2", "event 3", "event 4", "timer 9"}
		if got := seen(t, all); strings.Join(got, ",") != strings.Join(want, ",") {
			t.Errorf("seen were %q, want %q", got, want)
		}
		if got := seen(t, second); len(got) != 1 {
			t.Errorf("seen were %q", got)
		}
		all.Close()
		second.Close()
		w.send(1, script{}.add("n", 1))
		w.settle()
		if all.Waiting() != 0 || w.taps.watching() != nil {
			t.Error("somebody is still watching")
		}
		w.wantKV("n", "4")
	})
}

// seen takes what waits for a tap.
func seen(t *testing.T, tap *Tap) (names []string) {
	t.Helper()
	for tap.Waiting() > 0 {
		f, dropped, err := tap.Next(context.Background())
		if err != nil || dropped != 0 || f.Plugin != "p" {
			t.Errorf("%+v, %d dropped, %v", f, dropped, err)
		}
		names = append(names, fmt.Sprintf("%s %d", f.Frame.Kind, f.Frame.Tag))
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errStore)
	if _, _, err := tap.Next(ctx); !errors.Is(err, errStore) {
		t.Errorf("the end of the wait is %v", err)
	}
	return names
}

// A lane does not wait for a watcher who does not look: frames are left out, in
// number and in bytes, and counted.
func TestTapIsBounded(t *testing.T) {
	for _, c := range []struct {
		name         string
		frames, size int
		kept         int
	}{{"many", tapFrames + 10, 0, tapFrames}, {"large", 20, 1 << 20, 15}} {
		t.Run(c.name, func(t *testing.T) {
			var taps Taps
			tap, err := taps.Open(func(string, *abi.Frame) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			defer tap.Close()
			f := abi.Frame{Kind: abi.KindEvent, Body: make([]byte, c.size)}
			for range c.frames {
				offer(taps.watching(), "p", &f)
			}
			if n := tap.Waiting(); n != c.kept {
				t.Errorf("%d frames wait, want %d", n, c.kept)
			}
			if _, dropped, err := tap.Next(context.Background()); err != nil || dropped != uint64(c.frames-c.kept) {
				t.Errorf("%d were left out, %v", dropped, err)
			}
			offer(taps.watching(), "p", &f)
			if n := tap.Waiting(); n != c.kept {
				t.Errorf("after one was taken %d frames wait, want %d", n, c.kept)
			}
		})
	}
	var taps Taps
	for range maxTaps {
		tap, err := taps.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tap.Close()
	}
	if _, err := taps.Open(nil); !errors.Is(err, ErrTooManyTaps) {
		t.Errorf("one too many: %v", err)
	}
}
