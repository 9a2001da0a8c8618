package sdktest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/shardhost/shardhost/abi"
	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

// Where Say speaks, and who does.
const (
	Guild   sdk.ID = 10_000_000_000_000_001
	Channel sdk.ID = 20_000_000_000_000_001
	Person  sdk.ID = 30_000_000_000_000_001
	Bots    sdk.ID = 40_000_000_000_000_001 // the application, and the author of the bot's own messages
)

// Message is one that somebody writes. What is zero has the values above; a
// direct message has the guild None.
type Message struct {
	Content  string
	Guild    sdk.ID
	Channel  sdk.ID
	Author   sdk.ID
	Username string // default "ada"
	Bot      bool
}

// None says that there is no guild.
const None = ^sdk.ID(0)

// Say has a person write a message in a guild.
func (b *Bot) Say(content string) {
	b.t.Helper()
	b.Write(Message{Content: content})
}

// Write has somebody write a message.
func (b *Bot) Write(m Message) {
	b.t.Helper()
	data := map[string]any{
		"id": b.newID(), "channel_id": cmp.Or(m.Channel, Channel), "content": m.Content,
		"author": map[string]any{
			"id": cmp.Or(m.Author, Person), "username": cmp.Or(m.Username, "ada"), "discriminator": "0",
			"global_name": nil, "avatar": nil, "bot": m.Bot,
		},
		"timestamp": b.host.now.Format(time.RFC3339), "edited_timestamp": nil, "tts": false,
		"mention_everyone": false, "mentions": []any{}, "mention_roles": []any{},
		"attachments": []any{}, "embeds": []any{}, "pinned": false, "type": 0,
	}
	if m.Guild != None {
		data["guild_id"] = cmp.Or(m.Guild, Guild)
	}
	b.Event("MESSAGE_CREATE", data)
}

// Event delivers any event. data is its field d: JSON as text, or a value that
// encoding/json can write.
func (b *Bot) Event(name string, data any) {
	b.t.Helper()
	var d []byte
	switch data := data.(type) {
	case string:
		d = []byte(data)
	case []byte:
		d = data
	default:
		var err error
		if d, err = json.Marshal(data); err != nil {
			b.t.Fatalf("sdktest: write the data of %s: %v", name, err)
		}
	}
	if !json.Valid(d) {
		b.t.Fatalf("sdktest: the data of %s is not JSON: %s", name, d)
	}
	b.sequence++
	guild := sdk.JSON(d).Get("guild_id").ID()
	b.deliver(name, abi.Frame{
		Kind: abi.KindEvent, Tag: b.sequence, Guild: uint64(guild), Event: abi.UnknownEvent,
		Name: []byte(name), Body: d,
	})
}

// Use has a person use a slash command, with the options by name.
func (b *Bot) Use(command string, options map[string]any) {
	b.t.Helper()
	list := []any{}
	for name, v := range options {
		list = append(list, map[string]any{"name": name, "value": v})
	}
	b.Event("INTERACTION_CREATE", b.interaction(sdk.InteractionCommand, map[string]any{
		"id": b.newID(), "name": command, "type": 1, "options": list,
	}))
}

// Advance moves the clock. Timers that fall due on the way ring in their order,
// each at its own time.
func (b *Bot) Advance(d time.Duration) {
	b.t.Helper()
	end := b.host.now.Add(d)
	for {
		tag, next, ok := b.nextTimer()
		if !ok || next.due.After(end) {
			break
		}
		if next.due.After(b.host.now) {
			b.host.now = next.due
		}
		if next.period > 0 {
			b.host.timers[tag] = timer{next.due.Add(next.period), next.period}
		} else {
			delete(b.host.timers, tag)
		}
		b.deliver("timer", abi.Frame{Kind: abi.KindTimer, Tag: tag, Event: abi.UnknownEvent})
	}
	b.host.now = end
}

func (b *Bot) nextTimer() (tag uint64, next timer, ok bool) {
	for t, candidate := range b.host.timers {
		sooner := candidate.due.Before(next.due) || candidate.due.Equal(next.due) && t < tag
		if !ok || sooner {
			tag, next, ok = t, candidate, true
		}
	}
	return tag, next, ok
}

// Now is the time of the test.
func (b *Bot) Now() time.Time { return b.host.now }

// Request is a REST call that the plugin asked for.
type Request struct {
	Method string
	Path   string
	Body   sdk.JSON
	Reason string // for the audit log
}

// Requests returns every REST call so far, oldest first.
func (b *Bot) Requests() []Request { return b.host.requests }

