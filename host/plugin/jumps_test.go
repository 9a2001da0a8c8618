package plugin

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/rest"
)

// The wall clock is set back or forward by hours or years while the host is
// down: nothing is lost or done twice, what waits keeps its order, and timers
// fire once, late or early as the clock says.
func TestClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{-10 * 365 * 24 * time.Hour, -5 * time.Hour, -time.Second, 5 * time.Hour, 10 * 365 * 24 * time.Hour} {
		t.Run(fmt.Sprint(jump), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.seed(timerScript(1), string(script{}.add("once", 1)))
				w.seed(timerScript(2), string(script{}.add("periodic", 1)))
				w.discord.on(hang)
				w.open(scripted{})
				for i := range 5 {
					w.send(1, script{}.put("k"+itoa(i), "v").rest(0, document("PUT", "/guilds/1/bans/"+itoa(i), "", "")))
				}
				w.send(1, script{}.timer(1, 600_000, 0).timer(2, 60_000, 60_000))
				w.settle()
				w.closeNow()
				w.discord.on(nil)
				before := len(w.discord.paths())
				w.skew += jump
				w.open(scripted{})
				w.tracker.Begin(w.session, 0) // Discord sends all of it again
				for seq := int64(1); seq <= w.seq; seq++ {
					e := w.eventAt(seq, 1, script{}.add("twice", 1))
					e.Replayed = true
					w.deliver(e)
				}
				for i := 5; i < 8; i++ {
					w.send(1, script{}.rest(0, document("PUT", "/guilds/1/bans/"+itoa(i), "", "")))
				}
				w.settle()
				var want []string
				for i := range 8 {
					want = append(want, "PUT /guilds/1/bans/"+itoa(i))
				}
				if got := w.discord.paths()[before:]; !slices.Equal(got, want) {
					t.Errorf("after the jump Discord is called with %q", got)
				}
				w.wantKV("twice", "")
				fired := "" // of the timers that the clock has overtaken
				if jump > 0 {
					fired = "1"
				}
				w.wantKV("once", fired)
				w.wantKV("periodic", fired)
				// As time goes on, the periodic timer fires once a minute again.
				if jump > 0 {
					time.Sleep(10*time.Minute + time.Second)
					w.settle()
					w.wantKV("periodic", "11")
					w.wantKV("once", "1")
				}
			})
		})
	}
}

// A guest that gives one tag to several calls gets each answer once.
func TestOneTagForSeveralCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open(scripted{})
		s := script{}
		for i := range 5 {
			s = s.rest(7, document("GET", "/channels/"+itoa(i), "", string(script{}.add("answers", 1).put("a"+itoa(i), "1"))))
		}
		w.send(1, s)
		w.settle()
		w.wantKV("answers", "5")
		for i := range 5 {
			w.wantKV("a"+itoa(i), "1")
		}
		// cancel means all of them that were not sent.
		release := make(chan struct{})
		w.discord.on(func(ctx context.Context, _ rest.Request) (rest.Response, error) {
			<-release
			return rest.Response{Status: 200, Body: []byte(`{}`)}, nil
		})
		s = script{}
		for range 4 {
			s = s.rest(7, document("POST", "/channels/1/messages", `{"content":"x"}`, string(script{}.add("ended", 1))))
		}
		before := len(w.discord.paths())
		w.send(1, s)
		w.settle()
		w.send(1, script{}.op(opCancel, "", "", 7, 0))
		w.settle()
		close(release)
		w.settle()
		w.wantKV("ended", "4")
		if n := len(w.discord.paths()) - before; n != 1 {
			t.Errorf("%d calls were sent, want the first", n)
		}
	})
}

// Discord may send the same again and again, in replays that overlap each other
// and what is still being handled.
func TestReplaysThatOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Lanes = 3
		w.open(scripted{})
		const n = 40
		deliver := func(from, to int64, replayed bool) {
			for seq := from; seq <= to; seq++ {
				guild := int(seq % 5)
				var e *gateway.Event
				if seq%3 == 0 {
					e = w.eventAt(seq, guild, nil) // without effects
				} else {
					e = w.eventAt(seq, guild, script{}.add("n", 1).put("g"+itoa(guild), itoa(int(seq))))
				}
				e.Replayed = replayed
				w.deliver(e)
			}
		}
		release := hold(w.plugin, 1)
		deliver(1, 20, false)
		deliver(5, 25, true) // a RESUME while some of it is in hand
		deliver(1, 22, true) // and another, from further back
		release()
		w.settle()
		w.closeNow()
		w.open(scripted{})
		w.tracker.Begin(w.session, 3)
		deliver(4, 30, true)
		deliver(10, n, true)
		deliver(1, n, true)
		w.settle()
		want := 0
		for seq := 1; seq <= n; seq++ {
			if seq%3 != 0 {
				want++
			}
		}
		w.wantKV("n", itoa(want))
		w.wantPosition(n)
		for guild := range 5 {
			last := 0
			for seq := 1; seq <= n; seq++ {
				if seq%3 != 0 && seq%5 == guild {
					last = seq
				}
			}
			w.wantKV("g"+itoa(guild), itoa(last))
		}
	})
}
