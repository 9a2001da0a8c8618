package shard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
)

// Limits of a handover.
const (
	// heldLife is how long the old generation may be behind with an event.
	heldLife = time.Minute

	// passedLife is how long the new one may be, which has to connect again when
	// its connection breaks.
	passedLife = time.Minute

	// earlyLife is how long it may be with one that the old generation passed
	// before the guild was there on the new shard: most of those never come.
	earlyLife = time.Second

	// guildPatience is how long a new shard may bring no further guild until
	// those that are missing are given up. Without the intent GUILDS none comes.
	guildPatience = 15 * time.Second

	// calmAfterGuilds is how long the old generation is given for what happened
	// before the last guild came to the new one, which will not learn of it.
	calmAfterGuilds = 2 * time.Second

	// tolerable is how far the old generation may be behind when it hands over.
	tolerable = time.Second

	// settleLimit is how long the old generation's handlers may take to finish
	// while everything stands still.
	settleLimit = 2 * time.Second

	// heldLimit is how many bytes of events the new generation may be ahead.
	heldLimit = 256 << 20
)

var errNotReady = errors.New("shard: a new shard is connecting again")

var errTooFarBehind = errors.New("shard: the running shards are too far behind the new ones to hand over; their handlers do not keep up")

// A handover lets one generation take over from another without losing or
// doubling an event.
//
// While the new shards open, both generations receive every event of their
// guilds. The old one is in charge: its events pass, and are noted by guild,
// type and body. The new one's are compared with these notes: what the old
// generation has passed is dropped, what it has not yet passed is held until it
// does. So what is held at any moment is exactly how far the old generation is
// behind. To hand over, everything stands still for a moment: the handlers
// finish, what is held passes in its order, and from then on the new
// generation's events pass, except those that the old one had passed before,
// and the old one's are dropped. Until that moment nothing has happened that a
// failure would have to undo.
type handover struct {
	seed    maphash.Seed
	patient time.Duration // guildPatience, or as Options say
	of      int           // shards of the new generation
	lanes   []*takeover   // by the new shards' ids
	old     []*relay
	held    atomic.Int64  // bytes
	arrived chan struct{} // capacity 1: a guild came
}

// A takeover is what happens for one new shard. Its lock is held while an event
// passes, so that the two generations' events of a guild keep their order.
type takeover struct {
	relay *relay
	eager bool // the old shard of some of its guilds has failed: in charge as soon as it can

	mu     sync.Mutex
	done   bool // the new shard is in charge
	gaveUp bool // it was given up
	kinds  map[kind]*overlap
	order  uint64
	ready  *heldEvent // its READY

	awaited  map[discord.GuildID]struct{} // guilds of READY that are not there yet
	there    map[discord.GuildID]struct{} // guilds that are
	progress time.Time                    // when the last one came
}

// A kind is the events of one type in one guild: they come in one order on all
// sessions. Of different types that is not sure.
type kind struct {
	guild discord.GuildID
	name  string
}

// An overlap is what one generation has of a kind and the other has not: only
// one of the lists has entries, unless something was lost.
type overlap struct {
	live   bool          // the new shard has received events of this kind
	passed []passedEvent // by the old one
	held   []heldEvent   // by the new one

	// The first event of the new shard, or one that was taken for an early one of
	// the old generation, may have been another one with the same body: then its
	// own counterpart is still to pass there, and will not come again.
	doubtful   uint64 // the body
	doubtUntil time.Time
}

type passedEvent struct {
	hash  uint64
	at    time.Time
	early bool // before the guild was there on the new shard
}

type heldEvent struct {
	hash  uint64
	at    time.Time
	order uint64
	event *gateway.Event // retained
}

// newHandover prepares to hand over from one set of relays to another, which is
// complete and in the order of the ids. From now on the new ones' events are
// held.
func newHandover(old, next []*relay) *handover {
	h := &handover{seed: maphash.MakeSeed(), patient: guildPatience, of: len(next), old: old, arrived: make(chan struct{}, 1)}
	for _, r := range next {
		h.lanes = append(h.lanes, &takeover{relay: r, kinds: make(map[kind]*overlap), there: make(map[discord.GuildID]struct{}), progress: time.Now()})
		r.withheld.Store(true)
		r.handover.Store(h)
	}
	for _, r := range old {
		r.handover.Store(h)
	}
	return h
}

