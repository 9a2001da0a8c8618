package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/internal/store"
)

func hello(tag int64, then string) script {
	return script{}.rest(tag, document("POST", "/channels/81/messages", `{"content":"hello"}`, then)).expect(0)
}

func TestCallsLeaveAfterTheCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open(scripted{})
		w.store.fail(true)
		w.send(1, hello(0, "").put("a", "1"))
		w.send(1, hello(0, "").trap())
		time.Sleep(time.Hour)
		w.settle()
		w.discord.wantPaths(t)
		w.store.fail(false)
		time.Sleep(time.Hour)
		w.settle()
		w.discord.wantPaths(t, "POST /channels/81/messages")
		if left := w.keys("out/p/"); len(left) != 0 {
			t.Errorf("records left: %q", left)
		}
	})
}

func TestCompletionComesBack(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func(ctx context.Context, r rest.Request) (rest.Response, error)
		want   int32
	}{
		{"200", nil, 200},
		{"403", func(context.Context, rest.Request) (rest.Response, error) {
			return rest.Response{Status: 403, Body: []byte(`{"code":50013}`)}, nil
		}, 403},
		{"no answer", func(context.Context, rest.Request) (rest.Response, error) {
			return rest.Response{}, errors.New("the host is not found")
		}, int32(abi.Internal)},
		{"uncertain", func(context.Context, rest.Request) (rest.Response, error) {
			return rest.Response{}, fmt.Errorf("broken: %w", rest.ErrUncertain)
		}, int32(abi.Uncertain)},
		{"cut off", func(context.Context, rest.Request) (rest.Response, error) {
			return rest.Response{}, &rest.InvalidRequestsError{Owner: "p"}
		}, int32(abi.TryAgain)},
		{"huge", func(context.Context, rest.Request) (rest.Response, error) {
			return rest.Response{Status: 200, Body: make([]byte, 5<<20)}, nil
		}, int32(abi.TooBig)},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.discord.on(c.answer)
				p := w.open(scripted{})
				w.send(5, hello(7, string(script{}.add("answered", 1).trapOnce().fail("shown"))))
				time.Sleep(time.Minute)
				w.settle()
				l := w.letters()
				if len(l) != 1 {
					t.Fatalf("%d dead letters; log:\n%s", len(l), w.log)
				}
				f, _, err := abi.Parse(l[0].Frame)
				if err != nil || f.Kind != abi.KindCompletion || f.Tag != 7 || f.Status != c.want || f.Guild != uint64(guildID(5)) || l[0].Attempts != 3 {
					t.Errorf("the completion was %+v, %v, after %d attempts", f, err, l[0].Attempts)
				}
				if left := w.keys("out/p/"); len(left) != 0 {
					t.Errorf("records left: %q", left)
				}
				if n := p.inflight(0).Load(); n != 0 {
					t.Errorf("%d calls are in flight", n)
				}
			})
		})
	}
}

// A completion is delivered again until the frame that handles it is finished,
// over restarts too.
func TestCompletionSurvives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Failure = config.Failure{Retry: 1000, Max: 1, Within: time.Minute, Backoff: time.Second}
		w.open(scripted{})
		w.seed("broken", "1")
		w.send(1, hello(7, string(script{}.trapIf("broken").add("answered", 1))))
		time.Sleep(time.Minute)
		w.settle()
		w.close()
		time.Sleep(time.Hour)
		w.open(scripted{})
		w.settle()
		w.close()
		w.unseed("broken")
		w.open(scripted{})
		w.settle()
		w.wantKV("answered", "1")
		w.close()
		w.open(scripted{})
		w.settle()
		w.wantKV("answered", "1")
		w.discord.wantPaths(t, "POST /channels/81/messages")
	})
}

// hang is a Discord that takes a call and never answers.
func hang(ctx context.Context, _ rest.Request) (rest.Response, error) {
	<-ctx.Done()
	return rest.Response{}, ctx.Err()
}

// closeNow closes the plugin without patience, as a host that is killed.
func (w *world) closeNow() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p := w.plugin
	w.plugin, w.ended = nil, true
	if err := p.Close(ctx); err != nil {
		w.t.Error(err)
	}
}

