package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/internal/store"
	"golang.org/x/time/rate"
)

// An Outbox sends the REST calls of one plugin: after the commit that holds
// them, in the order of their lane and route, at the plugin's own rate. A call
// stays in the store until its answer is committed, so it survives the host.
type Outbox struct {
	journal *Journal
	plugin  string
	client  Client
	end     func(lane int, c *Completion)
	log     hclog.Logger

	ctx  context.Context // ends when Close gives up waiting
	halt context.CancelFunc
	wg   sync.WaitGroup

	mu      sync.Mutex
	limiter *rate.Limiter
	queues  map[string][]*Outgoing // waiting calls by lane and route; the key exists while a sender runs
	next    uint64
	closing bool
}

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
	Earlier bool // the host was restarted since the call was made
}

// Outgoing is a call's record.
type Outgoing struct {
	Key      string       `json:"-"`
	Lane     int          `json:"lane"`
	ID       string       `json:"id"` // stable: the same for the same effect of the same frame
	Call     *effect.Call `json:"call"`
	Answered bool         `json:"answered,omitempty"`
	Status   int32        `json:"status,omitempty"`
	Body     []byte       `json:"body,omitempty"`

	restored bool // read from the store at start: it may have been sent before
}

func (o *Outgoing) encode() []byte {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err) // strings, numbers and bytes always marshal
	}
	return b
}

// OutboxOptions are what an outbox needs.
type OutboxOptions struct {
	Client Client
	Rate   *rate.Limiter // nil: no limit of the plugin's own
	// End is called for each call that is over; c is nil when nobody waits for
	// the answer. It must not block.
	End func(lane int, c *Completion)
}

// OpenOutbox opens a plugin's outbox. Restored is called for each call that the
// store still holds, before anything is sent; Resume starts sending them.
func (j *Journal) OpenOutbox(ctx context.Context, plugin string, opts OutboxOptions) (o *Outbox, restored []*Outgoing, err error) {
	o = &Outbox{
		journal: j, plugin: plugin, client: opts.Client, end: opts.End,
		log: j.log.With("plugin", plugin), limiter: opts.Rate, queues: map[string][]*Outgoing{},
		next: uint64(j.now().UnixNano()),
	}
	prefix := "out/" + plugin + "/"
	for after := ""; ; {
		entries, err := j.store.List(ctx, prefix, after, 500)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range entries {
			after = e.Key
			out := &Outgoing{Key: e.Key, restored: true}
			if err := json.Unmarshal(e.Value, out); err != nil || out.Call == nil {
				return nil, nil, fmt.Errorf("outbox record %q is damaged: %v", e.Key, err)
			}
			restored = append(restored, out)
		}
		if len(entries) < 500 {
			break
		}
	}
	o.ctx, o.halt = context.WithCancel(context.Background())
	return o, restored, nil
}

// Limit changes the plugin's own rate; nil is none.
func (o *Outbox) Limit(l *rate.Limiter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.limiter = l
}

// Resume takes up the calls that OpenOutbox found: answers go to their lane,
// the others are sent if that is safe.
func (o *Outbox) Resume(restored []*Outgoing) {
	for _, out := range restored {
		switch {
		case out.Answered:
			o.end(out.Lane, out.completion())
		case repeatable(out.Call):
			o.send([]*Outgoing{out})
		default:
			o.log.Warn("call not repeated, its outcome is unknown", "route", route(out.Call), "id", out.ID,
				"change", `on_uncertain = "resend" in the request sends such a call again`)
			o.answer(out, int32(abi.Uncertain), nil)
		}
	}
}

// prepare makes the record of a call.
func (o *Outbox) prepare(lane int, id string, call *effect.Call) *Outgoing {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.next++
	return &Outgoing{Key: fmt.Sprintf("out/%s/%016x", o.plugin, o.next), Lane: lane, ID: id, Call: call}
}

// send queues calls. Each lane and route has its own order.
func (o *Outbox) send(calls []*Outgoing) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closing {
		return // they stay in the store for the next start
	}
	for _, out := range calls {
		key := fmt.Sprintf("%d %s", out.Lane, route(out.Call))
		if waiting, running := o.queues[key]; running {
			o.queues[key] = append(waiting, out)
			continue
		}
		o.queues[key] = nil
		o.wg.Go(func() { o.sendAll(key, out) })
	}
}

