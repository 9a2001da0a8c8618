package sdktest_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
	"github.com/shardhost/shardhost/plugins/sdk/go/sdktest"
)

// The plugin under test is this package.
func init() {
	sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
		word, argument, _ := strings.Cut(m.Content, " ")
		switch word {
		case "fail":
			return errors.New("as asked")
		case "who":
			return c.Send(m.ChannelID, fmt.Sprintf("%s %d %d %t", m.Author.Name(), m.GuildID, c.Guild(), m.Author.Bot))
		case "keep":
			return c.KV().PutFor("k", argument, time.Minute)
		case "get":
			v, err := c.KV().Get("k")
			if errors.Is(err, sdk.ErrNotFound) {
				v, err = "nothing", nil
			}
			return errors.Join(err, c.Reply(m, v))
		case "ask":
			return ask(c, m)
		case "late":
			return c.Do(&sdk.Request{Method: "GET", Path: "/late", Continue: "late", Data: argument})
		case "weather":
			r, err := c.Fetch(&sdk.WebRequest{URL: "https://weather.example.com/" + argument + "?key=hidden", Header: map[string]string{"Accept": "text/plain"}})
			if err != nil {
				return err
			}
			return c.Reply(m, fmt.Sprint(r.Status, " ", r.JSON().Get("now").String()))
		case "wait": // twice, and counts what it has waited for
			for _, path := range []string{"/first", "/second"} {
				r, err := c.Await(&sdk.Request{Method: "GET", Path: path + argument})
				if err != nil {
					return err
				}
				if _, err := c.KV().Add("waited"+argument, int64(r.Body.Get("n").Int())); err != nil {
					return err
				}
			}
			return c.Reply(m, "waited"+argument)
		}
		return nil
	})
	sdk.OnResponse("late", func(c *sdk.Ctx, r *sdk.Response) error { return c.Send(1, "late "+r.Data) })
	sdk.Every("tick", time.Minute, func(c *sdk.Ctx) error { return c.Send(1, c.Now().Format(time.TimeOnly)) })
	sdk.Command("add", "Add", func(c *sdk.Ctx, i *sdk.Interaction) error {
		return i.Reply(fmt.Sprint(i.Option("a").Int() + i.Option("b").Int()))
	})
}

// ask asks again and again while the answer says so.
func ask(c *sdk.Ctx, m *sdk.Message) error {
	return c.REST("GET", "/again", nil, func(c *sdk.Ctx, r *sdk.Response) error {
		if r.Body.Get("again").Bool() {
			return ask(c, m)
		}
		return c.Reply(m, "enough")
	})
}

func TestFetch(t *testing.T) {
	for _, test := range []struct {
		name, body, want, failure string
		status                    int
		deny                      []string
	}{
		{name: "an answer", status: 200, body: `{"now":"sunny"}`, want: "200 sunny"},
		{name: "none for that place", status: 404, body: "no\nplace", want: "404 "},
		{name: "no answer", status: int(abi.Uncertain), body: `{"message":"it took too long"}`, failure: "fetch GET https://weather.example.com/berlin: uncertain: it took too long"},
		{name: "not granted", deny: []string{"http"}, failure: "fetch GET https://weather.example.com/berlin: denied"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bot := sdktest.StartWith(t, sdktest.Setup{Deny: test.deny})
			bot.Answer("GET", "https://weather.example.com/*", test.status, test.body)
			bot.Say("weather berlin")
			if got := bot.Failure(); !strings.Contains(got, test.failure) || strings.Contains(got, "hidden") || got == "" && test.failure != "" {
				t.Errorf("the failure is %q", got)
			}
			if got := strings.Join(bot.Sent(), ";"); got != test.want {
				t.Errorf("the bot said %q, want %q", got, test.want)
			}
		})
	}
}

func TestWhoSpeaks(t *testing.T) {
	for _, test := range []struct {
		name    string
		message sdktest.Message
		want    string
	}{
		{"a person", sdktest.Message{}, fmt.Sprintf("ada %d %d false", sdktest.Guild, sdktest.Guild)},
		{"somebody elsewhere", sdktest.Message{Guild: 5, Username: "bob"}, "bob 5 5 false"},
		{"a bot in private", sdktest.Message{Guild: sdktest.None, Bot: true}, "ada 0 0 true"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bot := sdktest.Start(t)
			test.message.Content = "who"
			bot.Write(test.message)
			if got := bot.Sent(); !slices.Equal(got, []string{test.want}) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if got := bot.Sent(); got != nil {
				t.Errorf("Sent gave %q again", got)
			}
		})
	}
}

