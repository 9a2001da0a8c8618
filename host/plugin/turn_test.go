package plugin

import (
	"testing"
	"testing/synctest"
)

// What waits in the mailbox shares a commit beyond one call of the guest; a
// frame that fails in a later call costs those before it nothing.
func TestBacklogSharesACommit(t *testing.T) {
	const frames = 200 // three calls and a bit
	for _, c := range []struct {
		name    string
		guest   scripted
		bad     script // frame 150, between two calls; nil: none
		letters int
		commits int
	}{
		{"all well", scripted{}, nil, 0, 2},
		{"all well, silent guest", scripted{silent: true}, nil, 0, 2},
		{"a trap", scripted{}, script{}.add("bad", 1).trap(), 1, 6},
		{"a trap, silent guest", scripted{silent: true}, script{}.add("bad", 1).trap(), 1, 70}, // one by one, to find it
		{"an error", scripted{}, script{}.add("bad", 1).fail("no luck"), 1, 6},
		{"a trap, once", scripted{}, script{}.add("n", 1).trapOnce(), 0, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Limits.Mailbox = frames
				p := w.open(c.guest)
				w.settle()
				commits := 0
				w.store.before = func() { commits++ }
				release := hold(p, 0)
				for i := range frames {
					s := script{}.add("n", 1).expect(0).put("last", itoa(i))
					if i > 0 && i != 150 && i != 151 {
						s = script{}.holds("last", itoa(i-1)).add("n", 1).put("last", itoa(i))
					}
					if i == 150 && c.bad != nil {
						s = c.bad
					}
					w.send(i, s)
				}
				release()
				until(t, func() bool { return w.position() == frames })
				w.wantKV("n", itoa(frames-c.letters))
				w.wantKV("last", itoa(frames-1))
				w.wantKV("bad", "")
				if n := len(w.letters()); n != c.letters {
					t.Errorf("%d dead letters, want %d", n, c.letters)
				}
				if commits > c.commits {
					t.Errorf("%d commits for %d frames, want %d at most", commits, frames, c.commits)
				}
			})
		})
	}
}
