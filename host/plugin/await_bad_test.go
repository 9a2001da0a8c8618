package plugin

import (
	"testing"
	"testing/synctest"

	"github.com/shardhost/shardhost/abi"
)

// TestMisuseOfParking has guests call park, enter and finish where that makes no
// sense: each gets a code, and what is in order goes on.
func TestMisuseOfParking(t *testing.T) {
	const invalid, unknown = int64(abi.Invalid), int64(abi.NotFound)
	awaits := func(s script) script { return s.await("GET", "/channels/1", "") }
	for _, c := range []struct {
		name    string
		scripts []script // one a frame
	}{
		{"park twice", []script{script{}.park().park().expect(invalid).put("ok", "1")}},
		{"park in an answer's handler", []script{awaits(script{}).park().expect(invalid).put("ok", "1")}},
		{"an unknown handle", []script{script{}.enter(77).expect(unknown).finish(77, 0).expect(unknown).enter(-5).expect(unknown).put("ok", "1")}},
		{"enter while another is entered", []script{
			awaits(script{}),
			script{}.park().enter(1).expect(invalid).enter(2).expect(invalid).put("ok", "1"),
		}},
		{"finish another than the entered", []script{
			awaits(script{}),
			script{}.park().finish(1, 0).expect(invalid).op(opHandle, "", "", 2, 0).put("ok", "1"),
		}},
		{"finish twice", []script{script{}.park().finish(1, 0).expect(0).finish(1, 0).expect(unknown), script{}.put("ok", "1")}},
		{"ask for more after the frame was parked and left", []script{script{}.park().enter(0).put("x", "1").expect(invalid).enter(1).put("ok", "1")}},
		{"await without parking", []script{script{}.rest(1, `{"method":"GET","path":"/channels/1","await":true}`).expect(invalid).put("ok", "1")}},
		{"await without a tag", []script{script{}.park().rest(0, `{"method":"GET","path":"/channels/1","await":true}`).expect(invalid).put("ok", "1")}},
		{"a tag twice, and finish before the answers", []script{script{}.park().
			rest(9, `{"method":"GET","path":"/channels/1","await":true}`).expect(0).
			rest(9, `{"method":"GET","path":"/channels/2","await":true}`).expect(0).put("ok", "1")}},
		{"a tag that is a handle", []script{awaits(script{}).put("ok", "1"), script{}.rest(1, document("GET", "/channels/1", "", "")).expect(0)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.open(scripted{})
				for _, s := range c.scripts {
					w.send(1, s)
				}
				w.settle()
				w.wantKV("ok", "1")
				w.wantKV("x", "")
				for _, l := range w.letters() {
					t.Errorf("dead letter: %s", l.Error)
				}
				w.wantPosition(int64(len(c.scripts)))
				w.wantEnd()
			})
		})
	}
}

// TestAHandleDiesWithItsGuest uses one of an earlier generation.
func TestAHandleDiesWithItsGuest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		answers := holdAnswers(w)
		w.open(scripted{})
		for range 3 {
			w.send(1, post(script{}, "1").add("n", 1))
		}
		w.settle()
		w.swap(scripted{version: "2"})
		w.settle()
		w.send(1, script{}.finish(9, 0).expect(int64(abi.NotFound)).put("ok", "1"))
		answers.release(3)
		w.settle()
		w.wantKV("ok", "1")
		w.wantKV("n", "3")
		w.wantEnd()
	})
}

// TestAnAnswerComesAgain gives the answer of one call to its lane twice.
func TestAnAnswerComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		answers := holdAnswers(w)
		w.open(scripted{})
		w.send(1, post(post(script{}.add("n", 1), "1").add("n", 1), "2").add("n", 1))
		w.settle()
		l := (*w.plugin.lanes.Load())[0]
		var twice entry
		if !l.box.request(func() {
			for p := range l.clocks { // of the one that waits
				twice = answerEntry(p, p.Calls[0])
			}
		}) {
			t.Fatal("the lane has ended")
		}
		w.settle()
		answers.release(1)
		w.settle()
		for range 3 {
			twice.completion.Status = 200
			l.box.putAlways(&twice)
		}
		w.settle()
		w.discord.wantPaths(t, "POST /channels/1/messages", "POST /channels/2/messages")
		answers.release(1)
		w.settle()
		l.box.putAlways(&twice)
		w.settle()
		w.wantKV("n", "3")
		w.wantEnd()
	})
}
