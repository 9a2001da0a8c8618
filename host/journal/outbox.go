package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/fetch"
	"github.com/shardhost/shardhost/internal/histogram"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/internal/trace"
	"golang.org/x/time/rate"
)

// An Outbox sends the REST calls of one plugin: after the commit that holds
// them, in the order of their lane and route, at the plugin's own rate. A call
// stays in the store until its answer is committed, so it survives the host.
type Outbox struct {
	journal *Journal
	plugin  string
	client  Client
	web     WebClient
	end     func(lane int, c *Completion)
	log     hclog.Logger

	ctx     context.Context // ends when Close gives up waiting
	halt    context.CancelFunc
	stopped context.Context // ends when Close begins
	stop    context.CancelFunc
	wg      sync.WaitGroup

	refusals *rate.Limiter // of calls that are refused before they leave
	told     rate.Sometimes

	mu      sync.Mutex
	limiter *rate.Limiter
	allowed fetch.Allowed
	queues  map[string][]*Outgoing // waiting calls by lane and route; the key exists while a sender runs
	next    uint64
	closing bool
	awaited map[string]*Outgoing   // by key: calls that handlers wait for, until they are answered
	open    map[*Outgoing]struct{} // all that have no answer yet

	resent, uncertain uint64
	latency           histogram.Histogram

	// settling is held for reading while an answer is committed, and for
	// writing while a handler ends that does not wait for its answers any more.
	settling sync.RWMutex
}

// refusalsPerSecond is how many calls of a plugin that is cut off for its invalid
// requests are answered.
const refusalsPerSecond = 10

// Client makes REST calls; *rest.Client is one.
type Client interface {
	Do(ctx context.Context, r rest.Request) (rest.Response, error)
}

// Completion is the answer to a call that somebody waits for. Key is its record,
// which is deleted in the commit of the frame that handles it.
type Completion struct {
	Key     string
	Tag     uint64
	Context string
	Status  int32 // HTTP status, or a negative abi.Code
	Body    []byte
	Guild   uint64
	Shard   int
	Asker   uint64 // the guest that asked, see effect.Lane; 0: before the host was started

	// Of a call that a handler waits for: the record goes when the frame ends.
	Parked  *effect.Parked
	Awaited *effect.Awaited

	Span *trace.Span // of the call; nil: it is not traced
}

// Outgoing is a call's record.
type Outgoing struct {
	Key      string       `json:"-"`
	Lane     int          `json:"lane"`
	ID       string       `json:"id"`   // stable: the same for the same effect of the same frame
	Made     int64        `json:"made"` // unix milliseconds
	Call     *effect.Call `json:"call"`
	Answered bool         `json:"answered,omitempty"`
	Status   int32        `json:"status,omitempty"`
	Body     []byte       `json:"body,omitempty"`

	Parked string `json:"parked,omitempty"` // the frame whose handler waits for it
	Index  int    `json:"index,omitempty"`  // of the calls of that frame

	begun    bool // read from the store at start: it may have been sent before
	parked   *effect.Parked
	awaited  *effect.Awaited
	span     *trace.Span // from the commit to the answer; before, what it descends from
	released bool        // its handler has ended without it; guarded by settling
}

func (o *Outgoing) encode() []byte {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err) // strings, numbers and bytes always marshal
	}
	return b
}

func decodeOutgoing(key string, value []byte) (*Outgoing, error) {
	out := &Outgoing{Key: key}
	if err := json.Unmarshal(value, out); err != nil {
		return nil, fmt.Errorf("outbox record %q is damaged: %w", key, err)
	}
	if out.Call == nil || out.Lane < 0 || out.Index < 0 {
		return nil, fmt.Errorf("outbox record %q is damaged: it has no call, no lane or no place", key)
	}
	return out, nil
}

