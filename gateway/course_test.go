package gateway

import (
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
)

func TestCourse(t *testing.T) {
	lost := ending{}
	asked := ending{asked: StateResuming}
	progressed := ending{asked: StateResuming, progress: true}
	doubt := ending{doubt: true, asked: StateResuming}
	gone := ending{action: discord.ActionIdentify}
	lasted := ending{asked: StateIdentifying, progress: true, ready: time.Hour}
	limited := ending{code: discord.CloseRateLimited, progress: true, ready: time.Hour}
	for _, test := range []struct {
		name    string
		endings []ending
		session bool // afterwards
		url     string
		pause   time.Duration // at most; at least half, above time.Second
	}{
		{"after a stable connection", []ending{lasted}, true, resumeURL, time.Second},
		{"dial fails", []ending{lasted, lost}, true, homeURL, time.Second},
		{"dial fails twice", []ending{lasted, lost, lost}, true, resumeURL, 2 * time.Second},
		{"dial fails for ever", repeat(lost, 100), true, resumeURL, time.Minute},
		{"RESUMEs without answer", repeat(asked, maxRefused-1), true, homeURL, 8 * time.Second},
		{"one more", repeat(asked, maxRefused), false, homeURL, 16 * time.Second},
		{"missed events came", repeat(progressed, 100), true, resumeURL, time.Minute},
		{"asked to move for ever", repeat(ending{asked: StateResuming, moved: true, spoke: true}, 100), true, resumeURL, time.Minute},
		{"called invalid once", []ending{doubt}, true, resumeURL, time.Second},
		{"called invalid twice", []ending{doubt, doubt}, false, homeURL, 5 * time.Second},
		{"gone", []ending{lasted, gone}, false, homeURL, 5 * time.Second},
		{"no session for ever", repeat(gone, 100), false, homeURL, 5 * time.Minute},
		{"rate limited", []ending{limited}, true, resumeURL, 20 * time.Second},
	} {
		for _, random := range []float64{0, 0.999} {
			t.Run(test.name, func(t *testing.T) {
				c := course{Backoff: Backoff{}.withDefaults(), home: homeURL, session: &Session{ID: "s", ResumeURL: resumeURL}, random: func() float64 { return random }}
				var pause time.Duration
				told := 0
				for _, e := range test.endings {
					var lost bool
					if pause, lost = c.after(e); lost {
						told++
					}
				}
				if (c.session != nil) != test.session || (told == 1) == test.session {
					t.Errorf("session %v, its loss was told %d times", c.session, told)
				}
				if c.url() != test.url {
					t.Errorf("next is %s", c.url())
				}
				if pause > test.pause || random > 0.9 && pause < test.pause/2 {
					t.Errorf("pause %s, want about %s", pause, test.pause)
				}
			})
		}
	}
}

// A storm that cuts many connections in a moment does not cost the session.
func TestCourseIsPatient(t *testing.T) {
	c := course{Backoff: Backoff{Step: time.Millisecond, ResumeCap: time.Millisecond}.withDefaults(), session: &Session{ID: "s"}}
	asked := ending{asked: StateResuming}
	var waited time.Duration
	for n := 1; ; n++ {
		pause, lost := c.after(asked)
		if lost {
			if n < maxRefused || waited < c.Patience {
				t.Errorf("given up after %d RESUMEs and %s", n, waited)
			}
			return
		}
		if waited += pause; n > 100_000 {
			t.Fatal("never given up")
		}
	}
}

func repeat(e ending, n int) []ending {
	list := make([]ending, n)
	for i := range list {
		list[i] = e
	}
	return list
}

func TestResumableURL(t *testing.T) {
	for _, test := range []struct {
		name, home, resume string
		want               bool
	}{
		{"both secure", "wss://a", "wss://b", true},
		{"both plain", "ws://a", "ws://b", true},
		{"becomes secure", "ws://a", "wss://b", true},
		{"becomes plain", "wss://a", "ws://b", false},
		{"empty", "wss://a", "", false},
		{"web page", "wss://a", "https://b", false},
		{"garbage", "wss://a", "::", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := resumable(test.home, test.resume); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}
