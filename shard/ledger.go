package shard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/internal/store"
)

const day = 24 * time.Hour

// A budgetRecord is the ledger as it is stored. Moments are unix milliseconds.
type budgetRecord struct {
	Total          int           `json:"total"`
	Used           int           `json:"used"`     // of this day, by our count
	Left           int           `json:"left"`     // of this day, as the service said last, less what was used since
	ResetAt        int64         `json:"reset_at"` // 0: the day begins with the next IDENTIFY
	MaxConcurrency int           `json:"max_concurrency"`
	Last           map[int]int64 `json:"last,omitempty"` // by key: when its last IDENTIFY went
	Count          uint64        `json:"n"`              // IDENTIFYs ever; makes every write unique

	// Of the breaker.
	Minutes map[int64]int `json:"minutes,omitempty"` // by minutes since 1970: IDENTIFYs that nobody had planned
	Planned int           `json:"planned,omitempty"` // IDENTIFYs that were asked for and have not gone
}

// remaining is the lower of what the service and our own count leave.
func (r *budgetRecord) remaining() int { return max(min(r.Total-r.Used, r.Left), 0) }

// A ledger keeps account of the IDENTIFYs of a day. The lower of two numbers
// counts: what the service says is left, and what is left by our own count.
type ledger struct {
	store   store.Store // nil: in memory only
	name    string      // the record's key
	record  budgetRecord
	assumed bool // the day has begun anew by our clock, the service was not asked

	saving sync.Mutex
}

// openLedger reads the ledger; a missing one is a new one.
func openLedger(ctx context.Context, s store.Store, name string, now time.Time, log hclog.Logger) (*ledger, error) {
	l := &ledger{store: s, name: name, record: budgetRecord{Total: 1000, Left: 1000, MaxConcurrency: 1}}
	if s == nil {
		return l, nil
	}
	entry, err := s.Get(ctx, name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return l, nil
	case err != nil:
		return nil, fmt.Errorf("shard: read the identify ledger: %w", err)
	}
	record, err := parseLedger(entry.Value, now)
	if err != nil {
		// What the service says of the day is still known. The record goes aside.
		log.Error("the identify ledger is damaged; only what the service says is counted, and the record is kept aside", "key", name, "aside", asideKey(name), "error", err)
		_, err := s.Commit(ctx, store.Batch{Writes: []store.Write{{Key: asideKey(name), Value: entry.Value}, {Key: name, Delete: true}}})
		if err != nil {
			return nil, fmt.Errorf("shard: put the damaged identify ledger aside: %w", err)
		}
		return l, nil
	}
	l.record = record
	return l, nil
}

// parseLedger reads a record. Moments that no honest clock could have written
// are put right; numbers that make no sense are an error.
func parseLedger(text []byte, now time.Time) (budgetRecord, error) {
	var r budgetRecord
	if err := json.Unmarshal(text, &r); err != nil {
		return budgetRecord{}, err
	}
	if r.Total < 1 || r.Used < 0 || r.Left < 0 || r.MaxConcurrency < 1 {
		return budgetRecord{}, fmt.Errorf("total %d, used %d, left %d, concurrency %d", r.Total, r.Used, r.Left, r.MaxConcurrency)
	}
	r.forgetMinutes(now)
	r.Planned = max(r.Planned, 0)
	if latest := now.Add(day).UnixMilli(); r.ResetAt > latest || r.ResetAt < 0 {
		r.ResetAt = latest
	}
	for key, last := range r.Last {
		if last > now.UnixMilli() {
			r.Last[key] = now.UnixMilli()
		}
		if key < 0 || last <= now.Add(-identifyInterval-noteDelay).UnixMilli() {
			delete(r.Last, key)
		}
	}
	return r, nil
}

// observe takes in what the service says.
func (l *ledger) observe(limit Limit, now time.Time) {
	if limit.MaxConcurrency > 0 {
		l.record.MaxConcurrency = limit.MaxConcurrency
	}
	if limit.Total < 1 {
		return
	}
	l.roll(now)
	l.record.Total = limit.Total
	if !limit.Known {
		l.record.Left = limit.Total
		return
	}
	l.record.Left = limit.Remaining
	l.assumed = false
	if limit.ResetAfter > 0 {
		reset := now.Add(limit.ResetAfter).UnixMilli()
		// Another day than the one we count in: what we counted is history.
		if reset > l.record.ResetAt+time.Minute.Milliseconds() {
			l.record.Used = 0
		}
		l.record.ResetAt = reset
	}
}

// roll begins a new day when the old one is over.
func (l *ledger) roll(now time.Time) {
	if at := l.resetAt(); at.IsZero() || now.Before(at) {
		return
	}
	l.record.ResetAt, l.record.Used, l.record.Left, l.assumed = 0, 0, l.record.Total, true
}

// spend counts one IDENTIFY of a key.
func (l *ledger) spend(key int, now time.Time) {
	if l.record.ResetAt == 0 {
		l.record.ResetAt = now.Add(day).UnixMilli()
	}
	l.record.Used++
	l.record.Left = max(l.record.Left-1, 0)
	l.record.Count++
	if l.record.Last == nil {
		l.record.Last = make(map[int]int64)
	}
	l.record.Last[key] = now.UnixMilli()
}

// refund takes back what was spent and not used.
func (l *ledger) refund() {
	l.record.Used = max(l.record.Used-1, 0)
	l.record.Left++
}

// until returns when the budget begins anew if it is used up, else zero.
func (l *ledger) until(reserve float64, now time.Time) time.Time {
	l.roll(now)
	if l.record.remaining() > l.floor(reserve) {
		return time.Time{}
	}
	if l.record.ResetAt == 0 {
		// The service says that nothing is left and not until when.
		l.record.ResetAt = now.Add(day).UnixMilli()
	}
	return l.resetAt()
}

// floor is how many of the budget are kept.
func (l *ledger) floor(reserve float64) int {
	return int(math.Floor(float64(l.record.Total) * reserve))
}

func (l *ledger) resetAt() time.Time {
	if l.record.ResetAt == 0 {
		return time.Time{}
	}
	return time.UnixMilli(l.record.ResetAt)
}

// key is which shards take turns with this one.
func (l *ledger) key(shard int) int {
	if shard < 0 {
		return 0
	}
	return shard % l.record.MaxConcurrency
}

// save writes the record as it is when its turn has come; mu guards it.
func (l *ledger) save(ctx context.Context, mu *sync.Mutex) error {
	if l.store == nil {
		return nil
	}
	l.saving.Lock()
	defer l.saving.Unlock()
	mu.Lock()
	text, err := json.Marshal(l.record)
	mu.Unlock()
	if err != nil {
		return err
	}
	_, err = l.store.Commit(ctx, store.Batch{Writes: []store.Write{{Key: l.name, Value: text}}})
	return err
}
