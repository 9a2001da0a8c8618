package discordtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// A FaultKind is something that goes wrong on a connection.
type FaultKind string

// The faults. Those in the first group end the connection or make the client
// end it; the others are to be lived through.
const (
	FaultReset          FaultKind = "reset"           // the connection breaks, without a close frame
	FaultClose          FaultKind = "close"           // a close frame with Code
	FaultReconnect      FaultKind = "reconnect"       // op 7; the server closes by itself 5 s later
	FaultInvalidSession FaultKind = "invalid_session" // op 9 with Resumable
	FaultMuteAcks       FaultKind = "mute_acks"       // heartbeats are not acknowledged any more
	FaultHalfOpen       FaultKind = "half_open"       // the connection stays, nothing comes and nothing is read
	FaultExpire         FaultKind = "expire"          // the session is forgotten, and its connection breaks
	FaultCorrupt        FaultKind = "corrupt"         // a message of bytes that do not decompress, or are no JSON
	FaultNoHello        FaultKind = "no_hello"        // at connect: HELLO never comes
	FaultLateHello      FaultKind = "late_hello"      // at connect: HELLO comes Delay later

	FaultHeartbeatRequest FaultKind = "heartbeat_request" // op 1
	FaultGarbage          FaultKind = "garbage"           // a payload that is no JSON
	FaultUnknownOpcode    FaultKind = "unknown_opcode"    // an opcode of the future
	FaultUnknownEvent     FaultKind = "unknown_event"     // a dispatch that no table has
	FaultNullData         FaultKind = "null_data"         // a dispatch whose d is null
	FaultDuplicate        FaultKind = "duplicate"         // the last Events dispatches once more, with their old sequences
	FaultGap              FaultKind = "gap"               // Events sequences are left out
	FaultHuge             FaultKind = "huge"              // a GUILD_CREATE of Events megabytes
	FaultOutage           FaultKind = "outage"            // every guild of the shard becomes unavailable and comes back
)

// A Moment is when a fault strikes.
type Moment string

// The moments of a connection.
const (
	AtNow      Moment = ""         // at once, on the sessions that are connected
	AtConnect  Moment = "connect"  // on a new connection, before HELLO; its shard is not known yet
	AtIdentify Moment = "identify" // after IDENTIFY, instead of READY or before it
	AtReady    Moment = "ready"    // after READY and the guilds
	AtResume   Moment = "resume"   // after RESUME, instead of the replay or before it
	AtReplay   Moment = "replay"   // within the replay, after After events
	AtResumed  Moment = "resumed"  // after RESUMED
)

// AllShards as a fault's shard means every one.
const AllShards = -1

// A Fault is injected by Server.Fault, or POST /sim/faults.
type Fault struct {
	Kind      FaultKind
	Shard     int               // shard id, in whatever generation, or AllShards
	At        Moment            // default: now
	Times     int               // at another moment than now: how many connections; default 1
	Code      discord.CloseCode // FaultClose; default 4000
	Resumable bool              // FaultInvalidSession
	After     int               // AtReplay: events before it
	Events    int               // FaultDuplicate, FaultGap, FaultHuge; default 1
	Delay     time.Duration     // FaultLateHello; default 5 s
}

// kinds are all faults.
func kinds() []FaultKind {
	return []FaultKind{
		FaultReset, FaultClose, FaultReconnect, FaultInvalidSession, FaultMuteAcks, FaultHalfOpen, FaultExpire, FaultCorrupt,
		FaultNoHello, FaultLateHello, FaultHeartbeatRequest, FaultGarbage, FaultUnknownOpcode, FaultUnknownEvent, FaultNullData,
		FaultDuplicate, FaultGap, FaultHuge, FaultOutage,
	}
}

func moments() []Moment {
	return []Moment{AtNow, AtConnect, AtIdentify, AtReady, AtResume, AtReplay, AtResumed}
}

// check completes a fault, or says what is wrong with it.
func (f Fault) check() (Fault, error) {
	switch {
	case !slices.Contains(kinds(), f.Kind):
		return f, fmt.Errorf("kind %q is no fault: %s", f.Kind, join(kinds()))
	case !slices.Contains(moments(), f.At):
		return f, fmt.Errorf("at %q is no moment: %s, or nothing for now", f.At, join(moments()[1:]))
	case f.Shard < AllShards:
		return f, fmt.Errorf("shard %d cannot be: a shard id, or \"all\"", f.Shard)
	case f.Kind == FaultClose && f.Code != 0 && (f.Code < 1000 || f.Code > 4999 || f.Code == 1004 || f.Code == 1005 || f.Code == 1006 || f.Code == 1015):
		return f, fmt.Errorf("code %d cannot stand in a close frame", f.Code)
	case (f.Kind == FaultNoHello || f.Kind == FaultLateHello) && f.At != AtConnect:
		return f, fmt.Errorf("%s is only possible with \"at\": \"connect\"", f.Kind)
	case f.At == AtConnect && f.Shard != AllShards:
		return f, fmt.Errorf("at connect the shard is not known yet: use \"shard\": \"all\"")
	case f.Events < 0 || f.Times < 0 || f.After < 0 || f.Delay < 0:
		return f, fmt.Errorf("events, times, after and delay_ms cannot be negative")
	case f.Kind == FaultHuge && f.Events > 64:
		return f, fmt.Errorf("a GUILD_CREATE of %d MB: at most 64", f.Events)
	}
	f.Times, f.Events = max(f.Times, 1), max(f.Events, 1)
	if f.Code == 0 {
		f.Code = discord.CloseUnknownError
	}
	if f.Delay == 0 {
		f.Delay = 5 * time.Second
	}
	return f, nil
}