// begin notes that a session has begun.
func (h *handover) begin(r *relay) {
	t := h.lane(r)
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done {
		return
	}
	t.awaited, t.progress = nil, time.Now()
	h.releaseAll(t)
	clear(t.there)
	for _, o := range t.kinds {
		o.live = false
	}
}

// lane returns what happens for a new shard, nil for an old one's relay.
func (h *handover) lane(r *relay) *takeover {
	id := r.shard.ShardID()
	if r.shard.NumShards() == h.of && id < len(h.lanes) && h.lanes[id].relay == r {
		return h.lanes[id]
	}
	return nil
}

// route returns the new shard and the guild under which an event of either
// generation is compared. Events without a guild come to the first shard, and
// so do some with one. ok is false for those that concern one session only.
func (h *handover) route(e *gateway.Event) (shard int, guild discord.GuildID, ok bool) {
	switch e.Type {
	case discord.EventReady, discord.EventResumed, discord.EventGuildMembersChunk, discord.EventRateLimited,
		discord.EventSoundboardSounds, discord.EventChannelInfo:
		return 0, 0, false
	}
	if e.Data == nil { // nobody looks into it
		return 0, 0, false
	}
	if e.Guild.IsValid() && discord.GuildShard(e.Guild, e.Of) == e.Shard {
		return discord.GuildShard(e.Guild, h.of), e.Guild, true
	}
	return 0, 0, e.Shard == 0
}

func (h *handover) dispatch(r *relay, e *gateway.Event) {
	if t := h.lane(r); t != nil {
		h.fromNew(t, e)
	} else {
		h.fromOld(r, e)
	}
}

// fromOld lets an event pass while its guild was not handed over.
func (h *handover) fromOld(r *relay, e *gateway.Event) {
	shard, guild, ok := h.route(e)
	if !ok {
		r.pass(e)
		return
	}
	t := h.lanes[shard]
	hash := h.hash(e)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done {
		return
	}
	o := t.overlap(guild, e)
	if i := slices.IndexFunc(o.held, func(x heldEvent) bool { return x.hash == hash }); i >= 0 {
		h.release(&o.held[i])
		o.held = slices.Delete(o.held, i, i+1)
	} else {
		_, there := t.there[guild]
		now := time.Now()
		early := !there && !o.live || hash == o.doubtful && now.Before(o.doubtUntil)
		o.passed = append(o.passed, passedEvent{hash: hash, at: now, early: early})
	}
	r.pass(e)
}

// fromNew drops what the old generation has passed. It holds the rest, or lets
// it pass once the guild was handed over.
func (h *handover) fromNew(t *takeover, e *gateway.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gaveUp {
		return
	}
	if e.Type == discord.EventReady {
		t.expect(e)
		h.bell()
	}
	backfill := t.came(e)
	if backfill {
		h.bell()
	}
	defer func() {
		if t.eager && !t.done && t.awaited != nil && len(t.awaited) == 0 {
			t.stand(false)
			h.flush(t)
		}
	}()
	_, guild, ok := h.route(e)
	switch {
	case ok && backfill && !t.done:
		return // the guild is known, and every change since
	case ok && t.overlap(guild, e).takePassed(h.hash(e), time.Now()):
		return
	case t.done:
		e.Replayed = e.Replayed || backfill
		t.relay.pass(e)
	case ok:
		o := t.overlap(guild, e)
		o.held = append(o.held, h.hold(t, e))
	case e.Type == discord.EventReady:
		held := h.hold(t, e)
		t.ready = &held
	}
}

// expect notes the guilds that READY announces.
func (t *takeover) expect(ready *gateway.Event) {
	var body struct {
		Guilds []struct {
			ID discord.GuildID `json:"id"`
		} `json:"guilds"`
	}
	t.progress = time.Now()
	t.awaited = make(map[discord.GuildID]struct{})
	if json.Unmarshal(ready.Data, &body) != nil {
		return // then no guild is waited for
	}
	for _, g := range body.Guilds {
		t.awaited[g.ID] = struct{}{}
	}
}