func (o *Outgoing) completion() *Completion {
	c := o.Call
	return &Completion{
		Key: o.Key, Tag: c.Tag, Context: c.Context, Status: o.Status, Body: o.Body,
		Guild: c.Guild, Shard: c.Shard, Asker: c.Asker,
		Parked: o.parked, Awaited: o.awaited, Span: o.span,
	}
}

// OutboxOptions are what an outbox needs.
type OutboxOptions struct {
	Client  Client
	Web     WebClient     // nil: it makes no calls of the web
	Rate    *rate.Limiter // nil: no limit of the plugin's own
	Allowed fetch.Allowed // of the web
	// End is called for each call that is over; c is nil when nobody waits for
	// the answer. It must not block.
	End func(lane int, c *Completion)
}

// OpenOutbox opens a plugin's outbox. restored are the calls that the store
// still holds, in their order; Resume takes them up.
func (j *Journal) OpenOutbox(ctx context.Context, plugin string, opts OutboxOptions) (o *Outbox, restored []*Outgoing, err error) {
	o = &Outbox{
		journal: j, plugin: plugin, client: opts.Client, web: opts.Web, allowed: opts.Allowed, end: opts.End,
		log: j.log.With("plugin", plugin), limiter: opts.Rate, queues: map[string][]*Outgoing{},
		awaited: map[string]*Outgoing{}, open: map[*Outgoing]struct{}{},
		next: uint64(j.now().UnixNano()),
	}
	prefix := o.key("")
	for after := ""; ; {
		entries, err := j.store.List(ctx, prefix, after, 500)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range entries {
			after = e.Key
			out, err := decodeOutgoing(e.Key, e.Value)
			if err != nil {
				return nil, nil, err
			}
			n, err := strconv.ParseUint(e.Key[len(prefix):], 16, 64)
			if err != nil {
				return nil, nil, fmt.Errorf("outbox record %q is damaged: its key has no number", e.Key)
			}
			o.next = max(o.next, n) // the clock may have been set back
			restored = append(restored, out)
		}
		if len(entries) < 500 {
			break
		}
	}
	o.ctx, o.halt = context.WithCancel(context.Background())
	o.stopped, o.stop = context.WithCancel(o.ctx)
	o.refusals, o.told = rate.NewLimiter(refusalsPerSecond, 1), rate.Sometimes{First: 1, Interval: time.Minute}
	return o, restored, nil
}

func (o *Outbox) key(n string) string { return "out/" + o.plugin + "/" + n }

// prepare makes the record of a call; now is in unix milliseconds.
func (o *Outbox) prepare(lane int, id string, call *effect.Call, now int64) *Outgoing {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.next++
	return &Outgoing{Key: o.key(fmt.Sprintf("%016x", o.next)), Lane: lane, ID: id, Made: now, Call: call}
}

// Limit changes the plugin's own rate; nil is none.
func (o *Outbox) Limit(l *rate.Limiter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.limiter = l
}

// Allow changes which addresses of the web may be called.
func (o *Outbox) Allow(a fetch.Allowed) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.allowed = a
}

// Resume takes up the calls that OpenOutbox found: answers go to their lane, the
// others are sent again if that is safe. Of each lane and route only the first
// can have been begun, because calls of one leave one after another.
func (o *Outbox) Resume(restored []*Outgoing) {
	begun := map[string]bool{}
	for _, out := range restored {
		if out.Answered {
			if out.Call.Tag != 0 {
				o.end(out.Lane, out.completion())
			} else {
				o.wg.Go(func() { o.answer(out, out.Status, nil) })
			}
			continue
		}
		queue := out.queue()
		out.begun = !begun[queue]
		begun[queue] = true
		o.send(out)
	}
}

// Close stops sending, waits for the calls under way until ctx ends, and leaves
// the rest in the store.
func (o *Outbox) Close(ctx context.Context) {
	o.mu.Lock()
	o.closing = true
	o.mu.Unlock()
	o.stop()
	stop := context.AfterFunc(ctx, o.halt)
	defer stop()
	o.wg.Wait()
	o.halt()
}
