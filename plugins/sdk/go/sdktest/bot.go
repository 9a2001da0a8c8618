package sdktest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/index"
	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

// Setup is what the configuration would say about the plugin. The zero value
// grants everything and configures nothing.
type Setup struct {
	Config      string            // the block config, as a JSON object
	Secrets     map[string]string // the block secrets
	Lane, Lanes int               // Lanes 0 is 1
	Deny        []string          // grants that are missing: discord, kv, timers, gateway, bus
	Now         time.Time         // when the test begins; default noon of 2026-01-01, UTC
}

// Bot is a plugin under test. It is not safe for use by several goroutines.
type Bot struct {
	t     testing.TB
	setup Setup
	host  *host
	guest *sdk.Guest

	sequence uint64
	ids      uint64 // given out by Message, Interaction and answers
	sent     int    // requests that Sent has read
	answers  []answer
	held     []*route // requests whose answers are kept back
	failures []string
	fields   map[string]*index.Paths // that the plugin asks for, by event
}

// Start starts the plugin whose package is under test.
func Start(t testing.TB) *Bot {
	t.Helper()
	return StartWith(t, Setup{})
}

// StartWith starts the plugin with a configuration.
func StartWith(t testing.TB, s Setup) *Bot {
	t.Helper()
	if s.Config == "" {
		s.Config = "{}"
	}
	if !json.Valid([]byte(s.Config)) {
		t.Fatalf("sdktest: Setup.Config is not JSON: %s", s.Config)
	}
	if s.Now.IsZero() {
		s.Now = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	}
	b := &Bot{t: t, setup: s, host: newHost(s), ids: 1 << 40}
	t.Cleanup(b.finish)
	b.Restart()
	return b
}

// Reload is a reload of the plugin, or a restart of the host: as Restart, but
// the new instance gets what the old one has saved.
func (b *Bot) Reload() {
	b.t.Helper()
	b.host.memory = nil
	b.run("save", b.guest.Save)
	state := b.host.memory
	b.Restart()
	if state == nil {
		return
	}
	copy(b.guest.Buffer(len(state.text)), state.text)
	b.run("load", func() int32 {
		if code := b.guest.Load(state.schema, len(state.text)); code != int32(abi.Unsupported) {
			return code
		}
		return 0 // it starts without
	})
}

// Restart is a crash of the plugin: a new instance takes over, keys, timers and
// the clock stay, variables do not. Answers to requests of the old one reach
// the new one only through their Continue. What a handler waited with is given
// to it again, and its calls have the answers that they had.
func (b *Bot) Restart() {
	b.t.Helper()
	b.host.generation++
	again := b.end()
	b.guest = sdk.NewGuest(b.host)
	b.learn()
	secrets := b.setup.Secrets
	if secrets == nil {
		secrets = map[string]string{}
	}
	document, err := json.Marshal(map[string]any{
		"abi": "1.0", "host": "sdktest", "plugin": "test", "generation": b.host.generation,
		"lane": b.setup.Lane, "lanes": max(1, b.setup.Lanes),
		"config": json.RawMessage(b.setup.Config), "secrets": secrets,
		"grants": b.host.grants(),
	})
	if err != nil {
		b.t.Fatalf("sdktest: write the init document: %v", err)
	}
	copy(b.guest.Buffer(len(document)), document)
	b.host.starting = true
	b.run("start", func() int32 { return b.guest.Init(len(document)) })
	b.host.starting = false
	for _, p := range again {
		p.frame.Flags |= abi.FlagRedelivered
		b.host.again = p
		b.give("the event again", p.frame)
		b.host.again = nil
	}
	b.settle()
}

// learn reads which fields the plugin wants to find without parsing.
func (b *Bot) learn() {
	b.t.Helper()
	b.fields = map[string]*index.Paths{}
	for event, list := range b.guest.Manifest().Get("fields").Fields() {
		var paths []string
		for path := range list.Items() {
			paths = append(paths, path.String())
		}
		compiled, err := index.Compile(paths)
		if err != nil {
			b.t.Fatalf("sdktest: fields of %s: %v", event, err)
		}
		b.fields[event] = compiled
	}
}

// deliver gives one frame to the plugin, and then the answers to what it asked
// for.
func (b *Bot) deliver(what string, f abi.Frame) {
	b.t.Helper()
	b.give(what, f)
	b.settle()
}

func (b *Bot) give(what string, f abi.Frame) {
	b.t.Helper()
	f.Received = b.host.now.UnixNano()
	b.host.guild, b.host.frame = f.Guild, f
	if paths := b.fields[string(f.Name)]; paths != nil && f.Kind == abi.KindEvent {
		f.Fields = paths.Append(nil, f.Body)
	}
	batch := f.Append(nil)
	copy(b.guest.Buffer(len(batch)), batch)
	b.run(what, func() int32 { return b.guest.Batch(len(batch), 1) })
}

// run calls the guest and keeps or undoes what it asked for.
func (b *Bot) run(what string, call func() int32) {
	b.t.Helper()
	before := b.host.state.clone()
	b.host.before = b.host.state.clone()
	b.host.failText, b.host.busy = "", true
	result := call()
	b.host.leave()
	b.host.busy = false
	b.failures = append(b.failures, b.host.failures...)
	b.host.failures = nil
	if result < 0 {
		b.host.state = before
		text := b.host.failText
		if text == "" {
			text = what + ": " + abi.Code(result).String()
		}
		b.failures = append(b.failures, text)
	}
}

// maxAnswers bounds how long a plugin may go on asking after one event.
const maxAnswers = 1000

// settle answers requests until nobody waits for one that is not held.
func (b *Bot) settle() {
	b.t.Helper()
	for range maxAnswers {
		next := slices.IndexFunc(b.host.waiting, func(r *pending) bool { return !b.holds(r) })
		if next < 0 {
			return
		}
		r := b.host.waiting[next]
		b.host.waiting = slices.Delete(slices.Clone(b.host.waiting), next, next+1)
		if r.answer == nil {
			status, body := b.answer(r)
			if !strings.HasPrefix(r.Path, "/") {
				body = "{}\n" + body // of the web, with headers: see abi.FetchRequest
			}
			r.answer = &answer{status: status, body: body}
		}
		f := abi.Frame{
			Kind: abi.KindCompletion, Tag: r.tag, Guild: r.guild, Event: abi.UnknownEvent,
			Status: int32(r.answer.status), Name: []byte(r.context), Body: []byte(r.answer.body),
		}
		if r.generation != b.host.generation {
			f.Flags |= abi.FlagEarlier
		}
		b.give("the answer to "+r.Method+" "+r.Path, f)
	}
	b.t.Fatalf("sdktest: the plugin still asks after %d answers: does a handler of an answer repeat its request?", maxAnswers)
}

// Failure returns the first failure that was not asked for yet, and "" if
// there is none. Failures that no test asks for fail it.
func (b *Bot) Failure() string {
	if len(b.failures) == 0 {
		return ""
	}
	first := b.failures[0]
	b.failures = b.failures[1:]
	return first
}

// end ends the instance, and returns what its handlers waited with.
func (b *Bot) end() (again []*parked) {
	if b.guest != nil {
		b.guest.Close()
	}
	for _, handle := range slices.Sorted(maps.Keys(b.host.parked)) {
		again = append(again, b.host.parked[handle])
	}
	b.host.parked = map[int32]*parked{}
	return again
}

func (b *Bot) finish() {
	b.end()
	for _, f := range b.failures {
		b.t.Errorf("the plugin failed: %s", f)
	}
}
