package shard

import (
	"testing"
	"time"
)

func FuzzLedger(f *testing.F) {
	f.Add([]byte(`{"total":1000,"used":7,"left":993,"reset_at":1700000000000,"max_concurrency":16,"last":{"0":1700000000000},"n":7}`))
	f.Add([]byte(`{"total":1,"used":0,"left":1,"reset_at":-9223372036854775808,"max_concurrency":1,"last":{"-1":9223372036854775807}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		now := time.UnixMilli(1_700_000_000_000)
		r, err := parseLedger(text, now)
		if err != nil {
			return
		}
		l := &ledger{record: r}
		if until := l.until(0.2, now); until.After(now.Add(day)) {
			t.Fatalf("%s: waits until %v", text, until)
		}
		for key, last := range r.Last {
			if key < 0 || time.UnixMilli(last).After(now) {
				t.Fatalf("%s: key %d last went %v", text, key, time.UnixMilli(last))
			}
		}
		l.observe(Limit{Known: true, Total: 5, Remaining: 3, ResetAfter: time.Hour, MaxConcurrency: 2}, now)
		if l.record.remaining() > 3 {
			t.Fatalf("%s: %d left of the 3 that the service says", text, l.record.remaining())
		}
	})
}

func TestAppOf(t *testing.T) {
	cases := []struct{ name, token, want string }{
		{"a Discord token", "Bot MTA0NTI4NTU4NTk4NTA4OTU0Ng.GxYz.secret", "1045285585985089546"},
		{"padded", "MTIzNA==.x.y", "1234"},
		{"another service's", "opaque", fingerprint("opaque")},
		{"no digits inside", "YWJj.x.y", fingerprint("YWJj.x.y")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := appOf(c.token); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