func TestClock(t *testing.T) {
	bot := sdktest.StartWith(t, sdktest.Setup{Now: time.Date(2030, 1, 1, 8, 0, 30, 0, time.UTC)})
	bot.Say("keep this")
	bot.Advance(59 * time.Second)
	bot.Say("get")
	bot.Advance(2 * time.Second)
	bot.Say("get")
	bot.Advance(2 * time.Minute)
	want := []string{"this", "08:01:30", "nothing", "08:02:30", "08:03:30"}
	if got := bot.Sent(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if want := time.Date(2030, 1, 1, 8, 3, 31, 0, time.UTC); !bot.Now().Equal(want) {
		t.Errorf("it is %v, want %v", bot.Now(), want)
	}
	if got := bot.Timers(); len(got) != 1 || !got[0].Equal(time.Date(2030, 1, 1, 8, 4, 30, 0, time.UTC)) {
		t.Errorf("timers are due at %v", got)
	}
}

func TestAnswersAndCommands(t *testing.T) {
	bot := sdktest.Start(t)
	bot.Answer("GET", "/again", 200, `{"again":false}`)
	bot.Say("ask")
	bot.Say("late news")
	bot.Use("add", map[string]any{"a": 2, "b": 40})
	if got, want := bot.Sent(), []string{"enough", "late news", "42"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// failing stands for the test of a plugin, to see that it fails.
type failing struct {
	testing.TB
	said    []string
	cleanup []func()
}

func (f *failing) Helper()           {}
func (f *failing) Cleanup(fn func()) { f.cleanup = append(f.cleanup, fn) }
func (f *failing) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

func (f *failing) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	panic(f)
}

// during runs the test of a plugin and returns why it failed.
func during(t *testing.T, test func(tb testing.TB)) []string {
	t.Helper()
	f := &failing{TB: t}
	func() {
		defer func() {
			if cause := recover(); cause != nil && cause != any(f) {
				panic(cause)
			}
		}()
		test(f)
	}()
	for _, fn := range f.cleanup {
		fn()
	}
	return f.said
}

func TestTestsThatMustFail(t *testing.T) {
	for _, test := range []struct {
		name string
		test func(tb testing.TB)
		want string
	}{
		{"a failure that nobody asked for", func(tb testing.TB) { sdktest.Start(tb).Say("fail") }, "as asked"},
		{"questions without end", func(tb testing.TB) {
			bot := sdktest.Start(tb)
			bot.Answer("GET", "/again", 200, `{"again":true}`)
			bot.Say("ask")
		}, "still asks"},
		{"a configuration that is not JSON", func(tb testing.TB) { sdktest.StartWith(tb, sdktest.Setup{Config: "{"}) }, "not JSON"},
		{"an event that is not JSON", func(tb testing.TB) { sdktest.Start(tb).Event("X", "{") }, "not JSON"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if said := during(t, test.test); len(said) != 1 || !strings.Contains(said[0], test.want) {
				t.Errorf("the test said %q, want %q", said, test.want)
			}
		})
	}
	said := during(t, func(tb testing.TB) {
		bot := sdktest.Start(tb)
		bot.Say("fail")
		if got := bot.Failure(); !strings.Contains(got, "as asked") {
			t.Errorf("Failure gave %q", got)
		}
	})
	if said != nil {
		t.Errorf("a failure that was asked for failed the test: %q", said)
	}
}

// An answer that is held lets other events go first; a new instance gets the
// event again, with the answers that there were.
func TestHeldAnswers(t *testing.T) {
	for _, test := range []struct {
		name      string
		meanwhile func(bot *sdktest.Bot)
	}{
		{"nothing", func(*sdktest.Bot) {}},
		{"a restart", func(bot *sdktest.Bot) { bot.Restart() }},
		{"two reloads", func(bot *sdktest.Bot) { bot.Reload(); bot.Reload() }},
	} {
		t.Run(test.name, func(t *testing.T) {
			bot := sdktest.Start(t)
			bot.Answer("GET", "/first*", 200, `{"n":1}`)
			bot.Answer("GET", "/second*", 200, `{"n":10}`)
			release := bot.Hold("GET", "/second/a")
			bot.Say("wait /a")
			bot.Say("wait /b")
			if got := bot.Sent(); !slices.Equal(got, []string{"waited/b"}) || bot.Value("waited/a") != "" {
				t.Errorf("while an answer is held the bot said %q, the key is %q", got, bot.Value("waited/a"))
			}
			test.meanwhile(bot)
			release()
			if got := bot.Sent(); !slices.Equal(got, []string{"waited/a"}) || bot.Value("waited/a") != "11" {
				t.Errorf("after it the bot said %q, the key is %q", got, bot.Value("waited/a"))
			}
			calls := map[string]int{}
			for _, r := range bot.Requests() {
				calls[r.Path]++
			}
			for _, path := range []string{"/first/a", "/second/a", "/first/b", "/second/b"} {
				if calls[path] != 1 {
					t.Errorf("%s was called %d times", path, calls[path])
				}
			}
			release()
		})
	}
}