func (o *Outbox) sendAll(key string, out *Outgoing) {
	for out != nil {
		o.sendOne(out)
		o.mu.Lock()
		waiting := o.queues[key]
		out = nil
		switch {
		case o.closing || len(waiting) == 0:
			delete(o.queues, key)
		default:
			out, o.queues[key] = waiting[0], waiting[1:]
		}
		o.mu.Unlock()
	}
}

func (o *Outbox) sendOne(out *Outgoing) {
	o.mu.Lock()
	limiter := o.limiter
	o.mu.Unlock()
	if limiter != nil && limiter.Wait(o.ctx) != nil {
		return
	}
	c := out.Call
	answer, err := o.client.Do(o.ctx, rest.Request{
		Method: c.Method, Path: c.Path, Body: withNonce(c, o.plugin+" "+out.ID), Reason: c.Reason, Owner: o.plugin,
		Repeatable: isMessageCreate(c) || isCallback(c) || c.Resend,
	})
	if o.ctx.Err() != nil {
		return // not known to be over: the record stays
	}
	if err != nil {
		o.log.Warn("call failed", "route", route(c), "error", err)
		text, _ := json.Marshal(map[string]string{"message": err.Error()})
		o.answer(out, int32(abi.Internal), text)
		return
	}
	if answer.Status >= 400 && c.Tag == 0 && !(out.restored && alreadyAcknowledged(answer)) {
		o.log.Warn("call refused", "route", route(c), "status", answer.Status, "answer", excerpt(answer.Body))
	}
	o.answer(out, int32(answer.Status), answer.Body)
}

// maxAnswer bounds the body of a completion, in bytes.
const maxAnswer = 4 << 20

// answer commits that a call is over, then tells its lane.
func (o *Outbox) answer(out *Outgoing, status int32, body []byte) {
	if len(body) > maxAnswer {
		status, body = int32(abi.TooBig), nil
	}
	out.Answered, out.Status, out.Body = true, status, body
	w := store.Write{Key: out.Key, Delete: true}
	if out.Call.Tag != 0 {
		w = store.Write{Key: out.Key, Value: out.encode()}
	}
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 10*time.Second) {
		_, err := o.journal.store.Commit(o.ctx, store.Batch{Writes: []store.Write{w}})
		if err == nil {
			break
		}
		o.log.Error("answer not committed, trying again", "error", err, "pause", pause)
		select {
		case <-o.ctx.Done():
			return
		case <-time.After(pause):
		}
	}
	if out.Call.Tag == 0 {
		o.end(out.Lane, nil)
		return
	}
	o.end(out.Lane, out.completion())
}

func (out *Outgoing) completion() *Completion {
	c := out.Call
	return &Completion{
		Key: out.Key, Tag: c.Tag, Context: c.Context, Status: out.Status, Body: out.Body,
		Guild: c.Guild, Shard: c.Shard, Earlier: out.restored,
	}
}

// cancel takes the calls with a tag that were not begun out of the queue.
func (o *Outbox) cancel(lane int, tag uint64) {
	o.mu.Lock()
	var found []*Outgoing
	for key, waiting := range o.queues {
		kept := waiting[:0]
		for _, out := range waiting {
			if out.Lane == lane && out.Call.Tag == tag {
				found = append(found, out)
			} else {
				kept = append(kept, out)
			}
		}
		o.queues[key] = kept
	}
	o.mu.Unlock()
	for _, out := range found {
		o.wg.Go(func() { o.answer(out, int32(abi.Closing), nil) })
	}
}

// Close stops sending, waits for the calls under way until ctx ends, and leaves
// the rest in the store.
func (o *Outbox) Close(ctx context.Context) {
	o.mu.Lock()
	o.closing = true
	o.mu.Unlock()
	done := make(chan struct{})
	go func() {
		o.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		o.halt()
		<-done
	}
	o.halt()
}

func route(c *effect.Call) string {
	r, major := rest.Template(c.Method, c.Path)
	return strings.TrimSpace(r + " " + major)
}

func excerpt(body []byte) string {
	if len(body) > 300 {
		body = body[:300]
	}
	return strings.ToValidUTF8(string(body), "")
}
