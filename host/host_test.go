package host_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
	"go.uber.org/goleak"
)

// cache is the machine code that the tests share: compiling a plugin takes long
// under the race detector.
var cache string

func TestMain(m *testing.M) {
	var err error
	if cache, err = os.MkdirTemp("", "shardhost-test-"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(cache)
		os.Exit(code)
	}))
}

// A bot is a host in the test's process against a Discord of its own.
type bot struct {
	*host.Host
	t       *testing.T
	discord *discordtest.Server
	file    string // the configuration
	dir     string // its folder, with the host's data
}

func newDiscord(t *testing.T, o discordtest.Options) *discordtest.Server {
	t.Helper()
	if o.MaxConcurrency == 0 {
		o.MaxConcurrency = 2 // the host keeps Discord's five seconds between two IDENTIFYs of one key
	}
	if o.BucketWindow == 0 {
		o.BucketWindow = 20 * time.Millisecond
	}
	s := discordtest.NewServer(o)
	t.Cleanup(func() {
		s.Close()
		for _, v := range s.Violations() {
			t.Errorf("Discord complains: %+v", v)
		}
	})
	return s
}

// newBot prepares a host with a configuration; start starts it.
func newBot(t *testing.T, s *discordtest.Server, hcl string) *bot {
	t.Helper()
	b := &bot{t: t, discord: s, dir: t.TempDir()}
	b.file = filepath.Join(b.dir, "config.hcl")
	b.configure(hcl)
	return b
}

