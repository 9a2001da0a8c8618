package shard

import (
	"testing"
	"time"

	"github.com/shardhost/shardhost/gateway"
)

func TestStalled(t *testing.T) {
	now := time.Now()
	quiet := func(since, usual time.Duration) Status {
		return Status{Status: gateway.Status{State: gateway.StateReady, LastEvent: now.Add(-since), Usual: usual}, InCharge: true}
	}
	busy := quiet(time.Second, time.Second)
	cases := []struct {
		name  string
		shard Status
		other Status
		want  bool
	}{
		{"it is busy", quiet(time.Second, time.Second), busy, false},
		{"quiet for long", quiet(11*time.Minute, time.Second), busy, true},
		{"not long enough", quiet(9*time.Minute, time.Second), busy, false},
		{"as quiet as always", quiet(time.Hour, 10*time.Minute), busy, false},
		{"much quieter than always", quiet(6*time.Hour, 10*time.Minute), busy, true},
		{"too few events to tell", quiet(time.Hour, 0), busy, false},
		{"nobody has any", quiet(time.Hour, time.Second), quiet(2*time.Minute, time.Second), false},
		{"it connects", func() Status { s := quiet(time.Hour, time.Second); s.State = gateway.StateDialing; return s }(), busy, false},
		{"it is not in charge yet", func() Status { s := quiet(time.Hour, time.Second); s.InCharge = false; return s }(), busy, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			list := []Status{c.shard, c.other}
			markStalled(list, now)
			if list[0].Stalled != c.want || list[1].Stalled {
				t.Errorf("stalled %t and %t, want %t and not the other", list[0].Stalled, list[1].Stalled, c.want)
			}
		})
	}
}
