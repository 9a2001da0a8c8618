package shard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/store"
)

// sessionLife is how old a stored session may be to be tried. Discord ends one
// that nobody is connected to after "a few minutes".
const sessionLife = 15 * time.Minute

// touchInterval is how often the record of a shard is written on which nothing
// happens, so that it does not look old.
const touchInterval = time.Minute

// A sessionRecord is what is stored of one shard: who runs it, and what is
// needed to resume its session. It lies below shard.APP.N.I.
type sessionRecord struct {
	Owner string `json:"o"`
	Epoch uint64 `json:"e"` // rises with every owner, and every start of one
	State string `json:"s"` // held or free

	Session string `json:"sid"` // "": none
	URL     string `json:"url"`
	Seq     int64  `json:"q"` // everything up to here is finished, at least: see positionRecord

	// A session goes on as it began: with another of these it is not resumed.
	Version string          `json:"v"`
	Intents gateway.Intents `json:"i"`
	Token   string          `json:"t"` // fingerprint

	At    int64  `json:"at"` // unix milliseconds: when it was written
	Write uint64 `json:"n"`  // makes every write unique
}

// A confRecord says which generation is in charge. It lies at conf.APP.
type confRecord struct {
	Shards     int    `json:"n"`
	Generation uint64 `json:"gen"`
}

const (
	stateHeld = "held"
	stateFree = "free"
)

// parseSession reads a record; numbers that cannot be are an error.
func parseSession(text []byte) (sessionRecord, error) {
	var r sessionRecord
	if err := json.Unmarshal(text, &r); err != nil {
		return sessionRecord{}, err
	}
	switch {
	case r.State != stateHeld && r.State != stateFree:
		return sessionRecord{}, fmt.Errorf("state %q", r.State)
	case r.Seq < -1:
		return sessionRecord{}, fmt.Errorf("sequence %d", r.Seq)
	case r.Epoch == math.MaxUint64:
		return sessionRecord{}, errors.New("no epoch is left")
	}
	return r, nil
}

// unusable says why a stored session cannot be resumed, "" if it can be tried.
func (r *sessionRecord) unusable(as *sessionRecord, now time.Time) string {
	age := now.Sub(time.UnixMilli(r.At))
	switch {
	case r.Session == "":
		return "none is stored"
	case r.Version != as.Version:
		return "it began with another version of the gateway"
	case r.Token != as.Token:
		return "the token has changed"
	case r.Intents != as.Intents:
		return "the intents have changed"
	case age > sessionLife:
		return "it is " + age.Round(time.Minute).String() + " old"
	}
	return ""
}

// A sessionBook keeps the records of this process's shards.
type sessionBook struct {
	store store.Store
	app   string
	as    sessionRecord // what new records begin with
	log   hclog.Logger

	writing sync.Mutex // one write at a time

	mu      sync.Mutex
	entries map[gateway.Shard]*sessionEntry
	conf    confRecord
	stored  time.Time     // when any record of conf's generation was written last
	earlier bool          // there were records when the book was opened
	places  map[int]place // by count: where positions of ours may stand

	// Of keep, which runs while writing is held.
	text    []byte
	keeping []kept
	keptAt  time.Time // when positions were written last
	looked  time.Time // when it was last made sure that the records are still ours
}

type sessionEntry struct {
	record     sessionRecord
	revision   store.Revision
	generation uint64 // of the shards that it is written for now; 0: none yet
	damaged    []byte // what stood there and could not be read
	lost       bool   // somebody else has written it: it is not ours any more
	unsaved    bool   // the record could not be written as it is
	moved      bool   // its position was read from this owner's record of positions
	kept       int64  // sequence that stands in the store, -1: none
}