func join[T ~string](list []T) string {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = string(v)
	}
	return strings.Join(names, ", ")
}

// faultLimit is how many faults may wait for their moment.
const faultLimit = 10000

// strikeLimit is how many faults that have struck are remembered.
const strikeLimit = 100000

// A Strike is one fault on one connection.
type Strike struct {
	Time      time.Time `json:"time"`
	Kind      FaultKind `json:"kind"`
	At        Moment    `json:"at,omitempty"`
	Code      int       `json:"code,omitempty"`
	Resumable bool      `json:"resumable,omitempty"` // of FaultInvalidSession
	Session   string    `json:"session,omitempty"`   // of the connection, if it has one
	Shard     int       `json:"shard"`               // -1: not known yet
	Seq       int64     `json:"sequence"`            // of the session's last dispatch
}

// Faults returns the faults that have struck, oldest first, whoever injected
// them. Only the last 100,000 are kept.
func (s *Server) Faults() []Strike { return s.rec.faults() }

// inject lets a fault strike now, or keeps it for its moment. It returns how
// many connections it struck.
func (h *hub) inject(f Fault) (int, error) {
	f, err := f.check()
	if err != nil {
		return 0, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.At != AtNow {
		if len(h.faults) >= faultLimit {
			return 0, fmt.Errorf("%d faults wait for their moment already", faultLimit)
		}
		h.faults = append(h.faults, f)
		return 0, nil
	}
	var struck []*conn
	for _, s := range h.live() {
		if f.Shard == AllShards || s.shard == f.Shard {
			struck = append(struck, s.conn)
		}
	}
	for _, c := range struck {
		h.apply(c, c.session, f)
	}
	return len(struck), nil
}

// live returns the connected sessions, oldest first. It needs the lock.
func (h *hub) live() []*session {
	var live []*session
	for _, s := range h.sessions {
		if s.conn != nil && !s.conn.ending {
			live = append(live, s)
		}
	}
	slices.SortFunc(live, func(a, b *session) int {
		if c := a.started.Compare(b.started); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return live
}

// armed takes a fault that waits for a moment of a shard, or returns nil. It
// needs the lock.
func (h *hub) armed(at Moment, shard int) *Fault {
	for i := range h.faults {
		f := h.faults[i]
		if f.At != at || f.Shard != AllShards && f.Shard != shard {
			continue
		}
		if h.faults[i].Times--; h.faults[i].Times <= 0 {
			h.faults = slices.Delete(h.faults, i, i+1)
		}
		return &f
	}
	return nil
}

// strike lets a waiting fault strike. It is true when the ordinary course is
// not to go on.
func (h *hub) strike(c *conn, at Moment, shard int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.armed(at, shard)
	return f != nil && h.apply(c, c.session, *f)
}

// strikeResume is strike for a RESUME that asks for a session by id.
func (h *hub) strikeResume(c *conn, id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, shard := h.sessions[id], -1
	if s != nil {
		shard = s.shard
	}
	f := h.armed(AtResume, shard)
	return f != nil && h.apply(c, s, *f)
}

// apply lets a fault strike a connection and the session that it has or asks
// for. It is true when nothing ordinary can follow on it. It needs the lock.
func (h *hub) apply(c *conn, s *session, f Fault) bool {
	h.rec.struck(s, f)
	switch f.Kind {
	case FaultReset:
		c.stop()
		return true
	case FaultClose:
		if s != nil && endsSession(f.Code) {
			h.revoke(s)
		}
		h.close(c, f.Code)
		return true
	case FaultReconnect:
		c.control(discord.OpReconnect, "null")
		h.after(reconnectGrace, func() {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.close(c, discord.CloseUnknownError)
		})
		return f.At != AtConnect && f.At != AtReplay
	case FaultInvalidSession:
		if s != nil && f.Resumable {
			h.detach(s)
		} else if s != nil {
			h.revoke(s)
		}
		c.control(discord.OpInvalidSession, fmt.Sprint(f.Resumable))
		return f.At != AtConnect
	case FaultMuteAcks:
		c.muted = true
	case FaultHalfOpen:
		c.muted, c.ending = true, true
		if c.beat != nil {
			c.beat.Stop()
		}
		c.act(func(c *conn) error { <-c.gone; return errEnd })
		return true
	case FaultExpire:
		if s != nil {
			h.revoke(s)
		}
		c.stop()
		return true
	case FaultNoHello:
		return true
	case FaultLateHello:
		h.after(f.Delay, func() {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.hello(c)
		})
		return true
	default:
		h.disturb(c, f)
	}
	return false
}

// reconnectGrace is how long after op 7 a client may stay.
const reconnectGrace = 5 * time.Second