// Sent returns the texts that the plugin has written since the last call of
// Sent: messages, replies and answers to commands.
func (b *Bot) Sent() []string {
	var texts []string
	for _, r := range b.host.requests[b.sent:] {
		if r.Method != "POST" {
			continue
		}
		content := r.Body.Get("content")
		if strings.HasSuffix(r.Path, "/callback") {
			content = r.Body.Get("data", "content")
		}
		if content.Exists() {
			texts = append(texts, content.String())
		}
	}
	b.sent = len(b.host.requests)
	return texts
}

// A route is a method and a path, on which * at the end stands for anything.
type route struct{ method, path string }

func (r route) fits(q *pending) bool {
	prefix, open := strings.CutSuffix(r.path, "*")
	return r.method == q.Method && (r.path == q.Path || open && strings.HasPrefix(q.Path, prefix))
}

// answer is one that a test has prepared.
type answer struct {
	route
	status int
	body   string
}

// Hold keeps the answers to requests of a method and path back, on which * at
// the end stands for anything, until release is called: handlers that wait for
// them go on waiting, and other frames are handled meanwhile.
//
//	release := bot.Hold("POST", "/channels/*")
//	bot.Say("!poll")  // sends a message and waits for its id
//	bot.Say("!other") // is handled before that goes on
//	release()
func (b *Bot) Hold(method, path string) (release func()) {
	held := &route{method, path}
	b.held = append(b.held, held)
	return func() {
		b.t.Helper()
		b.held = slices.DeleteFunc(b.held, func(r *route) bool { return r == held })
		b.settle()
	}
}

// holds tells whether the answer is to be kept back. One that was given before
// is there at once.
func (b *Bot) holds(q *pending) bool {
	return q.answer == nil && slices.ContainsFunc(b.held, func(r *route) bool { return r.fits(q) })
}

// Answer prepares the answer to requests of a method and path, on which * at
// the end stands for anything. Later ones go before earlier ones; without any,
// Discord answers 200 and an object with a new id. A negative status is an
// error of package abi.
func (b *Bot) Answer(method, path string, status int, body string) {
	b.answers = append(b.answers, answer{route{method, path}, status, body})
}

func (b *Bot) answer(r *pending) (int, string) {
	for i := len(b.answers) - 1; i >= 0; i-- {
		if a := b.answers[i]; a.fits(r) {
			return a.status, a.body
		}
	}
	return 200, `{"id":"` + b.newID().String() + `"}`
}

// Value returns the value of a key of the plugin's store, and "" if there is
// none.
func (b *Bot) Value(key string) string { return b.host.values[key].text }

// Values returns the plugin's store.
func (b *Bot) Values() map[string]string {
	all := map[string]string{}
	for key, v := range b.host.values {
		all[key] = v.text
	}
	return all
}

// Put sets a key of the plugin's store, as if an earlier handler had.
func (b *Bot) Put(key, text string) {
	b.host.version++
	b.host.values[key] = value{text: text, version: b.host.version}
}

// Timers returns when the plugin's timers are due, soonest first.
func (b *Bot) Timers() []time.Time {
	var due []time.Time
	for _, t := range b.host.timers {
		due = append(due, t.due)
	}
	slices.SortFunc(due, time.Time.Compare)
	return due
}

// Log returns the lines that the plugin has logged, as "info: text".
func (b *Bot) Log() []string { return b.host.log }

// Metric returns a number that the plugin reports about itself.
func (b *Bot) Metric(name string) float64 { return b.host.metrics[name] }

// Command is a gateway command that the plugin asked for.
type Command struct {
	Shard int // -1: that of the event
	Op    int32
	Data  sdk.JSON
}

// Commands returns every gateway command so far, oldest first.
func (b *Bot) Commands() []Command { return b.host.commands }

func (b *Bot) newID() sdk.ID {
	b.ids++
	return sdk.ID(b.ids)
}

// Post is a message between plugins.
type Post struct {
	Topic string
	Data  []byte // JSON
}

// Posts returns what the plugin has published so far.
func (b *Bot) Posts() []Post { return b.host.posts }

// Publish delivers a message of another plugin's; data becomes JSON.
func (b *Bot) Publish(topic string, data any) {
	b.t.Helper()
	body, err := json.Marshal(data)
	if err != nil {
		b.t.Fatalf("sdktest: write a message: %v", err)
	}
	b.deliver("topic "+topic, abi.Frame{Kind: abi.KindMessage, Event: abi.UnknownEvent, Name: []byte(topic), Body: body})
}

// Control delivers a word of the host's, such as "cold" or "gap"; body becomes
// JSON. See docs/abi.md.
func (b *Bot) Control(name string, body any) {
	b.t.Helper()
	doc, err := json.Marshal(body)
	if err != nil {
		b.t.Fatalf("sdktest: write a control frame: %v", err)
	}
	b.deliver("control "+name, abi.Frame{Kind: abi.KindControl, Event: abi.UnknownEvent, Name: []byte(name), Body: doc})
}
