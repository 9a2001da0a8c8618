package plugin

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/internal/rest"
)

// Types of interactions, and of the answers to them.
// https://docs.discord.com/developers/interactions/receiving-and-responding
const (
	interactionCommand   = "2"
	interactionComponent = "3"
	interactionModal     = "5"

	answerMessage        = 4
	answerDeferred       = 5 // the person sees that the bot is thinking
	answerDeferredUpdate = 6 // of a component: the person sees nothing
	answerUpdate         = 7
)

// tokenLife is how long Discord takes answers to an interaction that was
// acknowledged in time.
const tokenLife = 15 * time.Minute

// alreadyAcknowledged is Discord's code for a second answer to an interaction.
// https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
const alreadyAcknowledged = 40060

// deferrals answers interactions for a plugin that is late: Discord gives three
// seconds to acknowledge one. What the plugin answers afterwards becomes the
// follow-up that Discord then expects. It is the plugin's client for REST calls.
type deferrals struct {
	journal.Client
	plugin *Plugin

	mu            sync.Mutex
	closed        bool
	byFrame       map[string]*deferral
	byInteraction map[string]*deferral
	wg            sync.WaitGroup
}

// A deferral is one interaction that the host may have to answer.
type deferral struct {
	frame, id, token, application string
	kind                          int  // of the answer that the host would give
	replayed                      bool // it may have been given before

	// Below deferrals.mu.
	timer   *time.Timer
	parked  bool          // its handler waits for answers of its own
	sending chan struct{} // closed when the host's answer is through; nil: it has given none
	done    bool          // Discord has taken the host's answer
}

func newDeferrals(p *Plugin) *deferrals {
	return &deferrals{Client: p.deps.Client, plugin: p, byFrame: map[string]*deferral{}, byInteraction: map[string]*deferral{}}
}

// begin watches an interaction that is about to be queued.
func (d *deferrals) begin(e *entry) {
	p := d.plugin
	p.mu.Lock()
	spec := p.gen.spec
	p.mu.Unlock()
	after := spec.Limits.AutoDeferAfter
	if after <= 0 || spec.Grant.Discord == nil {
		return
	}
	i := interactionOf(e.event)
	if i == nil || !effect.Allows(spec.Grant.Discord, http.MethodPost, i.callback()) {
		return
	}
	i.frame, i.replayed = e.id(), e.event.Replayed
	after -= p.deps.Now().Sub(time.Unix(0, e.event.Received))
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || d.byInteraction[i.id] != nil {
		return
	}
	d.byFrame[i.frame], d.byInteraction[i.id] = i, i
	i.timer = time.AfterFunc(max(0, after), func() { d.late(i) })
}

// interactionOf reads what is needed to answer; nil for an interaction that
// cannot be deferred: autocomplete wants its choices at once.
func interactionOf(ev *gateway.Event) *deferral {
	text := func(key string) (s string) {
		if json.Unmarshal(member(ev.Data, key), &s) != nil {
			return ""
		}
		return s
	}
	i := &deferral{id: text("id"), token: text("token"), application: text("application_id")}
	switch string(member(ev.Data, "type")) {
	case interactionCommand, interactionModal:
		i.kind = answerDeferred
	case interactionComponent:
		i.kind = answerDeferredUpdate
	}
	if i.kind == 0 || i.id == "" || i.token == "" || i.application == "" || strings.ContainsAny(i.id+i.token+i.application, "/?#%") {
		return nil
	}
	return i
}

func (i *deferral) callback() string { return "/interactions/" + i.id + "/" + i.token + "/callback" }

func (i *deferral) followUp() string { return "/webhooks/" + i.application + "/" + i.token }

// park says that the handler of a frame goes on later; then its entry ends, and
// end is due when it does.
func (d *deferrals) park(frame string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := d.byFrame[frame]; i != nil {
		i.parked = true
	}
}

// end says that a frame is finished or given up: nobody is late any more. parked
// tells that it was one whose handler waited.
func (d *deferrals) end(frame string, parked bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := d.byFrame[frame]; i != nil && (parked || !i.parked) {
		d.forget(i)
	}
}

// ended is end for an entry.
func (d *deferrals) ended(e *entry) {
	if e.urgent() {
		d.end(e.id(), false)
	}
}

// forget ends the watch. What was deferred is remembered until its token ends,
// because the answer may still come. d.mu is held.
func (d *deferrals) forget(i *deferral) {
	delete(d.byFrame, i.frame)
	if i.sending == nil {
		i.timer.Stop()
		delete(d.byInteraction, i.id)
	}
}

