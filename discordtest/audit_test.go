package discordtest

import "testing"

func TestAudit(t *testing.T) {
	type step func(*Server, *client, readyInfo, []Delivery) []Delivery
	for _, tt := range []struct {
		name string
		act  step
		want Audit // without Examples
	}{
		{"everything once", func(_ *Server, _ *client, _ readyInfo, d []Delivery) []Delivery { return d },
			Audit{Events: 4, Delivered: 4}},
		{"one lost", func(_ *Server, _ *client, _ readyInfo, d []Delivery) []Delivery { return append(d[:1], d[2:]...) },
			Audit{Events: 4, Delivered: 3, Lost: 1}},
		{"one doubled", func(_ *Server, _ *client, _ readyInfo, d []Delivery) []Delivery { return append(d, d[2]) },
			Audit{Events: 4, Delivered: 4, Doubled: 1}},
		{"two of a guild in the wrong order", func(_ *Server, _ *client, _ readyInfo, d []Delivery) []Delivery {
			d[0], d[2] = d[2], d[0]
			return d
		}, Audit{Events: 4, Delivered: 4, Reordered: 1}},
		{"two of different guilds in another order", func(_ *Server, _ *client, _ readyInfo, d []Delivery) []Delivery {
			d[0], d[1] = d[1], d[0]
			return d
		}, Audit{Events: 4, Delivered: 4}},
		{"one never sent", func(_ *Server, _ *client, _ readyInfo, d []Delivery) []Delivery { return append(d, Delivery{"x", 1}) },
			Audit{Events: 4, Delivered: 4, Unknown: 1}},
		{"one lost with its session", func(s *Server, c *client, _ readyInfo, d []Delivery) []Delivery {
			if _, err := s.Fault(Fault{Kind: FaultExpire, Shard: AllShards}); err != nil {
				t.Fatal(err)
			}
			c.closed()
			return d[:3]
		}, Audit{Events: 4, Delivered: 3, Forgone: 1}},
		{"one lost with a session that the client closed", func(s *Server, c *client, _ readyInfo, d []Delivery) []Delivery {
			c.bye(1000)
			eventually(t, s, "the session ends", func() bool { return len(s.Sessions()) == 0 })
			return d[:3]
		}, Audit{Events: 4, Delivered: 3, Lost: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := start(t, Options{})
			c, ready := identified(t, s, allIntents, 0, 1)
			var d []Delivery
			for _, guild := range []int{0, 1, 0, 1} {
				s.Dispatch(s.Guilds()[guild].ID, "FUTURE_EVENT", nil)
				d = append(d, Delivery{ready.SessionID, *c.event("FUTURE_EVENT").S})
			}
			d = tt.act(s, c, ready, d)
			got := s.Audit(d, func(l Sent) bool { return l.Type == "FUTURE_EVENT" })
			faults := got.Lost + got.Doubled + got.Reordered + got.Unknown
			if len(got.Examples) != faults || got.Sound() != (faults == 0) {
				t.Errorf("examples %q for %d faults, sound %v", got.Examples, faults, got.Sound())
			}
			got.Examples = nil
			if got.Events != tt.want.Events || got.Delivered != tt.want.Delivered || got.Lost != tt.want.Lost || got.Forgone != tt.want.Forgone ||
				got.Doubled != tt.want.Doubled || got.Reordered != tt.want.Reordered || got.Unknown != tt.want.Unknown {
				t.Errorf("audit %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestAuditTakesOneOfTwoSessions(t *testing.T) {
	s, clock := start(t, Options{MaxConcurrency: 1})
	_, old := identified(t, s, 0, 0, 1)
	clock.Advance(s.opts.BucketWindow)
	c, young := identified(t, s, 0, 0, 2)
	s.Dispatch(0, "FUTURE_EVENT", nil)
	seq := *c.event("FUTURE_EVENT").S
	one := []Delivery{{old.SessionID, 1}, {young.SessionID, 1}, {young.SessionID, seq}}
	if a := s.Audit(one, nil); !a.Sound() || a.Events != 3 {
		t.Errorf("taken from one session: %+v", a)
	}
	if a := s.Audit([]Delivery{{young.SessionID, 1}, {old.SessionID, 1}, {young.SessionID, seq}}, nil); !a.Sound() {
		t.Errorf("two sessions' READYs have no order: %+v", a)
	}
	if a := s.Audit(append(one, Delivery{old.SessionID, 2}), nil); a.Doubled != 1 {
		t.Errorf("taken from both sessions: %+v", a)
	}
}