// openSessions reads what is stored.
func openSessions(ctx context.Context, s store.Store, app, owner string, data *gateway.IdentifyData, log hclog.Logger) (*sessionBook, error) {
	b := &sessionBook{store: s, app: app, log: log, entries: make(map[gateway.Shard]*sessionEntry), places: make(map[int]place), as: sessionRecord{
		Owner: owner, State: stateFree, Seq: -1, Version: gateway.Version + "/" + gateway.Encoding,
		Intents: data.Intents, Token: fingerprint(bareToken(data.Token)),
	}}
	conf, err := s.Get(ctx, b.confKey())
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return nil, fmt.Errorf("shard: read the stored sessions: %w", err)
	case json.Unmarshal(conf.Value, &b.conf) != nil || b.conf.Shards < 0:
		b.conf = confRecord{}
		log.Error("the stored number of shards is damaged; as many begin as are configured or recommended, and the record is kept aside", "key", b.confKey(), "aside", asideKey(b.confKey()))
		_, err := s.Commit(ctx, store.Batch{Writes: []store.Write{{Key: asideKey(b.confKey()), Value: conf.Value}, {Key: b.confKey(), Delete: true}}})
		if err != nil {
			return nil, fmt.Errorf("shard: put the damaged number of shards aside: %w", err)
		}
	}
	if err := b.each(ctx, "shard."+app+".", b.read); err != nil {
		return nil, err
	}
	if err := b.each(ctx, b.positionPrefix(), b.readPositions); err != nil {
		return nil, err
	}
	for tuple, entry := range b.entries {
		if at := time.UnixMilli(entry.record.At); tuple.NumShards() == b.conf.Shards && entry.record.Session != "" && at.After(b.stored) {
			b.stored = at
		}
	}
	return b, nil
}

// each reads all records whose keys begin with prefix.
func (b *sessionBook) each(ctx context.Context, prefix string, read func(store.Entry)) error {
	for after := ""; ; {
		entries, err := b.store.List(ctx, prefix, after, 1000)
		if err != nil {
			return fmt.Errorf("shard: read the stored sessions: %w", err)
		}
		for _, e := range entries {
			after = e.Key
			read(e)
		}
		if len(entries) < 1000 {
			return nil
		}
	}
}

// read takes the record of one shard in.
func (b *sessionBook) read(e store.Entry) {
	tuple, ok := parseTuple(strings.TrimPrefix(e.Key, "shard."+b.app+"."))
	if !ok {
		return
	}
	entry := &sessionEntry{revision: e.Revision, record: b.as, kept: -1}
	r, err := parseSession(e.Value)
	if err != nil {
		entry.damaged = e.Value
		b.log.Error("a stored session is damaged; its shard begins a new one, and the record is kept aside", "key", e.Key, "aside", asideKey(e.Key), "error", err)
	} else {
		entry.record = r
	}
	b.entries[tuple], b.earlier = entry, true
}

// count returns how many shards the stored generation has, 0 when there is none
// whose sessions could still be resumed.
func (b *sessionBook) count(now time.Time) int {
	if now.Sub(b.stored) > sessionLife {
		return 0
	}
	return b.conf.Shards
}

// resumable returns the session that a shard may resume, nil if there is none.
func (b *sessionBook) resumable(tuple gateway.Shard, now time.Time) *gateway.Session {
	b.mu.Lock()
	defer b.mu.Unlock()
	entry := b.entries[tuple]
	if entry == nil {
		return nil
	}
	if why := entry.record.unusable(&b.as, now); why != "" {
		if entry.record.Session != "" {
			b.log.Warn("a stored session is not resumed", "shard", tuple.ShardID(), "of", tuple.NumShards(), "because", why)
		}
		return nil
	}
	return &gateway.Session{ID: entry.record.Session, ResumeURL: entry.record.URL, Seq: entry.record.Seq}
}

// forget makes all stored sessions unusable.
func (b *sessionBook) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		e.record.Session = ""
	}
	b.conf = confRecord{}
}

// acquire takes the records of a generation's shards over: each gets a new
// epoch. What the last process stored of their positions goes into them.
func (b *sessionBook) acquire(ctx context.Context, g *generation, now time.Time) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	var batch store.Batch
	var taken []*sessionEntry
	b.mu.Lock()
	for _, tuple := range g.tuples() {
		entry := b.entries[tuple]
		if entry == nil {
			entry = &sessionEntry{record: b.as, kept: -1}
			b.entries[tuple] = entry
		}
		key := b.key(tuple)
		if entry.damaged != nil {
			batch.Writes = append(batch.Writes, store.Write{Key: asideKey(key), Value: entry.damaged})
			entry.damaged = nil
		}
		r := &entry.record
		if r.unusable(&b.as, now) != "" {
			r.Session, r.URL, r.Seq = "", "", -1
		}
		r.Owner, r.State, r.Version, r.Intents, r.Token = b.as.Owner, stateHeld, b.as.Version, b.as.Intents, b.as.Token
		r.Epoch++
		entry.lost, entry.moved, entry.generation = false, false, g.number
		batch.Checks = append(batch.Checks, store.Check{Key: key, Revision: entry.revision})
		batch.Writes = append(batch.Writes, store.Write{Key: key, Value: r.encode(now)})
		taken = append(taken, entry)
	}
	if !g.joins { // else others of the same count go on
		taken = append(taken, b.foldLocked(&batch, g.of)...)
	}
	b.mu.Unlock()
	err := b.commit(ctx, batch, taken)
	if errors.Is(err, store.ErrConflict) {
		return errors.New("shard: another process runs shards of this bot on the same store; stop one of them")
	}
	if err != nil {
		return fmt.Errorf("shard: take over the stored sessions: %w", err)
	}
	return nil
}

