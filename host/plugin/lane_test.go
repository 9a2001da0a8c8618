package plugin

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/abi"
)

func TestLaneHandlesFrames(t *testing.T) {
	for _, c := range []struct {
		name  string
		guest scripted
	}{{"one by one", scripted{silent: true}}, {"in batches", scripted{}}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.open(c.guest)
				for i := range 10 {
					w.send(i, script{}.add("n", 1).expect(0).put("last", itoa(i)).holds("last", itoa(i)))
				}
				w.settle()
				w.wantKV("n", "10")
				w.wantKV("last", "9")
				w.wantPosition(10)
				if s := w.plugin.Status(); s.Handled != 10 || s.Failed != 0 || s.Buried != 0 || s.State != Running {
					t.Errorf("status is %+v", s)
				}
			})
		})
	}
}

// A frame that always fails is tried retry+1 times and then becomes a dead
// letter; what stands before and after it in the batch takes effect once.
func TestLanePinsTheFailingFrame(t *testing.T) {
	for _, c := range []struct {
		name  string
		guest scripted
		bad   script
		error string
	}{
		{"trap, counting guest", scripted{}, script{}.add("bad", 1).trap(), "unreachable"},
		{"trap, silent guest", scripted{silent: true}, script{}.add("bad", 1).trap(), "unreachable"},
		{"own error, counting guest", scripted{}, script{}.add("bad", 1).fail("no luck"), "no luck"},
		{"own error, silent guest", scripted{silent: true}, script{}.add("bad", 1).fail("no luck"), "no luck"},
		{"deadline", scripted{silent: true}, script{}.add("bad", 1).op(opSpin, "", "", 0, 0), "deadline"},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := func(t *testing.T) {
				w := newWorld(t)
				w.spec.Failure.Backoff = 10 * time.Millisecond
				w.spec.Limits.Deadline = 50 * time.Millisecond
				p := w.open(c.guest)
				// All in one batch: the lane is held while they arrive.
				release := hold(p, 0)
				for range 3 {
					w.send(1, script{}.add("good", 1))
				}
				w.send(1, c.bad)
				for range 3 {
					w.send(1, script{}.add("good", 1))
				}
				release()
				until(t, func() bool { return w.position() == 7 })
				w.wantKV("good", "6")
				w.wantKV("bad", "")
				letters := w.letters()
				if len(letters) != 1 {
					t.Fatalf("%d dead letters, want 1; log:\n%s", len(letters), w.log)
				}
				l := letters[0]
				f, _, err := abi.Parse(l.Frame)
				if err != nil || f.Tag != 4 || string(f.Name) != "MESSAGE_CREATE" || string(f.Body) != string(c.bad) {
					t.Errorf("the dead letter's frame is %+v, %v", f, err)
				}
				if l.Attempts != 3 || !strings.Contains(l.Error, c.error) || l.Event != "MESSAGE_CREATE" {
					t.Errorf("the dead letter is %+v", l)
				}
				if s := p.Status(); s.Handled != 6 || s.Failed != 3 || s.Buried != 1 || !strings.Contains(s.LastError.Error(), c.error) {
					t.Errorf("status is %+v", s)
				}
			}
			if c.name == "deadline" { // takes real time
				run(t)
			} else {
				synctest.Test(t, run)
			}
		})
	}
}

// hold keeps a lane between two batches until the function it returns is
// called.
func hold(p *Plugin, lane int) (release func()) {
	held, free := make(chan struct{}), make(chan struct{})
	(*p.lanes.Load())[lane].box.request(func() {
		close(held)
		<-free
	})
	<-held
	return func() { close(free) }
}

// until waits for something that takes real or false time.
func until(t testing.TB, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen")
		}
	}
}