func TestCallsAfterARestart(t *testing.T) {
	message := document("POST", "/channels/81/messages", `{"content":"hello"}`, "")
	own := document("POST", "/channels/81/messages", `{"content":"hello","nonce":"1"}`, "")
	enforced := document("POST", "/channels/81/messages", `{"content":"hello","nonce":"1","enforce_nonce":true}`, "")
	role := document("POST", "/guilds/81/roles", `{}`, string(script{}.add("uncertain", 1)))
	resent := `{"method":"POST","path":"/guilds/81/roles","on_uncertain":"resend"}`
	for _, c := range []struct {
		name      string
		doc       string
		down      time.Duration
		begun     bool
		again     int
		uncertain string
	}{
		{"message", message, time.Second, true, 1, ""},
		{"message, long ago", message, time.Hour, true, 0, ""},
		{"message with a nonce of its own", own, time.Second, true, 0, ""},
		{"message with an enforced nonce of its own", enforced, time.Second, true, 1, ""},
		{"put", document("PUT", "/guilds/81/members/82/roles/83", "", ""), time.Hour, true, 1, ""},
		{"patch", document("PATCH", "/guilds/81", "{}", ""), time.Second, true, 0, ""},
		{"post", role, time.Second, true, 0, "1"},
		{"post that may be sent again", resent, time.Hour, true, 1, ""},
		{"interaction", document("POST", "/interactions/81/token/callback", "{}", ""), time.Second, true, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.discord.on(hang)
				w.open(scripted{})
				tag := int64(0)
				if c.doc == role {
					tag = 9
				}
				w.send(1, script{}.rest(tag, c.doc).expect(0).rest(tag, c.doc).expect(0))
				w.settle()
				time.Sleep(time.Second)
				if st := w.plugin.Status().Calls; st.Waiting != 2 || w.now().Sub(st.Oldest) < time.Second || st.Latency.Count() != 0 {
					t.Errorf("while both hang: %+v", st)
				}
				w.closeNow()
				before := w.discord.calls
				w.discord.calls = nil
				w.discord.on(nil)
				time.Sleep(c.down)
				w.open(scripted{})
				time.Sleep(time.Second)
				w.settle()
				// The second had not been begun.
				if n := len(w.discord.calls); len(before) != 1 || n != c.again+1 {
					t.Errorf("%d calls before the restart, %d after; want 1, %d", len(before), n, c.again+1)
				}
				if c.again == 1 && string(w.discord.calls[0].Body) != string(before[0].Body) {
					t.Errorf("it was sent again as %s, first as %s", w.discord.calls[0].Body, before[0].Body)
				}
				if c.again == 1 && c.doc == message && string(w.discord.calls[1].Body) == string(before[0].Body) {
					t.Error("two messages have one nonce")
				}
				w.wantKV("uncertain", map[bool]string{true: "2", false: ""}[c.uncertain != ""])
				if left := w.keys("out/p/"); len(left) != 0 {
					t.Errorf("records left: %q", left)
				}
				if n := w.plugin.inflight(0).Load(); n != 0 {
					t.Errorf("%d calls are in flight", n)
				}
				st := w.plugin.Status().Calls
				if st.Waiting != 0 || !st.Oldest.IsZero() || st.Latency.Count() != 2 || st.Resent != uint64(c.again) || st.Uncertain != uint64(1-c.again) {
					t.Errorf("in the end: %+v", st)
				}
			})
		})
	}
}

