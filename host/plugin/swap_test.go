package plugin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/journal"
)

func TestSwapKeepsWhatWaits(t *testing.T) {
	for _, lanes := range [][2]int{{1, 1}, {3, 3}, {1, 4}, {4, 1}, {3, 2}, {2, 5}} {
		t.Run(fmt.Sprintf("%d to %d lanes", lanes[0], lanes[1]), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Lanes = lanes[0]
				p := w.open(scripted{})
				const guilds, each = 7, 5
				var release []func()
				for i := range lanes[0] {
					release = append(release, hold(p, i))
				}
				for n := range each {
					for g := 1; g <= guilds; g++ {
						w.send(g, order(g, n))
					}
				}
				w.spec.Lanes = lanes[1]
				swapped := make(chan struct{})
				go func() {
					defer close(swapped)
					w.swap(scripted{version: "two"})
				}()
				w.settle()
				// More comes while the old lanes are still at work.
				for g := 1; g <= guilds; g++ {
					w.send(g, order(g, each))
				}
				for _, f := range release {
					f()
				}
				<-swapped
				for g := 1; g <= guilds; g++ {
					w.send(g, order(g, each+1))
				}
				w.settle()
				for g := 1; g <= guilds; g++ {
					w.wantKV("g"+itoa(g), itoa(each+2))
				}
				w.wantPosition(guilds * (each + 2))
				if s := p.Status(); s.Lanes != lanes[1] || s.Generation != 2 || s.Failed != 0 || s.Handled != guilds*(each+2) {
					t.Errorf("status is %+v, log:\n%s", s, w.log)
				}
			})
		})
	}
}

// order is the n-th event of a guild: it fails unless the one before it was
// the last.
func order(guild, n int) script {
	key := "g" + itoa(guild)
	s := script{}
	if n > 0 {
		s = s.holds(key, itoa(n))
	}
	return s.put(key, itoa(n+1))
}

func TestSwapEndsAPause(t *testing.T) {
	for _, lanes := range []int{1, 3} {
		t.Run(fmt.Sprintf("to %d lanes", lanes), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Failure = config.Failure{Retry: 100, Max: 2, Within: time.Hour, Backoff: time.Second}
				p := w.open(scripted{})
				w.seed("broken", "1")
				w.send(1, script{}.trapIf("broken").add("n", 1))
				w.settle()
				if s := p.Status(); s.State != Resting {
					t.Fatalf("status is %+v", s)
				}
				w.unseed("broken")
				w.spec.Lanes = lanes
				began := time.Now()
				w.swap(scripted{version: "two"})
				w.settle()
				if took := time.Since(began); took != 0 {
					t.Errorf("it took %v", took)
				}
				w.wantKV("n", "1")
				if s := p.Status(); s.State != Running || s.LastError != nil {
					t.Errorf("status is %+v", s)
				}
			})
		})
	}
}

func TestSwapWithBlockedReader(t *testing.T) {
	for _, lanes := range []int{1, 2} {
		t.Run(fmt.Sprintf("to %d lanes", lanes), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Limits.Mailbox = 2
				p := w.open(scripted{})
				release := hold(p, 0)
				read := make(chan struct{})
				go func() {
					defer close(read)
					for n := range 10 {
						w.send(1, order(1, n))
					}
				}()
				w.settle()
				if s := p.Status(); s.Queued != 2 {
					t.Fatalf("status is %+v", s)
				}
				w.spec.Lanes = lanes
				swapped := make(chan struct{})
				go func() {
					defer close(swapped)
					w.swap(scripted{version: "two"})
				}()
				w.settle()
				release()
				<-swapped
				<-read
				w.settle()
				w.wantKV("g1", "10")
				w.wantPosition(10)
				if s := p.Status(); s.Failed != 0 {
					t.Errorf("status is %+v", s)
				}
			})
		})
	}
}

func TestCloseEndsSwap(t *testing.T) {
	for _, lanes := range []int{1, 2} {
		t.Run(fmt.Sprintf("to %d lanes", lanes), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				p := w.open(scripted{})
				w.store.fail(true)
				w.send(1, script{}.add("n", 1))
				w.settle()
				w.spec.Lanes = lanes
				next, err := p.Prepare(context.Background(), w.spec, scripted{version: "two"}.module(), false)
				if err != nil {
					t.Fatal(err)
				}
				ended := make(chan error)
				go func() {
					_, err := p.Swap(context.Background(), next)
					ended <- err
				}()
				time.Sleep(time.Hour) // the lane's commit does not succeed
				closed := make(chan struct{})
				go func() {
					defer close(closed)
					w.close()
				}()
				if err := <-ended; !errors.Is(err, ErrStopped) {
					t.Errorf("the swap ended with %v", err)
				}
				<-closed
				w.wantPosition(-1)
			})
		})
	}
}