// came notes that a guild is there, and reports whether it was awaited.
func (t *takeover) came(e *gateway.Event) bool {
	if e.Type != discord.EventGuildCreate && e.Type != discord.EventGuildDelete {
		return false
	}
	if _, ok := t.awaited[e.Guild]; !ok {
		return false
	}
	delete(t.awaited, e.Guild)
	t.there[e.Guild] = struct{}{}
	t.progress = time.Now()
	return true
}

func (t *takeover) overlap(guild discord.GuildID, e *gateway.Event) *overlap {
	k := kind{guild, e.Name}
	o := t.kinds[k]
	if o == nil {
		o = new(overlap)
		t.kinds[k] = o
	}
	return o
}

// takePassed finds an event of the new generation among those that the old one
// has passed.
//
// Both have the events of a kind in the same order. So when one comes on the new
// shard, those that the old one passed before it will not come any more; and one
// that the old generation has not passed comes after all that it has. That keeps
// an event from being taken for an earlier one with the same body. Where the new
// shard's first event of a kind could be one of several, it is taken for the
// first: what comes next corrects that, whereas after a later one it would have
// no counterpart.
func (o *overlap) takePassed(hash uint64, now time.Time) bool {
	match := slices.IndexFunc(o.passed, func(x passedEvent) bool {
		return x.hash == hash && (!x.early || now.Sub(x.at) <= earlyLife)
	})
	first := !o.live
	o.live = true
	if match < 0 {
		o.passed = nil
		return false
	}
	if first || o.passed[match].early {
		o.doubtful, o.doubtUntil = hash, now.Add(earlyLife)
		for i := range o.passed[match+1:] {
			if x := &o.passed[match+1+i]; x.hash == hash {
				x.early = true
			}
		}
	}
	o.passed = slices.Delete(o.passed, 0, match+1)
	return true
}

func (h *handover) hold(t *takeover, e *gateway.Event) heldEvent {
	e.Retain()
	h.held.Add(int64(len(e.Data)))
	t.order++
	return heldEvent{hash: h.hash(e), at: time.Now(), order: t.order, event: e}
}

func (h *handover) release(x *heldEvent) {
	h.held.Add(-int64(len(x.event.Data)))
	x.event.Release()
}

// releaseAll drops everything that is held for a new shard.
func (h *handover) releaseAll(t *takeover) {
	for _, o := range t.kinds {
		for i := range o.held {
			h.release(&o.held[i])
		}
		o.held = nil
	}
	if t.ready != nil {
		h.release(t.ready)
		t.ready = nil
	}
}

func (h *handover) hash(e *gateway.Event) uint64 {
	var m maphash.Hash
	m.SetSeed(h.seed)
	m.WriteString(e.Name)
	m.WriteByte(0)
	m.Write(e.Data)
	return m.Sum64()
}

func (h *handover) bell() {
	select {
	case h.arrived <- struct{}{}:
	default:
	}
}

