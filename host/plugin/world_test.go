package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/host/wasm"
	"github.com/shardhost/shardhost/internal/fetch"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/internal/store"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A world is what a plugin lives in, with everything that reaches outside
// faked.
type world struct {
	t       testing.TB
	engine  *wasm.Engine
	store   *faultyStore
	journal *journal.Journal // of the host's present life
	ended   bool             // that life is over
	skew    time.Duration    // by which the wall clock has been set forward
	discord *fakeDiscord
	web     func(r fetch.Request) (fetch.Response, error)
	log     *logLines
	taps    Taps
	tracker *journal.Tracker
	session string
	seq     int64
	spec    config.Plugin
	plugin  *Plugin

	mu       sync.Mutex
	commands []effect.Command
}

func newWorld(t testing.TB) *world {
	t.Helper()
	engine, err := wasm.NewEngine(wasm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, engine: engine, store: &faultyStore{Store: store.NewMemory()}, discord: &fakeDiscord{},
		tracker: &journal.Tracker{}, session: "s1", log: &logLines{}, spec: testSpec(),
	}
	w.tracker.Begin(w.session, -1)
	t.Cleanup(func() {
		w.close()
		if err := engine.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if used := w.space(); used != nil && used.Used() != w.bytes() && !t.Failed() {
			t.Errorf("the namespace counts %d bytes, the store holds %d", used.Used(), w.bytes())
		}
	})
	return w
}

// testSpec is a plugin that may do everything.
func testSpec() config.Plugin {
	return config.Plugin{
		Name: "p", Lanes: 1, Events: []string{"*"}, Config: json.RawMessage("{}"),
		Grant: config.Grant{
			Discord: &config.DiscordGrant{Allow: []string{"* /**"}}, HTTP: &config.HTTPGrant{Allow: []string{"https://api.example.com/v1"}}, KV: &config.KVGrant{Quota: 1 << 20},
			Timers: &config.TimersGrant{Max: 100}, Gateway: &config.GatewayGrant{Allow: []string{"presence", "members"}},
			Bus: &config.BusGrant{Publish: []string{"own.*"}, Subscribe: []string{"own.*"}},
			At:  config.Location{File: "config.hcl", Line: 7},
		},
		Limits: config.Limits{
			Memory: 16 << 20, Deadline: 250 * time.Millisecond, Init: 5 * time.Second, Mailbox: 64, Inflight: 8, Park: time.Minute, Parked: 16,
			Overflow: "block", ModuleSize: 1 << 20,
		},
		Failure: config.Failure{Retry: 2, Max: 5, Within: time.Minute, Backoff: time.Second, DeadLetters: 100, DeadLetterBytes: 1 << 20},
		At:      config.Location{File: "config.hcl", Line: 3},
	}
}

func (w *world) deps() Deps {
	if w.journal == nil || w.ended {
		w.journal = journal.New(w.store, hclog.New(&hclog.LoggerOptions{Output: w.log}), w.now)
		w.ended = false
	}
	return Deps{
		Engine: w.engine, Journal: w.journal, Store: w.store, Client: w.discord, Web: w, Version: "test", Now: w.now, Taps: &w.taps,
		Log: hclog.New(&hclog.LoggerOptions{Output: w.log, Level: hclog.Debug}),
		Send: func(_ context.Context, c effect.Command) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.commands = append(w.commands, c)
			return nil
		},
	}
}

// now is the wall clock; what is left of it over a restart has no monotonic part.
// Do is the web.
func (w *world) Do(_ context.Context, r fetch.Request) (fetch.Response, error) { return w.web(r) }

func (w *world) now() time.Time { return time.Now().Add(w.skew) }

// open starts the plugin.
func (w *world) open(c scripted) *Plugin {
	w.t.Helper()
	p, err := Open(context.Background(), w.deps(), w.spec, c.module())
	if err != nil {
		w.t.Fatal(err)
	}
	w.plugin = p
	return p
}

func (w *world) close() {
	w.t.Helper()
	if w.plugin == nil {
		return
	}
	p := w.plugin
	w.plugin, w.ended = nil, true
	if err := p.Close(context.Background()); err != nil {
		w.t.Error(err)
	}
}