// saveLimit is how long one write of records may take.
const saveLimit = 5 * time.Second

// A change is news of one shard.
type change struct {
	tuple      gateway.Shard
	generation uint64 // whose shard it is; news of an older one than the record's is ignored
	state      string
	session    gateway.Session // how far it has come; an empty one: there is none
	begins     bool            // it begins, or is gone
	returns    bool            // the record is to name it again, if it names none
}

// begun notes at once that a session began, or is gone.
func (b *sessionBook) begun(tuple gateway.Shard, generation uint64, s gateway.Session) {
	if s.ID == "" {
		s = gateway.Session{Seq: -1}
	}
	ctx, cancel := context.WithTimeout(context.Background(), saveLimit)
	defer cancel()
	b.write(ctx, []change{{tuple, generation, stateHeld, s, true, false}}, time.Now())
}

// kept returns how far a shard's session is stored, -1 when nothing is.
func (b *sessionBook) kept(tuple gateway.Shard) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.entries[tuple]; e != nil {
		return e.kept
	}
	return -1
}

// write stores what has changed, in one batch. A record that somebody else has
// written is left to them for ever.
func (b *sessionBook) write(ctx context.Context, changes []change, now time.Time) {
	b.writing.Lock()
	defer b.writing.Unlock()
	var batch store.Batch
	var entries []*sessionEntry
	b.mu.Lock()
	for _, c := range changes {
		entry := b.entries[c.tuple]
		if entry == nil || entry.lost || entry.generation != c.generation || !entry.record.update(c, now) {
			continue
		}
		key := b.key(c.tuple)
		batch.Checks = append(batch.Checks, store.Check{Key: key, Revision: entry.revision})
		batch.Writes = append(batch.Writes, store.Write{Key: key, Value: entry.record.encode(now)})
		entries = append(entries, entry)
	}
	b.mu.Unlock()
	if len(entries) == 0 {
		return
	}
	err := b.commit(ctx, batch, entries)
	if errors.Is(err, store.ErrConflict) {
		for i := range entries { // which of them is it?
			one := store.Batch{Checks: batch.Checks[i : i+1], Writes: batch.Writes[i : i+1]}
			if err = b.commit(ctx, one, entries[i:i+1]); errors.Is(err, store.ErrConflict) {
				b.lose(entries[i], one.Checks[0].Key)
				err = nil
			}
		}
	}
	if err != nil {
		b.notStored(err)
	}
}

func (b *sessionBook) notStored(err error) {
	if !errors.Is(err, store.ErrClosed) {
		b.log.Error("sessions could not be stored; a restart would resume from older positions", "error", err)
	}
}

// lose leaves a record to whoever has written it.
func (b *sessionBook) lose(e *sessionEntry, key string) {
	b.mu.Lock()
	e.lost = true
	b.mu.Unlock()
	b.log.Error("another process has taken a shard's record over; it is not written any more", "key", key)
}

// commit writes a batch in which the records of entries are.
func (b *sessionBook) commit(ctx context.Context, batch store.Batch, entries []*sessionEntry) error {
	revision, err := b.store.Commit(ctx, batch)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range entries {
		if e.unsaved = err != nil; err == nil {
			e.revision, e.kept = revision, e.record.Seq
		}
	}
	return err
}

// update takes news in. It reports false when there is nothing to write. A
// session has its beginning told first: how far another one has come, which may
// have been asked before that, says nothing about it.
func (r *sessionRecord) update(c change, now time.Time) bool {
	next := *r
	next.State = c.state
	switch {
	case c.begins, c.returns && r.Session == "":
		next.Session, next.URL, next.Seq = c.session.ID, c.session.ResumeURL, c.session.Seq
	case c.session.ID == r.Session:
		next.Seq = max(c.session.Seq, r.Seq)
	}
	if next == *r && now.Sub(time.UnixMilli(r.At)) < touchInterval {
		return false
	}
	*r = next
	return true
}