func (b *bot) configure(hcl string) {
	b.t.Helper()
	if err := os.WriteFile(b.file, []byte(hcl), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bot) load() (*config.Config, config.Diagnostics) {
	return config.Load([]string{b.file}, config.Options{Overrides: config.Overrides{
		Token: b.discord.Token, BaseURL: b.discord.REST, DataDir: filepath.Join(b.dir, "data"),
		AdminListen: "unix://" + filepath.Join(b.dir, "admin.sock"),
	}})
}

func (b *bot) start() {
	b.t.Helper()
	cfg, diags := b.load()
	if cfg == nil {
		b.t.Fatal(diags)
	}
	log := hclog.New(&hclog.LoggerOptions{Output: writer{b.t}, Level: hclog.Debug})
	b.Host = host.New(cfg, host.Options{Logger: log, Version: "test", Load: b.load, Watch: true, CacheDir: cache, GuildPatience: 200 * time.Millisecond})
	if err := b.Start(b.t.Context()); err != nil {
		b.t.Fatal(err, b.Close())
	}
}

func (b *bot) reload() {
	b.t.Helper()
	if _, err := b.Reload(b.t.Context(), admin.ReloadRequest{}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bot) stop() {
	b.t.Helper()
	if err := b.Close(); err != nil {
		b.t.Error(err)
	}
}

type writer struct{ t *testing.T }

func (w writer) Write(p []byte) (int, error) {
	w.t.Logf("%s", strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}

// ask writes a message as a user and waits for the bot's next answer.
func (b *bot) ask(channel discord.ChannelID, question string) string {
	b.t.Helper()
	before := len(b.answers(channel))
	if _, err := b.discord.SendMessage(channel, question); err != nil {
		b.t.Fatal(err)
	}
	return b.next(channel, before)
}

func (b *bot) answers(channel discord.ChannelID) []string {
	var texts []string
	for _, m := range b.discord.Messages(channel) {
		if m.Author.ID == b.discord.Bot().ID {
			texts = append(texts, m.Content)
		}
	}
	return texts
}

func (b *bot) next(channel discord.ChannelID, before int) string {
	b.t.Helper()
	var answers []string
	eventually(b.t, func() bool {
		answers = b.answers(channel)
		return len(answers) > before
	})
	return answers[before]
}

// eventually waits for what real sockets and a real guest bring about.
func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !ok(); {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen within two minutes")
		}
		time.Sleep(time.Millisecond)
	}
}

func channelOf(s *discordtest.Server, guild int) discord.ChannelID {
	return s.Guilds()[guild].Channels[0].ID
}

const grantMessages = `
  grant {
    discord {
      allow = ["POST /channels/*/messages"]
    }
    kv {}
    timers {}
  }
`

func example(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("../plugins/examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("plugin %q {\n source = %q\n%s}\n", name, dir, grantMessages)
}

const readsContent = `
discord {
  allow_privileged = ["MESSAGE_CONTENT"]
}
`

func TestBotAnswers(t *testing.T) {
	s := newDiscord(t, discordtest.Options{})
	b := newBot(t, s, readsContent+example(t, "ping")+example(t, "counter")+example(t, "remind"))
	b.start()
	for guild := range 4 {
		if got := b.ask(channelOf(s, guild), "!ping"); got != "pong" {
			t.Errorf("guild %d: !ping answered %q", guild, got)
		}
	}
	channel := channelOf(s, 0)
	first := b.ask(channel, "!count")
	second := b.ask(channel, "!count")
	if first == second || !strings.Contains(first, "1") || !strings.Contains(second, "2") {
		t.Errorf("!count answered %q, then %q", first, second)
	}
	before := len(b.answers(channel))
	if _, err := s.SendMessage(channel, "!remind 1s drink water"); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool {
		return slices.ContainsFunc(b.answers(channel)[before:], func(a string) bool { return strings.Contains(a, "drink water") })
	})
	if n := s.Stats().Identifies; n != 2 {
		t.Errorf("%d IDENTIFYs for 2 shards", n)
	}
	st := b.Status()
	for _, sh := range st.Shards {
		if sh.State != "ready" || sh.Of != 2 || sh.Session == "" {
			t.Errorf("shard status %+v", sh)
		}
	}
	b.stop()

	// What was counted is still there, and so are the sessions.
	b.start()
	if st := s.Stats(); st.Identifies != 2 || st.Resumes != 2 {
		t.Errorf("after a restart: %d IDENTIFYs, %d RESUMEs", st.Identifies, st.Resumes)
	}
	if third := b.ask(channel, "!count"); !strings.Contains(third, "3") {
		t.Errorf("after a restart !count answered %q", third)
	}
	b.stop()
}

// module builds a plugin of testdata.
func module(t *testing.T, name string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), name+".wasm")
	if _, err := build.Source(t.Context(), build.Request{Source: filepath.Join("testdata", name), Output: out}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReloadSwapsWithoutReconnecting(t *testing.T) {
	one, two := module(t, "answer-one"), module(t, "answer-two")
	s := newDiscord(t, discordtest.Options{})
	b := newBot(t, s, "")
	file := filepath.Join(b.dir, "which.wasm")
	put := func(module []byte) {
		if err := os.WriteFile(file, module, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(one)
	config := readsContent + "plugin \"which\" {\n source = \"./which.wasm\"\n" + grantMessages + "}\n"
	b.configure(config)
	b.start()
	defer b.stop()
	channel := channelOf(s, 0)
	if got := b.ask(channel, "!which"); got != "one" {
		t.Fatalf("before the reload: %q", got)
	}
	before := s.Stats()

	reload := func(ctx context.Context) (admin.ReloadReport, error) { return b.Reload(ctx, admin.ReloadRequest{}) }
	put(two)
	report, err := reload(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !report.Changed || report.Plugins[0].Action != admin.ActionSwapped || report.Plugins[0].To != 2 {
		t.Errorf("report %+v", report)
	}
	if got := b.ask(channel, "!which"); got != "two" {
		t.Errorf("after the reload: %q", got)
	}
	if report, err = reload(t.Context()); err != nil || report.Changed {
		t.Errorf("a reload without a change: %+v, %v", report, err)
	}

	refused := []struct {
		name   string
		module []byte
		config string
		want   string
	}{
		{"garbage", []byte("not a module"), config, "not a WebAssembly module"},
		{"cut short", two[:len(two)/2], config, "which"},
		{"no grant", two, readsContent + "plugin \"which\" {\n source = \"./which.wasm\"\n}\n", "grant"},
		{"broken configuration", two, "plugin {", "plugin"},
		{"more intents", two, strings.Replace(config, "source", "events = [\"GUILD_BAN_ADD\"]\n source", 1), "IDENTIFY"},
	}
	for _, r := range refused {
		t.Run(r.name, func(t *testing.T) {
			put(r.module)
			b.configure(r.config)
			_, err := reload(t.Context())
			if err == nil {
				t.Fatal("not refused")
			}
			text := err.Error()
			if e, ok := err.(*admin.Error); ok {
				text += e.Text
			}
			if !strings.Contains(text, r.want) {
				t.Errorf("the error does not speak of %q: %s", r.want, text)
			}
			if got := b.ask(channel, "!which"); got != "two" {
				t.Errorf("what ran before answers %q", got)
			}
		})
	}
	after := s.Stats()
	if after.Identifies != before.Identifies || after.Resumes != before.Resumes {
		t.Errorf("reloads cost sessions: %+v, before %+v", after, before)
	}
}

func TestChangedModuleIsSwapped(t *testing.T) {
	one, two := module(t, "answer-one"), module(t, "answer-two")
	s := newDiscord(t, discordtest.Options{})
	b := newBot(t, s, readsContent+"plugin \"which\" {\n source = \"./which.wasm\"\n reload {\n watch = true\n }\n"+grantMessages+"}\n")
	file := filepath.Join(b.dir, "which.wasm")
	put := func(module []byte) {
		if err := os.WriteFile(file, module, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(one)
	b.start()
	defer b.stop()
	channel := channelOf(s, 0)
	if got := b.ask(channel, "!which"); got != "one" {
		t.Fatalf("before the change: %q", got)
	}
	generation := func() uint64 { return b.Status().Plugins[0].Generation }
	put(two)
	eventually(t, func() bool { return generation() == 2 })
	if got := b.ask(channel, "!which"); got != "two" {
		t.Errorf("after the change: %q", got)
	}
	put(one)
	eventually(t, func() bool { return generation() == 3 })
}

func TestReloadAddsAndRemoves(t *testing.T) {
	s := newDiscord(t, discordtest.Options{})
	b := newBot(t, s, readsContent+example(t, "ping"))
	b.start()
	defer b.stop()
	channel := channelOf(s, 1)
	b.ask(channel, "!ping")
	b.configure(readsContent + example(t, "counter"))
	if _, err := b.Reload(t.Context(), admin.ReloadRequest{}); err != nil {
		t.Fatal(err)
	}
	if got := b.ask(channel, "!count"); !strings.Contains(got, "1") {
		t.Errorf("the new plugin answers %q", got)
	}
	before := len(b.answers(channel))
	if _, err := s.SendMessage(channel, "!ping"); err != nil {
		t.Fatal(err)
	}
	if got := b.ask(channel, "!count"); !strings.Contains(got, "2") || len(b.answers(channel)) != before+1 {
		t.Errorf("the removed plugin still answers: %q", b.answers(channel)[before:])
	}
	for _, sh := range b.Status().Shards {
		if sh.Position != sh.Sequence {
			eventually(t, func() bool { return allFinished(b.Status()) })
		}
	}
}

func allFinished(s admin.Status) bool {
	for _, sh := range s.Shards {
		if sh.Position != sh.Sequence {
			return false
		}
	}
	return true
}
