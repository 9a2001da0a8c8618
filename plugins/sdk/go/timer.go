package sdk

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/shardhost/shardhost/abi"
)

// Timer is one that is due.
type Timer struct {
	ID   TimerID
	Name string // of the handler
	Data string // what After was given
}

// TimerID names a timer set with After, for as long as it runs.
type TimerID uint64

type timerHandler struct {
	handler
	name  string
	hash  uint32 // the upper half of the tags of its timers
	start func(*Ctx) error
	call  func(*Ctx, TimerID) error
}

// Every calls fn once in each period, for the plugin as a whole: in its first
// lane. The period runs on over reloads and restarts; what was due while the
// host was down is called once. It needs the grant timers. The shortest period
// is 100 ms, the longest a year.
func Every(name string, period time.Duration, fn func(c *Ctx) error) {
	h := &timerHandler{handler: newHandler("Every", 1), name: name}
	if period < 100*time.Millisecond || period > 366*24*time.Hour {
		h.refuse("the period must be from 100 ms to 366 days")
	}
	h.start = func(c *Ctx) error {
		if c.Lane() != 0 {
			return nil
		}
		tag, ms := h.tag(0), milliseconds(period)
		return failed("timer", name, c.guest.host.Timer(tag, ms, ms))
	}
	h.call = func(c *Ctx, _ TimerID) error { return fn(c) }
	plugin.addTimer(h)
	plugin.stopTimer = func(c *Ctx, id TimerID) error {
		return failed("timer_off", "", c.guest.host.TimerOff(uint64(id)))
	}
}

// OnTimer registers the handler of the timers that After sets under that name.
func OnTimer(name string, fn func(c *Ctx, t *Timer) error) {
	h := &timerHandler{handler: newHandler("OnTimer", 1), name: name}
	h.call = func(c *Ctx, id TimerID) error {
		data, err := c.KV().Get(timerKey(id))
		if errors.Is(err, ErrNotFound) {
			return nil // stopped in the moment it was due
		}
		if err != nil {
			return err
		}
		if err := c.KV().Delete(timerKey(id)); err != nil {
			return err
		}
		return fn(c, &Timer{ID: id, Name: name, Data: data})
	}
	plugin.addTimer(h)
}

// After has the handler of that name called after d, with data. The timer
// belongs to the host: it survives reloads and restarts. It needs the grants
// timers and kv, which keeps data under a key that begins with "sdk/timer/".
// At most a year.
func (c *Ctx) After(name string, d time.Duration, data string) (TimerID, error) {
	h := plugin.timerNamed(name)
	if h == nil {
		return 0, errors.New("timer " + name + ": nothing is registered with OnTimer under that name")
	}
	for {
		id := TimerID(h.tag(rand.Uint32() | 1))
		err := c.KV().Swap(timerKey(id), 0, data, 0)
		if errors.Is(err, ErrExists) {
			continue
		}
		if err != nil {
			return 0, err
		}
		return id, failed("timer", name, c.guest.host.Timer(uint64(id), max(0, milliseconds(d)), 0))
	}
}

// StopTimer stops a timer that After has set. That it is not there any more is
// no error.
func (c *Ctx) StopTimer(id TimerID) error {
	if err := failed("timer_off", "", c.guest.host.TimerOff(uint64(id))); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return c.KV().Delete(timerKey(id))
}

// timer calls the handler of a timer that is due.
func (g *Guest) timer(c *Ctx, f *abi.Frame) error {
	for _, h := range plugin.timers {
		if h.hash == uint32(f.Tag>>32) {
			if err := run(h.handler, func() error { return h.call(c, TimerID(f.Tag)) }); err != nil {
				return errors.New("timer " + strconv.Quote(h.name) + ": " + err.Error())
			}
			return nil
		}
	}
	c.Log().Warn("a timer is due whose name is not registered any more", "tag", f.Tag)
	if plugin.stopTimer != nil {
		return plugin.stopTimer(c, TimerID(f.Tag)) // or a periodic one would come back for ever
	}
	return nil
}

func timerKey(id TimerID) string { return "sdk/timer/" + strconv.FormatUint(uint64(id), 16) }

func (h *timerHandler) tag(low uint32) uint64 { return uint64(h.hash)<<32 | uint64(low) }

func (p *registry) addTimer(h *timerHandler) {
	h.hash = fnv32(h.name)
	for _, other := range p.timers {
		if other.name == h.name {
			h.refuse("another handler has the name " + strconv.Quote(h.name))
		}
		if other.hash == h.hash {
			h.refuse("choose another name than " + strconv.Quote(h.name) + ": its hash is that of " + strconv.Quote(other.name))
		}
	}
	p.timers = append(p.timers, h)
}

func (p *registry) timerNamed(name string) *timerHandler {
	for _, h := range p.timers {
		if h.name == name {
			return h
		}
	}
	return nil
}

// fnv32 is FNV-1a.
func fnv32(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}