// swap prepares another guest with the present spec and swaps to it.
func (w *world) swap(c scripted) {
	w.t.Helper()
	next, err := w.plugin.Prepare(context.Background(), w.spec, c.module(), true)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.plugin.Swap(context.Background(), next); err != nil {
		w.t.Fatal(err)
	}
}

// event makes the next event of the session.
func (w *world) event(guild int, s script) *gateway.Event {
	w.seq++
	return w.eventAt(w.seq, guild, s)
}

func (w *world) eventAt(seq int64, guild int, s script) *gateway.Event {
	e := &gateway.Event{
		Shard: 0, Of: 1, Session: w.session, Seq: seq, Type: discord.EventMessageCreate, Name: "MESSAGE_CREATE",
		Guild: guildID(guild), Data: s, Received: time.Now().UnixNano(),
	}
	e.Retain() // the reader's hold
	return e
}

// guildID spreads small numbers over the lanes as snowflakes are.
func guildID(n int) discord.GuildID { return discord.GuildID(n << 22) }

// deliver gives an event to the plugin as a shard's sink does.
func (w *world) deliver(e *gateway.Event) { w.deliverTo(w.plugin, e) }

func (w *world) deliverTo(p *Plugin, e *gateway.Event) {
	if ticket, fresh := w.tracker.Receive(e.Seq, 1); fresh {
		p.Deliver(e, ticket, nil)
	}
	e.Release()
}

// send delivers a script as an event of a guild.
func (w *world) send(guild int, s script) { w.deliver(w.event(guild, s)) }

// settle waits until every goroutine of the bubble waits.
func (w *world) settle() { synctest.Wait() }

func (w *world) space() *effect.Space {
	s, err := effect.OpenSpace(context.Background(), w.store.Store, "p", time.Now)
	if err != nil {
		w.t.Error(err)
		return nil
	}
	return s
}

// bytes is what the plugin's keys and values take in the store.
func (w *world) bytes() (n int64) {
	entries, err := w.store.Store.List(context.Background(), "kv/p/", "", 0)
	if err != nil {
		w.t.Error(err)
	}
	for _, e := range entries {
		n += int64(len(e.Key) - len("kv/p/") + len(e.Value) - 8)
	}
	return n
}

// kv is the committed value of a key, "" where there is none.
func (w *world) kv(key string) string {
	w.t.Helper()
	v, _, err := w.space().Get(context.Background(), key)
	if err != nil {
		w.t.Error(err)
	}
	return string(v.Data)
}

// seed puts a value into the plugin's namespace, as if it had done so itself.
func (w *world) seed(key, value string) {
	w.t.Helper()
	s := w.space()
	old, _, err := s.Get(context.Background(), key)
	if err != nil {
		w.t.Fatal(err)
	}
	grow := int64(len(key)+len(value)) - s.Size(key, old)
	w.write(store.Write{Key: s.StoreKey(key), Value: effect.EncodeValue([]byte(value), time.Time{})}, s.Grow(99, grow))
}

func (w *world) unseed(key string) {
	w.t.Helper()
	s := w.space()
	old, _, err := s.Get(context.Background(), key)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(store.Write{Key: s.StoreKey(key), Delete: true}, s.Grow(99, -s.Size(key, old)))
}

func (w *world) write(writes ...store.Write) {
	w.t.Helper()
	if _, err := w.store.Store.Commit(context.Background(), store.Batch{Writes: writes}); err != nil {
		w.t.Fatal(err)
	}
}

// keys are the keys of the store with a prefix.
func (w *world) keys(prefix string) []string {
	w.t.Helper()
	entries, err := w.store.Store.List(context.Background(), prefix, "", 0)
	if err != nil {
		w.t.Fatal(err)
	}
	keys := make([]string, len(entries))
	for i, e := range entries {
		keys[i] = e.Key[len(prefix):]
	}
	return keys
}

