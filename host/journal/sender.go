package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/internal/store"
)

// queue names the order that a call belongs to: its lane and route.
func (out *Outgoing) queue() string { return fmt.Sprintf("%d %s", out.Lane, route(out.Call)) }

func route(c *effect.Call) string {
	r, major := c.Route()
	return strings.TrimSpace(r + " " + major)
}

// send queues a call.
func (o *Outbox) send(out *Outgoing) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if out.awaited != nil {
		out.awaited.Key = out.Key
		o.awaited[out.Key] = out
	}
	if o.closing {
		return // it stays in the store for the next start
	}
	out.begin(o.journal.now())
	o.open[out] = struct{}{}
	queue := out.queue()
	if waiting, running := o.queues[queue]; running {
		o.queues[queue] = append(waiting, out)
		return
	}
	o.queues[queue] = nil
	o.wg.Go(func() { o.sendAll(queue, out) })
}

// begin begins the span of a call that is traced.
func (out *Outgoing) begin(now time.Time) {
	if out.span == nil {
		return
	}
	route, _ := out.Call.Route()
	out.span = out.span.Child(route, now)
}

// over ends it.
func (out *Outgoing) over(status int32, now time.Time) {
	switch {
	case status > 0:
		out.span.Number("http.response.status_code", int64(status))
	case status < 0:
		out.span.Fail(abi.Code(status).String())
	}
	out.span.End(now)
}

// sendAll sends a call and those that came to wait behind it.
func (o *Outbox) sendAll(queue string, out *Outgoing) {
	for out != nil {
		if !o.sendOne(out) {
			return // closing
		}
		o.mu.Lock()
		waiting := o.queues[queue]
		out = nil
		switch {
		case o.closing || len(waiting) == 0:
			delete(o.queues, queue)
		default:
			out, o.queues[queue] = waiting[0], waiting[1:]
		}
		o.mu.Unlock()
	}
}

// sendOne brings a call to its end. It is false when the outbox closes before
// that: the record stays.
func (o *Outbox) sendOne(out *Outgoing) bool {
	c := out.Call
	if c.Web() {
		return o.sendWeb(out)
	}
	body, nonce := withNonce(c, o.plugin+" "+out.ID)
	repeatable := nonce || c.Resend || isCallback(c)
	if out.begun && !o.again(out, repeatable, nonce) {
		return o.leave(out)
	}
	if out.begun {
		o.sentAgain()
	}
	o.mu.Lock()
	limiter := o.limiter
	o.mu.Unlock()
	if limiter != nil && limiter.Wait(o.ctx) != nil {
		return false
	}
	answer, err := o.client.Do(o.ctx, rest.Request{
		Method: c.Method, Path: c.Path, Body: body, Reason: c.Reason, Owner: o.plugin, Repeatable: repeatable, Span: out.span,
	})
	switch {
	case o.ctx.Err() != nil && err != nil:
		return false // not known to be over
	case errors.As(err, new(*rest.InvalidRequestsError)):
		// It costs no network and no limit: without a pause a plugin that goes on
		// asking would keep the disk busy with refusals.
		o.told.Do(func() { o.log.Warn("calls are refused", "route", route(c), "error", err) })
		if o.refusals.Wait(o.stopped) != nil {
			return false
		}
		return o.fail(out, err)
	case err != nil:
		o.log.Warn("call failed", "route", route(c), "error", err)
		return o.fail(out, err)
	case out.begun && isCallback(c) && alreadyAcknowledged(answer):
		// It was this call that answered the interaction, before the restart.
		return o.answer(out, http.StatusNoContent, nil)
	case answer.Status >= 400 && c.Tag == 0:
		o.log.Warn("call refused", "route", route(c), "status", answer.Status, "answer", excerpt(answer.Body))
	}
	return o.answer(out, int32(answer.Status), answer.Body)
}

// leave ends a call that must not be sent again.
func (o *Outbox) leave(out *Outgoing) bool {
	o.log.Warn("call not repeated, its outcome is unknown", "route", route(out.Call), "id", out.ID,
		"change", `on_uncertain = "resend" in the request sends such a call again`)
	return o.answer(out, int32(abi.Uncertain), nil)
}

// fail answers a call that got no answer.
func (o *Outbox) fail(out *Outgoing, err error) bool {
	text, _ := json.Marshal(map[string]string{"message": err.Error()})
	if out.Call.Web() {
		text = WebAnswer(nil, text)
	}
	return o.answer(out, int32(failure(out.Call.Method, err)), text)
}

// failure is what a guest is told of a call that got no answer.
func failure(method string, err error) abi.Code {
	var limited *rest.LimitedError
	var cut *rest.InvalidRequestsError
	if code, of := webFailure(method, err); of {
		return code
	}
	switch {
	case errors.Is(err, rest.ErrUncertain):
		return abi.Uncertain
	case errors.As(err, &limited), errors.As(err, &cut):
		return abi.TryAgain
	}
	return abi.Internal
}

// maxAnswer bounds the body of a completion, in bytes.
const maxAnswer = 4 << 20

// Pauses between two attempts to commit an answer.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 10 * time.Second
)

// answer commits that a call is over, then tells its lane. It is false when the
// outbox closes before that.
func (o *Outbox) answer(out *Outgoing, status int32, body []byte) bool {
	if len(body) > maxAnswer {
		status, body = int32(abi.TooBig), nil
	}
	var c *Completion
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		var err error
		if c, err = o.settle(out, status, body); err == nil {
			break
		}
		if o.ctx.Err() != nil {
			return false
		}
		o.log.Error("answer not committed, trying again", "error", err, "pause", pause)
		timer := time.NewTimer(pause)
		select {
		case <-o.ctx.Done():
			timer.Stop()
			return false
		case <-timer.C:
		}
	}
	out.over(status, o.journal.now())
	o.closed(out, status)
	o.end(out.Lane, c)
	return true
}

// settle commits an answer; c is nil where nobody waits for it.
func (o *Outbox) settle(out *Outgoing, status int32, body []byte) (c *Completion, err error) {
	o.settling.RLock()
	defer o.settling.RUnlock()
	w := store.Write{Key: out.Key, Delete: true}
	if out.Call.Tag != 0 && !out.released {
		call := *out.Call
		call.Body = nil // nobody needs it any more
		done := *out
		done.Call, done.Answered, done.Status, done.Body = &call, true, status, body
		w = store.Write{Key: out.Key, Value: done.encode()}
		c = done.completion()
	}
	if _, err := o.journal.store.Commit(o.ctx, store.Batch{Writes: []store.Write{w}}); err != nil {
		return nil, err
	}
	o.mu.Lock()
	delete(o.awaited, out.Key)
	o.mu.Unlock()
	return c, nil
}

// cancel takes the calls with a tag that were not begun out of the queue.
func (o *Outbox) cancel(lane int, tag uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closing {
		return
	}
	for queue, waiting := range o.queues {
		kept := waiting[:0]
		for _, out := range waiting {
			if out.Lane != lane || out.Call.Tag != tag {
				kept = append(kept, out)
				continue
			}
			o.wg.Go(func() { o.answer(out, int32(abi.Closing), nil) })
		}
		clear(waiting[len(kept):])
		o.queues[queue] = kept
	}
}

func excerpt(body []byte) string {
	if len(body) > 300 {
		body = body[:300]
	}
	return effect.Line(body)
}