// putInCharge notes which generation is in charge, and removes the records of
// all others.
func (b *sessionBook) putInCharge(ctx context.Context, g *generation, now time.Time) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	conf := confRecord{Shards: g.of, Generation: g.number}
	text, err := json.Marshal(conf)
	if err != nil {
		return err
	}
	batch := store.Batch{Writes: []store.Write{{Key: b.confKey(), Value: text}}}
	var others []gateway.Shard
	discarded := 0
	b.mu.Lock()
	for tuple, entry := range b.entries {
		if tuple.NumShards() == g.of {
			continue
		}
		if entry.generation == 0 && entry.record.unusable(&b.as, now) == "" {
			discarded++
		}
		others = append(others, tuple)
		batch.Writes = append(batch.Writes, store.Write{Key: b.key(tuple), Delete: true})
	}
	for n := range b.places {
		if n != g.of {
			batch.Writes = append(batch.Writes, b.clearLocked(n)...)
		}
	}
	b.mu.Unlock()
	if _, err := b.store.Commit(ctx, batch); err != nil {
		return fmt.Errorf("shard: store which generation is in charge: %w", err)
	}
	b.mu.Lock()
	b.conf = conf
	for _, tuple := range others {
		delete(b.entries, tuple)
	}
	b.mu.Unlock()
	if discarded > 0 {
		b.log.Warn("stored sessions were discarded, because the number of shards has changed", "sessions", discarded, "shards", g.of)
	}
	return nil
}

// abandon removes the records of a generation that never came to be in charge.
func (b *sessionBook) abandon(ctx context.Context, g *generation) {
	b.writing.Lock()
	defer b.writing.Unlock()
	var batch store.Batch
	b.mu.Lock()
	for _, tuple := range g.tuples() {
		if entry := b.entries[tuple]; entry != nil && entry.generation == g.number && tuple.NumShards() != b.conf.Shards {
			delete(b.entries, tuple)
			batch.Writes = append(batch.Writes, store.Write{Key: b.key(tuple), Delete: true})
		}
	}
	b.mu.Unlock()
	if len(batch.Writes) == 0 {
		return
	}
	if _, err := b.store.Commit(ctx, batch); err != nil {
		b.log.Warn("records of shards that were given up could not be removed", "error", err)
	}
}

// reclaim gives records that a generation of the same count had taken over back
// to the one in charge. What their sessions are has to be written after that.
func (b *sessionBook) reclaim(g *generation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, tuple := range g.tuples() {
		if entry := b.entries[tuple]; entry != nil && !entry.lost {
			entry.generation, entry.record.Intents = g.number, b.as.Intents
			entry.record.Session, entry.record.URL, entry.record.Seq = "", "", -1 // of the other one
		}
	}
}

// identifyAs says with which intents sessions begin from now on, and returns
// those from before; nil leaves them. Without a book it does nothing.
func (b *sessionBook) identifyAs(intents *discord.Intents) (before *discord.Intents) {
	if b == nil || intents == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	was := b.as.Intents
	b.as.Intents = *intents
	return &was
}

func (r *sessionRecord) encode(now time.Time) []byte {
	r.At = now.UnixMilli()
	r.Write++
	return r.text()
}

func (r *sessionRecord) text() []byte {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // of strings and numbers: it cannot be
	}
	return text
}

func (b *sessionBook) key(tuple gateway.Shard) string {
	return fmt.Sprintf("shard.%s.%d.%d", b.app, tuple.NumShards(), tuple.ShardID())
}

func (b *sessionBook) confKey() string { return "conf." + b.app }

func asideKey(key string) string { return "damaged." + key }

// parseTuple reads the "N.I" at a key's end.
func parseTuple(text string) (gateway.Shard, bool) {
	n, i, ok := strings.Cut(text, ".")
	if !ok {
		return gateway.Shard{}, false
	}
	of, err1 := strconv.Atoi(n)
	id, err2 := strconv.Atoi(i)
	if err1 != nil || err2 != nil || id < 0 || id >= of {
		return gateway.Shard{}, false
	}
	return gateway.Shard{id, of}, true
}