func (w *world) letters() []journal.DeadLetter {
	w.t.Helper()
	var letters []journal.DeadLetter
	err := w.journal.DeadLetters(context.Background(), "p", func(d journal.DeadLetter, err error) bool {
		if err != nil {
			w.t.Error(err)
		}
		letters = append(letters, d)
		return true
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return letters
}

func (w *world) position() int64 {
	seq, _ := w.tracker.Position()
	return seq
}

// wantKV and its like are the checks that most tests end with.
func (w *world) wantKV(key, value string) {
	w.t.Helper()
	if got := w.kv(key); got != value {
		w.t.Errorf("key %q holds %q, want %q", key, got, value)
	}
}

func (w *world) wantPosition(seq int64) {
	w.t.Helper()
	if got := w.position(); got != seq {
		w.t.Errorf("the position is %d, want %d", got, seq)
	}
}

func (w *world) wantLog(text string) {
	w.t.Helper()
	if !strings.Contains(w.log.String(), text) {
		w.t.Errorf("the log lacks %q:\n%s", text, w.log)
	}
}

// errStore is what a broken store answers.
var errStore = errors.New("the disk is full")

// A faultyStore can be told to fail.
type faultyStore struct {
	store.Store

	mu      sync.Mutex
	failing bool
	chance  func() bool // of one commit to fail
	late    func() bool // of one commit to fail although it has happened
	before  func()      // runs before a commit

	beforeGet func() // runs before a key is read
}

func (s *faultyStore) fail(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing = on
}

func (s *faultyStore) Get(ctx context.Context, key string) (store.Entry, error) {
	s.mu.Lock()
	before := s.beforeGet
	s.mu.Unlock()
	if before != nil {
		before()
	}
	return s.Store.Get(ctx, key)
}

func (s *faultyStore) Commit(ctx context.Context, b store.Batch) (store.Revision, error) {
	s.mu.Lock()
	fails := s.failing || (s.chance != nil && s.chance())
	late := s.late != nil && s.late()
	before := s.before
	s.mu.Unlock()
	if before != nil {
		before()
	}
	if fails {
		return 0, errStore
	}
	revision, err := s.Store.Commit(ctx, b)
	if err == nil && late {
		return 0, errStore
	}
	return revision, err
}

// fakeDiscord takes REST calls.
type fakeDiscord struct {
	mu     sync.Mutex
	calls  []rest.Request
	answer func(ctx context.Context, r rest.Request) (rest.Response, error) // nil: 200 {}
}

func (d *fakeDiscord) Do(ctx context.Context, r rest.Request) (rest.Response, error) {
	d.mu.Lock()
	d.calls = append(d.calls, r)
	answer := d.answer
	d.mu.Unlock()
	if answer == nil {
		return rest.Response{Status: 200, Body: []byte(`{}`)}, nil
	}
	return answer(ctx, r)
}

func (d *fakeDiscord) on(answer func(ctx context.Context, r rest.Request) (rest.Response, error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answer = answer
}

func (d *fakeDiscord) paths() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var paths []string
	for _, c := range d.calls {
		paths = append(paths, c.Method+" "+c.Path)
	}
	return paths
}

func (d *fakeDiscord) wantPaths(t testing.TB, want ...string) {
	t.Helper()
	if got := d.paths(); !slices.Equal(got, want) {
		t.Errorf("Discord was called with %q, want %q", got, want)
	}
}

// document is a request document.
func document(method, path, body, context string) string {
	doc := fmt.Sprintf(`{"method":%q,"path":%q`, method, path)
	if body != "" {
		doc += `,"body":` + body
	}
	if context != "" {
		doc += `,"context":` + quoteJSON(context)
	}
	return doc + "}"
}

func quoteJSON(text string) string {
	escaped, _ := json.Marshal(text)
	return string(escaped)
}

// logLines collects what is logged.
type logLines struct {
	mu  sync.Mutex
	buf strings.Builder
}

func (l *logLines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if os.Getenv("SHOW_LOG") != "" {
		fmt.Fprint(os.Stderr, string(b))
	}
	return l.buf.Write(b)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *logLines) count(text string) int { return strings.Count(l.String(), text) }

func itoa(n int) string { return strconv.Itoa(n) }

// newRand is seeded from the environment variable SEED, or anew; a test that
// fails prints the seed.
func newRand(t testing.TB) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("repeat with SEED=%d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 1))
}
