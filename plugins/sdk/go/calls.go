package sdk

import (
	"math/rand/v2"
	"strings"

	"github.com/shardhost/shardhost/abi"
)

// calls are the requests whose answers this instance waits for.
type calls struct {
	base    uint64
	last    uint64
	waiting map[uint64]call
}

type call struct {
	object string
	then   func(*Ctx, *Response) error
	worker *worker // that waits for it, instead of then
}

// next returns a tag that no other instance of the plugin has used: answers to
// an earlier one's requests arrive too.
func (w *calls) next() uint64 {
	if w.base == 0 {
		w.base = uint64(rand.Uint32()|1) << 32
	}
	w.last++
	return w.base + w.last
}

func (w *calls) then(tag uint64, object string, fn func(*Ctx, *Response) error) {
	if w.waiting == nil {
		w.waiting = map[uint64]call{}
	}
	w.waiting[tag] = call{object: object, then: fn}
}

// await lets a worker have an answer.
func (w *calls) await(tag uint64, by *worker) {
	if w.waiting == nil {
		w.waiting = map[uint64]call{}
	}
	w.waiting[tag] = call{worker: by}
	by.parked.tag = tag
}

// forget forgets what a worker has waited for.
func (w *calls) forget(by *worker) { delete(w.waiting, by.parked.tag) }

// completion gives an answer to whoever waits for it.
func (g *Guest) completion(c *Ctx, f *abi.Frame) error {
	name, data, _ := strings.Cut(string(f.Name), "\n")
	r := &Response{Status: int(f.Status), Body: JSON(f.Body).Clone(), Data: data}
	if asked, ok := g.calls.waiting[f.Tag]; ok {
		delete(g.calls.waiting, f.Tag)
		if asked.worker != nil {
			g.resume(asked.worker, r)
			return nil
		}
		return run(handler{kind: "the answer to " + asked.object}, func() error { return asked.then(c, r) })
	}
	if h := plugin.response(name); h != nil {
		return run(h.handler, func() error { return h.call(c, r) })
	}
	// Whoever asked was replaced since. That is common in a reload, and worth
	// a line, because something was left undone.
	c.Log().Info("an answer came too late for the function that waited; to keep it over reloads, name a handler in Continue", "status", r.Status, "continue", name)
	return nil
}