func TestInteractionThatWasAnswered(t *testing.T) {
	acknowledged := func(context.Context, rest.Request) (rest.Response, error) {
		return rest.Response{Status: 400, Body: []byte(`{"code":40060,"message":"Interaction has already been acknowledged."}`)}, nil
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open(scripted{})
		w.discord.on(hang)
		w.send(1, script{}.rest(3, document("POST", "/interactions/81/SECRET/callback", "{}", string(script{}.fail("shown")))))
		w.settle()
		w.closeNow()
		w.discord.on(acknowledged)
		w.open(scripted{})
		w.settle()
		f, _, _ := abi.Parse(w.letters()[0].Frame)
		if f.Status != 204 || len(f.Body) != 0 {
			t.Errorf("what was answered before the restart came back as %d %s", f.Status, f.Body)
		}
		// The plugin's own second answer is its error.
		w.send(1, script{}.rest(3, document("POST", "/interactions/81/SECRET/callback", "{}", string(script{}.fail("shown")))))
		w.settle()
		f, _, _ = abi.Parse(w.letters()[1].Frame)
		if f.Status != 400 {
			t.Errorf("a second answer came back as %d", f.Status)
		}
		if strings.Contains(w.log.String(), "SECRET") {
			t.Error("the log shows a token")
		}
	})
}

func TestOrderOfCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.discord.on(func(ctx context.Context, r rest.Request) (rest.Response, error) {
			if strings.HasPrefix(r.Path, "/channels/1/") {
				time.Sleep(time.Minute)
			}
			return rest.Response{Status: 200}, nil
		})
		w.open(scripted{})
		for i := range 3 {
			w.send(1, script{}.
				rest(0, document("POST", "/channels/1/messages", `{"n":`+itoa(i)+`}`, "")).
				rest(0, document("POST", "/channels/2/messages", `{"n":`+itoa(i)+`}`, "")))
		}
		w.settle()
		time.Sleep(time.Hour)
		w.settle()
		of := map[string][]string{}
		for _, c := range w.discord.calls {
			n := strings.Index(string(c.Body), `"n":`)
			of[c.Path] = append(of[c.Path], string(c.Body[n+4]))
		}
		for path, got := range of {
			if !slices.Equal(got, []string{"0", "1", "2"}) {
				t.Errorf("%s was called in the order %q", path, got)
			}
		}
		fast := 0
		for _, path := range w.discord.paths()[:4] {
			if path == "POST /channels/2/messages" {
				fast++
			}
		}
		if fast != 3 {
			t.Errorf("a slow channel holds the other up: %q", w.discord.paths())
		}
	})
}

func TestRateOfCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Grant.Discord.Rate = config.Rate{N: 2, Per: 10 * time.Second}
		w.open(scripted{})
		for range 6 {
			w.send(1, hello(0, ""))
		}
		for _, want := range []int{2, 4, 6} {
			w.settle()
			if n := len(w.discord.paths()); n != want {
				t.Errorf("%d calls, want %d", n, want)
			}
			time.Sleep(10 * time.Second)
		}
		w.spec.Grant.Discord.Rate = config.Rate{}
		w.swap(scripted{})
		for range 6 {
			w.send(1, hello(0, ""))
		}
		w.settle()
		if n := len(w.discord.paths()); n != 12 {
			t.Errorf("%d calls after the rate was lifted, want 12", n)
		}
	})
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.discord.on(func(ctx context.Context, r rest.Request) (rest.Response, error) {
			time.Sleep(time.Minute)
			return rest.Response{Status: 200}, nil
		})
		p := w.open(scripted{})
		count := string(script{}.add("answered", 1))
		w.send(1, hello(1, count).rest(2, document("POST", "/channels/81/messages", `{}`, count)).rest(3, document("POST", "/channels/81/messages", `{}`, count)))
		w.send(1, script{}.op(opCancel, "", "", 2, 0).expect(0).op(opCancel, "", "", 1, 0).op(opCancel, "", "", 0, 0).expect(-1))
		// In one frame, what is cancelled before it was begun never leaves.
		w.send(1, script{}.rest(4, document("POST", "/channels/81/messages", `{}`, count)).op(opCancel, "", "", 4, 0))
		time.Sleep(time.Hour)
		w.settle()
		if n := len(w.discord.paths()); n != 2 {
			t.Errorf("%d calls were made, want 2", n)
		}
		w.wantKV("answered", "4")
		if n := p.inflight(0).Load(); n != 0 {
			t.Errorf("%d calls are in flight", n)
		}
	})
}