// late gives the host's answer, unless there is one.
func (d *deferrals) late(i *deferral) {
	d.mu.Lock()
	if d.closed || d.byInteraction[i.id] != i {
		d.mu.Unlock()
		return
	}
	i.sending = make(chan struct{})
	d.wg.Add(1)
	d.mu.Unlock()
	defer d.wg.Done()
	body, _ := json.Marshal(map[string]int{"type": i.kind})
	answer, err := d.Client.Do(d.plugin.killed, rest.Request{Method: http.MethodPost, Path: i.callback(), Body: body, Owner: d.plugin.name, Repeatable: true})
	p := d.plugin
	// Before a crash the host may have given it already.
	done := err == nil && (answer.Status < 300 || i.replayed && errorCode(answer.Body) == alreadyAcknowledged)
	switch {
	case done:
		p.mu.Lock()
		at := p.gen.spec.Line("limits.auto_defer_after")
		p.mu.Unlock()
		p.log.Warn("interaction answered for a plugin that is late", "interaction", i.id, "limit", "limits.auto_defer_after",
			"change", at.Prefix()+"make the handler faster, give the plugin more lanes, or let it defer itself")
	case p.killed.Err() == nil:
		p.log.Warn("interaction not deferred", "interaction", i.id, "status", answer.Status, "error", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	i.done = done
	close(i.sending)
	if d.closed {
		return
	}
	i.timer = time.AfterFunc(tokenLife, func() { d.expire(i) })
}

// expire forgets an interaction whose token has ended.
func (d *deferrals) expire(i *deferral) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.byInteraction, i.id)
}

// errorCode is the code in an answer that refuses, 0 if there is none.
func errorCode(body []byte) (code int) {
	var e struct{ Code int }
	if json.Unmarshal(body, &e) != nil {
		return 0
	}
	return e.Code
}

// Do sends a plugin's call. An answer to an interaction that the host has
// answered goes where Discord then takes it.
func (d *deferrals) Do(ctx context.Context, r rest.Request) (rest.Response, error) {
	i := d.answered(r)
	if i == nil {
		return d.Client.Do(ctx, r)
	}
	select {
	case <-i.sending:
	case <-ctx.Done():
		return rest.Response{}, context.Cause(ctx)
	}
	if !i.done {
		return d.Client.Do(ctx, r)
	}
	var form struct {
		Type int
		Data json.RawMessage
	}
	if json.Unmarshal(r.Body, &form) != nil {
		return d.Client.Do(ctx, r)
	}
	switch {
	case form.Type == answerDeferred || form.Type == answerDeferredUpdate:
		return rest.Response{Status: http.StatusNoContent}, nil // it was done
	case form.Type == answerMessage && i.kind == answerDeferredUpdate:
		r.Path, r.Body, r.Repeatable = i.followUp(), form.Data, false // another message
	case form.Type == answerMessage || form.Type == answerUpdate:
		r.Method, r.Path, r.Body = http.MethodPatch, i.followUp()+"/messages/@original", asEdit(form.Data)
	}
	return d.Client.Do(ctx, r)
}

// answered finds the deferral that a call answers, if the host has given or is
// giving its own answer; otherwise the plugin's is in time, and the host's is not
// needed.
func (d *deferrals) answered(r rest.Request) *deferral {
	if r.Method != http.MethodPost || !strings.HasPrefix(r.Path, "/interactions/") {
		return nil
	}
	path, _, _ := strings.Cut(r.Path, "?")
	id, _, _ := strings.Cut(strings.TrimPrefix(path, "/interactions/"), "/")
	d.mu.Lock()
	defer d.mu.Unlock()
	i := d.byInteraction[id]
	if i == nil || path != i.callback() {
		return nil
	}
	if i.sending == nil {
		d.forget(i)
		return nil
	}
	return i
}

// flagsOfEdits are the flags of a message that an edit may set: no embeds, and
// components of version 2.
// https://docs.discord.com/developers/resources/message#edit-message
const flagsOfEdits = 1<<2 | 1<<15

// asEdit makes of a new message's form that of an edit, which takes less.
func asEdit(data json.RawMessage) []byte {
	var form map[string]json.RawMessage
	if json.Unmarshal(data, &form) != nil || form == nil {
		return []byte("{}")
	}
	delete(form, "tts")
	var flags int
	if json.Unmarshal(form["flags"], &flags) == nil && flags&flagsOfEdits != 0 {
		form["flags"], _ = json.Marshal(flags & flagsOfEdits)
	} else {
		delete(form, "flags")
	}
	body, err := json.Marshal(form)
	if err != nil {
		return data
	}
	return body
}

// close ends all watches and waits for the answers under way.
func (d *deferrals) close() {
	d.mu.Lock()
	d.closed = true
	for _, i := range d.byInteraction {
		i.timer.Stop()
	}
	d.mu.Unlock()
	d.wg.Wait()
}
