package dev

import (
	"encoding/json"
	"sync"
)

// feedDepth is how many events wait for one slow page. A page that is further
// behind is disconnected; it connects again and gets the whole picture.
const feedDepth = 256

// An item is one Server-Sent Event: its name and its JSON.
type item struct {
	name string
	data []byte
}

// A feed hands what happens to every page that is open.
type feed struct {
	mu   sync.Mutex
	subs map[chan item]struct{}
}

// subscribe adds a page. The channel is closed when the page has fallen too
// far behind; cancel must be called in any case.
func (f *feed) subscribe() (items <-chan item, cancel func()) {
	ch := make(chan item, feedDepth)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.subs == nil {
		f.subs = make(map[chan item]struct{})
	}
	f.subs[ch] = struct{}{}
	return ch, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.subs, ch)
	}
}

// publish gives v to every page, and never waits for one.
func (f *feed) publish(name string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		return // only embeds that are no JSON come here: such a message is not shown
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for ch := range f.subs {
		select {
		case ch <- item{name, data}:
		default:
			delete(f.subs, ch)
			close(ch)
		}
	}
}