// An answer that reaches another guest than the one that asked says so.
func TestAnswersOfAnEarlierGuest(t *testing.T) {
	for _, c := range []struct {
		name    string
		between func(w *world)
		earlier bool
	}{
		{"the same guest", func(*world) {}, false},
		{"after a crash", func(w *world) { w.send(1, script{}.trapOnce()) }, true},
		{"after a swap", func(w *world) { w.swap(scripted{}) }, true},
		{"after a swap to more lanes", func(w *world) { w.spec.Lanes = 4; w.swap(scripted{}) }, true},
		{"after a restart", func(w *world) { w.closeNow(); w.open(scripted{}) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.discord.on(func(ctx context.Context, r rest.Request) (rest.Response, error) {
					select {
					case <-ctx.Done():
						return rest.Response{}, ctx.Err()
					case <-time.After(time.Minute):
						return rest.Response{Status: 200}, nil
					}
				})
				w.open(scripted{})
				w.send(3, script{}.timer(1, 30_000, 0).rest(7, document("GET", "/gateway", "", string(script{}.put("answered", "1")))))
				w.settle()
				c.between(w)
				w.settle()
				lanes := *w.plugin.lanes.Load()
				var asker uint64
				for _, timer := range w.plugin.ledger.Timers.Owned(nil, 1, effect.Lane{Of: 1}) {
					asker = timer.Asker
				}
				owner := lanes[(&entry{completion: &journal.Completion{Guild: uint64(guildID(3))}}).owner(len(lanes))]
				f := (&entry{completion: &journal.Completion{Asker: asker}}).frame(owner.guest.lane.Guest)
				if got := f.Flags&abi.FlagEarlier != 0; got != c.earlier {
					t.Errorf("the answer says earlier: %v, want %v", got, c.earlier)
				}
				time.Sleep(time.Hour)
				w.settle()
				w.wantKV("answered", "1")
			})
		})
	}
}

func TestCloseLeavesTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.discord.on(func(ctx context.Context, r rest.Request) (rest.Response, error) {
			time.Sleep(time.Second)
			return rest.Response{Status: 200}, nil
		})
		w.open(scripted{})
		for range 5 {
			w.send(1, hello(7, string(script{}.add("answered", 1))))
		}
		w.settle()
		began := time.Now()
		w.close() // waits for the call under way
		if took := time.Since(began); took != time.Second {
			t.Errorf("it took %v", took)
		}
		if n := len(w.keys("out/p/")); n != 5 {
			t.Errorf("%d records are left, want 5: one answer and four calls", n)
		}
		w.open(scripted{})
		time.Sleep(time.Hour)
		w.settle()
		w.wantKV("answered", "5")
		if n := len(w.discord.paths()); n != 5 {
			t.Errorf("%d calls were made, want 5", n)
		}
	})
}

func TestDamagedRecords(t *testing.T) {
	for _, c := range []struct{ key, value string }{
		{"out/p/0000000000000001", "{"},
		{"out/p/0000000000000001", "{}"},
		{"out/p/xyz", `{"call":{}}`},
		{"timer/p/0/1", "short"},
		{"timer/p/x", strings.Repeat("x", 32)},
		{"lane/p/0/0/1/0", "\x02\x00s"},
		{"lane/p/1/0/1", "\x02\x00s"},
		{"lane/p/1/0/1/0", ""},
		{"kvused/p/0", "short"},
		{"kvused/p/x", "12345678"},
		{"parked/p/x", "{}"},
		{"parked/p/x", `{"lane":0,"frame":"AAAA"}`},
		{"out/p/0000000000000001", `{"call":{},"index":-1}`},
	} {
		t.Run(c.key, func(t *testing.T) {
			w := newWorld(t)
			w.write(store.Write{Key: c.key, Value: []byte(c.value)})
			p, err := Open(context.Background(), w.deps(), w.spec, scripted{}.module())
			if err == nil {
				w.plugin = p
				t.Fatal("it opened")
			}
			if !strings.Contains(err.Error(), c.key) || !strings.Contains(err.Error(), `plugin "p"`) {
				t.Errorf("the error %q does not name the record and the plugin", err)
			}
			w.write(store.Write{Key: c.key, Delete: true})
		})
	}
}