func TestPrepareThatFailsLeavesNothing(t *testing.T) {
	run := []struct {
		name   string
		change func(spec *config.Plugin)
		module []byte
		want   string
	}{
		{"no module", nil, []byte("{}"), `config.hcl:3: plugin "p": `},
		{"too large", func(s *config.Plugin) { s.Limits.ModuleSize = 10 }, scripted{}.module(), "limits.module_size"},
		{"another sum", func(s *config.Plugin) { s.SHA256 = strings.Repeat("0", 64) }, scripted{}.module(), "sha256"},
		{"a grant is missing", func(s *config.Plugin) { s.Grant.KV = nil }, scripted{}.module(), "config.hcl:7: plugin \"p\" cannot run"},
		{"refuses to start", nil, scripted{version: "x", init: script{}.put("a", "1").rest(0, document("GET", "/users/@me", "", "")).fail("no luck")}.module(), "no luck"},
		{"traps at start", func(s *config.Plugin) { s.Lanes = 3 }, scripted{init: script{}.put("a", "1").trap()}.module(), "start of lane 0"},
		{"no events", func(s *config.Plugin) { s.Events = nil }, scripted{init: script{}.put("a", "1")}.module(), "does not say which events"},
		{"unknown events", func(s *config.Plugin) { s.Events = []string{"NOTHING_*"} }, scripted{init: script{}.put("a", "1")}.module(), "NOTHING_*"},
	}
	w := newWorld(t)
	p := w.open(scripted{version: "running"})
	for _, c := range run {
		t.Run(c.name, func(t *testing.T) {
			spec := w.spec
			if c.change != nil {
				c.change(&spec)
			}
			next, err := p.Prepare(context.Background(), spec, c.module, false)
			if err == nil {
				next.Discard(context.Background())
				t.Fatal("it was prepared")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error %q does not say %q", err, c.want)
			}
			if n := p.Space().Used(); n != 0 {
				t.Errorf("%d bytes of the quota are taken", n)
			}
			if n := p.inflight(0).Load(); n != 0 {
				t.Errorf("%d calls are counted", n)
			}
		})
	}
	// What could be prepared and is not used leaves nothing either: closing the
	// engine would fail over a module that is open.
	next, err := p.Prepare(context.Background(), w.spec, scripted{init: script{}.put("a", "1")}.module(), false)
	if err != nil {
		t.Fatal(err)
	}
	if next.Generation() != 2 || len(next.SHA256()) != 64 || !next.Interest().Every() {
		t.Errorf("prepared is generation %d, %s", next.Generation(), next.SHA256())
	}
	next.Discard(context.Background())
	if n := p.Space().Used(); n != 0 {
		t.Errorf("%d bytes of the quota are taken", n)
	}
	if same, err := p.Prepare(context.Background(), w.spec, scripted{version: "running"}.module(), false); same != nil || err != nil {
		t.Errorf("the same again gave %v, %v", same, err)
	}
}

func TestOpenThatFailsLeavesNothing(t *testing.T) {
	w := newWorld(t)
	_, err := Open(context.Background(), w.deps(), w.spec, scripted{init: script{}.fail("no luck")}.module())
	if err == nil || !strings.Contains(err.Error(), "no luck") {
		t.Errorf("it opened: %v", err)
	}
	w.spec.Grant.Discord = nil
	_, err = Open(context.Background(), w.deps(), w.spec, scripted{}.module())
	var check *CheckError
	if !errors.As(err, &check) || !strings.Contains(err.Error(), "config.hcl:7") {
		t.Errorf("it opened: %v", err)
	}
}

// A compare-and-swap of shard_init that has lost by the time of the swap is no
// reason to hang: the lane starts anew, and reads again.
func TestInitThatLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open(scripted{})
		w.seed("config", "1")
		next, err := w.plugin.Prepare(context.Background(), w.spec, scripted{init: script{}.swap("config", "mine").expect(0)}.module(), false)
		if err != nil {
			t.Fatal(err)
		}
		w.send(1, script{}.put("config", "2"))
		w.settle()
		if _, err := w.plugin.Swap(context.Background(), next); err != nil {
			t.Fatal(err)
		}
		w.send(1, script{}.holds("config", "mine").add("n", 1))
		time.Sleep(time.Minute)
		w.settle()
		w.wantKV("config", "mine")
		w.wantKV("n", "1")
	})
}

func TestSwapsAndCloseTogether(t *testing.T) {
	w := newWorld(t)
	w.spec.Limits.Mailbox = 8
	p := w.open(scripted{})
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for shard := range 3 {
		wg.Go(func() {
			var tracker journal.Tracker
			tracker.Begin("s1", -1)
			for seq := int64(1); ; seq++ {
				select {
				case <-stop:
					return
				default:
				}
				e := w.eventAt(seq, int(seq%5), script{}.add("n", 1))
				e.Shard = shard
				ticket, _ := tracker.Receive(seq, 1)
				p.Deliver(e, ticket, nil)
				e.Release()
			}
		})
	}
	for range 2 {
		wg.Go(func() {
			for n := 0; ; n++ {
				spec := w.spec
				spec.Lanes = 1 + n%3
				next, err := p.Prepare(context.Background(), spec, scripted{version: itoa(n)}.module(), true)
				if err == nil {
					_, err = p.Swap(context.Background(), next)
				}
				if err != nil {
					if !errors.Is(err, ErrStopped) {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	until(t, func() bool { return p.Status().Generation > 20 })
	w.close()
	close(stop)
	wg.Wait()
}

func TestReadModule(t *testing.T) {
	file := t.TempDir() + "/p.wasm"
	spec := testSpec()
	spec.Source = file
	if _, err := ReadModule(spec); err == nil || !strings.Contains(err.Error(), `config.hcl:3: plugin "p"`) {
		t.Errorf("a missing file gave %v", err)
	}
	if err := os.WriteFile(file, conformance.Silent(), 0o600); err != nil {
		t.Fatal(err)
	}
	if module, err := ReadModule(spec); err != nil || string(module) != string(conformance.Silent()) {
		t.Errorf("got %d bytes, %v", len(module), err)
	}
	spec.Limits.ModuleSize = 10
	if _, err := ReadModule(spec); err == nil || !strings.Contains(err.Error(), "limits.module_size") {
		t.Errorf("a large file gave %v", err)
	}
}