// await waits until the guilds of all new shards are there, or no more of them
// come, and until the old shards have caught up with what the new ones know.
func (h *handover) await(ctx context.Context) error {
	for {
		now := time.Now()
		h.expire(now)
		if h.held.Load() > heldLimit {
			return errTooFarBehind
		}
		next := h.wait(now)
		if next <= 0 {
			return nil
		}
		timer := time.NewTimer(min(next, keepInterval))
		select {
		case <-h.arrived:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
		timer.Stop()
	}
}

// wait returns how long it takes at least until the handover may be completed,
// as things are now; 0 or less: nothing is waited for.
func (h *handover) wait(now time.Time) (next time.Duration) {
	for _, t := range h.lanes {
		t.mu.Lock()
		patience := h.patient
		if t.awaited != nil && len(t.awaited) == 0 {
			patience = calmAfterGuilds
		}
		next = max(next, t.progress.Add(patience).Sub(now))
		for _, o := range t.kinds {
			if len(o.held) > 0 && now.Sub(o.held[0].at) > tolerable {
				next = max(next, tolerable)
			}
		}
		t.mu.Unlock()
	}
	return next
}

// complete hands over: it stops all events, waits until the sinks have finished
// theirs, lets commit make it durable, and puts the new shards in charge. An
// error of commit leaves the old ones in charge. So does errNotReady, when ready
// says that a new shard is not connected: what it has missed is not known then.
func (h *handover) complete(ctx context.Context, ready func() bool, commit func() error) error {
	for _, t := range h.lanes {
		t.mu.Lock()
		defer t.mu.Unlock()
	}
	if !ready() {
		return errNotReady
	}
	h.settle(ctx)
	tracks := slices.ContainsFunc(h.old, func(r *relay) bool { _, ok := r.sink.Position(); return ok })
	for _, t := range h.lanes {
		if !t.done {
			t.stand(tracks)
		}
	}
	if err := commit(); err != nil {
		for _, t := range h.lanes {
			t.relay.withheld.Store(!t.done)
		}
		return err
	}
	for _, t := range h.lanes {
		if !t.done {
			h.flush(t)
		}
	}
	return nil
}

// settle waits until the old shards' sinks have finished what they were given.
func (h *handover) settle(ctx context.Context) {
	limit := time.Now().Add(settleLimit)
	for slices.ContainsFunc(h.old, (*relay).behind) && time.Now().Before(limit) {
		if sleep(ctx, time.Millisecond) != nil {
			return
		}
	}
}

// stand sets the position of a new shard: all before the first event that is
// held is finished. tracks says that sinks know positions.
func (t *takeover) stand(tracks bool) {
	base := t.relay.last.Load()
	for _, o := range t.kinds {
		for _, x := range o.held {
			base = min(base, x.event.Seq-1)
		}
	}
	if tracks {
		t.relay.base.Store(base)
	}
	t.relay.withheld.Store(false)
}

// flush puts a new shard in charge: what was held passes, in its order.
func (h *handover) flush(t *takeover) {
	var all []heldEvent
	if t.ready != nil {
		all = append(all, *t.ready)
		t.ready = nil
	}
	now := time.Now()
	for _, o := range t.kinds {
		all = append(all, o.held...)
		o.held = nil
		// The new shard is not so far behind that these could still come: they were
		// left over when its session began, which is calmAfterGuilds ago at least.
		o.passed = slices.DeleteFunc(o.passed, func(x passedEvent) bool { return x.early || now.Sub(x.at) > calmAfterGuilds/2 })
	}
	slices.SortFunc(all, func(a, b heldEvent) int { return int(a.order) - int(b.order) })
	for i := range all {
		t.relay.pass(all[i].event)
		h.release(&all[i])
	}
	t.done = true
}

// expire forgets what will not find its counterpart any more. It reports
// whether anything is left.
func (h *handover) expire(now time.Time) (left bool) {
	for _, t := range h.lanes {
		t.mu.Lock()
		for k, o := range t.kinds {
			o.passed = slices.DeleteFunc(o.passed, func(x passedEvent) bool {
				age := now.Sub(x.at)
				return age > passedLife || x.early && age > earlyLife
			})
			o.held = slices.DeleteFunc(o.held, func(x heldEvent) bool {
				old := now.Sub(x.at) > heldLife
				if old {
					h.release(&x)
				}
				return old
			})
			if len(o.passed)+len(o.held) > 0 {
				left = true
			} else {
				delete(t.kinds, k)
			}
		}
		t.mu.Unlock()
	}
	return left
}

// abandon leaves the old shards in charge for good. Of the new ones nothing
// passes any more.
func (h *handover) abandon() {
	for _, r := range h.old {
		r.handover.Store(nil)
	}
	for _, t := range h.lanes {
		t.mu.Lock()
		t.done, t.gaveUp = false, true
		h.releaseAll(t)
		t.mu.Unlock()
	}
}

// finish ends the comparison: the new shards' events pass without it.
func (h *handover) finish() {
	for _, t := range h.lanes {
		t.relay.handover.Store(nil)
	}
}

// String says how a handover stands, for logs.
func (h *handover) String() string {
	missing := 0
	for _, t := range h.lanes {
		t.mu.Lock()
		missing += len(t.awaited)
		t.mu.Unlock()
	}
	return fmt.Sprintf("%d guilds missing, %d bytes held", missing, h.held.Load())
}

// hasten lets the new shards that have guilds of a failed old one take over as
// soon as they can: nobody serves those guilds meanwhile.
func (h *handover) hasten(failed gateway.Shard) {
	step := gcd(failed.NumShards(), h.of)
	for id, t := range h.lanes {
		if id%step == failed.ShardID()%step {
			t.eager = true
		}
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, 1)
}
