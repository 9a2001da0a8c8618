package sdk_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
	"github.com/shardhost/shardhost/plugins/sdk/go/sdktest"
)

func TestHandlersOfAnEvent(t *testing.T) {
	var called []string
	note := func(name string) func(*sdk.Ctx, *sdk.Event) error {
		return func(_ *sdk.Ctx, e *sdk.Event) error {
			called = append(called, name+" "+e.Name)
			return nil
		}
	}
	sdk.Register(t, func() {
		sdk.On("GUILD_MEMBER_ADD", note("exact"))
		sdk.On("GUILD_MEMBER_*", note("pattern"))
		sdk.OnAny(note("any"))
	})
	bot := sdktest.Start(t)
	for _, test := range []struct {
		event string
		want  []string
	}{
		{"GUILD_MEMBER_ADD", []string{"exact GUILD_MEMBER_ADD", "pattern GUILD_MEMBER_ADD", "any GUILD_MEMBER_ADD"}},
		{"GUILD_MEMBER_UPDATE", []string{"pattern GUILD_MEMBER_UPDATE", "any GUILD_MEMBER_UPDATE"}},
		{"SOMETHING_OF_NEXT_YEAR", []string{"any SOMETHING_OF_NEXT_YEAR"}},
	} {
		t.Run(test.event, func(t *testing.T) {
			called = nil
			bot.Event(test.event, `{}`)
			if !slices.Equal(called, test.want) {
				t.Errorf("called %q, want %q", called, test.want)
			}
		})
	}
}

func TestFailureNamesEventAndHandler(t *testing.T) {
	sdk.Register(t, func() {
		sdk.On("FAILS", func(*sdk.Ctx, *sdk.Event) error { return errors.New("no luck") })
		sdk.On("PANICS", func(_ *sdk.Ctx, e *sdk.Event) error {
			deep(e.Data)
			return nil
		})
	})
	bot := sdktest.Start(t)
	for _, test := range []struct {
		event string
		want  []string
	}{
		{"FAILS", []string{"FAILS: On at guest_test.go:", ": no luck"}},
		{"PANICS", []string{"PANICS: On at guest_test.go:", "panic: runtime error: index out of range [7] with length 2", "go_test.deep", "guest_test.go:"}},
	} {
		t.Run(test.event, func(t *testing.T) {
			bot.Event(test.event, `{}`)
			failure := bot.Failure()
			for _, part := range test.want {
				if !strings.Contains(failure, part) {
					t.Errorf("the failure does not say %q: %s", part, failure)
				}
			}
			if strings.Contains(failure, "Guest") {
				t.Errorf("the failure tells of the SDK's own calls: %s", failure)
			}
		})
	}
}

func deep(data sdk.JSON) byte { return data[len(data)+5] }

func TestFailureLeavesNoTrace(t *testing.T) {
	sdk.Register(t, func() {
		sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
			if _, err := c.KV().Add("n", 1); err != nil {
				return err
			}
			if err := c.Reply(m, "done"); err != nil {
				return err
			}
			if m.Content == "fail" {
				return errors.New("too late")
			}
			return nil
		})
	})
	bot := sdktest.Start(t)
	bot.Say("ok")
	bot.Say("fail")
	if bot.Failure() == "" {
		t.Error("the second message did not fail")
	}
	if got := bot.Sent(); len(got) != 1 || bot.Value("n") != "1" {
		t.Errorf("sent %q, n = %q, want the first message's effects only", got, bot.Value("n"))
	}
}

// batchHost notes what the guest says about its frames.
type batchHost struct {
	sdk.Host
	said []string
}

func (h *batchHost) Done(n int32) int32 {
	h.said = append(h.said, "done "+string(rune('0'+n)))
	return 0
}

func (h *batchHost) Fail(text string) int32 {
	h.said = append(h.said, "fail "+text)
	return 0
}

func TestBatchSaysWhichFrameFails(t *testing.T) {
	sdk.Register(t, func() {
		sdk.On("A", func(*sdk.Ctx, *sdk.Event) error { return nil })
		sdk.On("B", func(*sdk.Ctx, *sdk.Event) error { return errors.New("no") })
	})
	frame := func(event string) []byte {
		f := abi.Frame{Kind: abi.KindEvent, Event: abi.UnknownEvent, Name: []byte(event), Body: []byte(`{}`)}
		return f.Append(nil)
	}
	for _, test := range []struct {
		name   string
		batch  [][]byte
		result int32
		said   []string
	}{
		{"all fine", [][]byte{frame("A"), frame("C"), frame("A")}, 0, []string{"done 1", "done 2"}},
		{"the last fails", [][]byte{frame("A"), frame("B")}, int32(abi.Internal), []string{"done 1", "fail B: On at guest_test.go"}},
		{"the first fails", [][]byte{frame("B"), frame("A")}, int32(abi.Internal), []string{"fail B: On at guest_test.go"}},
		{"not a frame", [][]byte{frame("A"), make([]byte, 48)}, int32(abi.Internal), []string{"done 1", "fail abi: "}},
		{"a kind of a later host", [][]byte{(&abi.Frame{Kind: 99}).Append(nil), frame("A")}, 0, []string{"done 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := &batchHost{}
			g := sdk.NewGuest(h)
			batch := slices.Concat(test.batch...)
			copy(g.Buffer(len(batch)), batch)
			result := g.Batch(len(batch), len(test.batch))
			if result != test.result || len(h.said) != len(test.said) {
				t.Fatalf("result %d, said %q, want %d and %q", result, h.said, test.result, test.said)
			}
			for i, want := range test.said {
				if !strings.HasPrefix(h.said[i], want) {
					t.Errorf("said %q, want %q", h.said[i], want)
				}
			}
		})
	}
	g := sdk.NewGuest(&batchHost{})
	if len(g.Buffer(10)) < 10 || g.Batch(1<<20, 1) >= 0 || g.Batch(-1, 1) >= 0 || g.Init(1<<20) >= 0 {
		t.Error("a size beyond the buffer was taken")
	}
}

func TestBuffer(t *testing.T) {
	g := sdk.NewGuest(&batchHost{})
	first := g.Buffer(100)
	if same := g.Buffer(len(first)); &same[0] != &first[0] {
		t.Error("a buffer that suffices was replaced")
	}
	if grown := g.Buffer(len(first) + 1); len(grown) < len(first)+1 {
		t.Errorf("got %d bytes", len(grown))
	}
	if g.Buffer(-1) != nil || g.Buffer(2<<30) != nil {
		t.Error("an impossible size was not refused")
	}
}

func TestEventMayBeKept(t *testing.T) {
	var kept *sdk.Event
	sdk.Register(t, func() {
		sdk.On("KEPT", func(_ *sdk.Ctx, e *sdk.Event) error {
			kept = e
			return nil
		})
		sdk.On("NEXT", func(*sdk.Ctx, *sdk.Event) error { return nil })
	})
	bot := sdktest.Start(t)
	bot.Event("KEPT", `{"v":"first"}`)
	bot.Event("NEXT", `{"v":"other"}`)
	if got := kept.Data.Get("v").String(); got != "first" {
		t.Errorf("the kept event says %q", got)
	}
}

func TestStart(t *testing.T) {
	var got []any
	sdk.Register(t, func() {
		sdk.OnStart(func(c *sdk.Ctx) error {
			channel := c.Config().Get("channel").ID()
			if channel == 0 {
				return errors.New("config: channel is missing")
			}
			got = []any{c.Plugin(), channel, c.Secret("key"), c.Secret("other"), c.Lane(), c.Lanes()}
			return c.Send(channel, "here I am")
		})
	})
	bot := sdktest.StartWith(t, sdktest.Setup{
		Config: `{"channel":"17"}`, Secrets: map[string]string{"key": "s3cr\"et"}, Lane: 1, Lanes: 3,
	})
	if want := []any{"test", sdk.ID(17), "s3cr\"et", "", 1, 3}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if sent := bot.Sent(); !slices.Equal(sent, []string{"here I am"}) {
		t.Errorf("sent %q", sent)
	}
	refused := sdktest.Start(t)
	if got := refused.Failure(); !strings.Contains(got, "OnStart at guest_test.go") || !strings.Contains(got, "channel is missing") {
		t.Errorf("the refusal says %q", got)
	}
}

func TestManifest(t *testing.T) {
	sdk.Register(t, func() {
		sdk.OnMessage(func(*sdk.Ctx, *sdk.Message) error { return nil })
		sdk.OnMessage(func(*sdk.Ctx, *sdk.Message) error { return nil })
		sdk.On("GUILD_MEMBER_*", func(*sdk.Ctx, *sdk.Event) error { return nil })
		sdk.RequireIntent("GUILD_PRESENCES")
		sdk.Command("roll", "Throw a die", func(*sdk.Ctx, *sdk.Interaction) error { return nil },
			sdk.Integer("sides", "How many").Required())
	})
	want := `{"commands":[{"description":"Throw a die","name":"roll","options":[{"description":"How many","name":"sides","required":true,"type":4}],"type":1}],` +
		`"control":[],"events":["MESSAGE_CREATE","GUILD_MEMBER_*","INTERACTION_CREATE"],"fields":` + string(sdk.ManifestOf().Get("fields")) + `,` +
		`"intents":["MESSAGE_CONTENT","GUILD_PRESENCES"],"sdk":"go/` + sdk.Version + `"}`
	if got := string(sdk.ManifestOf()); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	wantFields := `["id","channel_id","guild_id","content","author.id","author.username","author.global_name","author.bot"]`
	if got := sdk.ManifestOf().Get("fields", "MESSAGE_CREATE"); string(got) != wantFields {
		t.Errorf("of a message it asks for %s, want %s", got, wantFields)
	}
	sdk.Register(t, func() {})
	if got := sdk.ManifestOf(); got.Get("events").Len() != 0 || got.Get("commands").Len() != 0 {
		t.Errorf("got %s of a plugin without handlers", got)
	}
}

func TestContradictionsAreRefused(t *testing.T) {
	nothing := func(*sdk.Ctx) error { return nil }
	for name, register := range map[string]func(){
		"two timers of one name": func() { sdk.Every("x", time.Hour, nothing); sdk.Every("x", time.Hour, nothing) },
		"a period too short":     func() { sdk.Every("x", 1, nothing) },
		"an event without name":  func() { sdk.On("", nil) },
		"two commands of one name": func() {
			sdk.Command("x", "y", nil)
			sdk.Command("x", "y", nil)
		},
		"a command without description": func() { sdk.Command("x", "", nil) },
		"two responses of one name":     func() { sdk.OnResponse("x", nil); sdk.OnResponse("x", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if cause, ok := recover().(string); !ok || !strings.Contains(cause, "guest_test.go:") {
					t.Errorf("the refusal says %v, want where it was registered", cause)
				}
			}()
			sdk.Register(t, register)
		})
	}
}

func TestInteraction(t *testing.T) {
	sample, err := os.ReadFile("testdata/interaction.json")
	if err != nil {
		t.Fatal(err)
	}
	sdk.Register(t, func() {
		sdk.Command("cardsearch", "Find a card", func(c *sdk.Ctx, i *sdk.Interaction) error {
			if i.User.Username != "Mason" || i.GuildID != 290926798626357999 || i.ChannelID != 645027906669510667 {
				t.Errorf("got %+v", i)
			}
			return i.Reply("You want " + i.Option("cardname").String() + i.Option("nothing").String())
		})
		sdk.Command("fails", "Fail", func(*sdk.Ctx, *sdk.Interaction) error { return errors.New("no card") })
		sdk.Command("later", "Answer later", func(c *sdk.Ctx, i *sdk.Interaction) error {
			if err := i.Defer(); err != nil {
				return err
			}
			return c.REST("GET", "/channels/1", nil, func(c *sdk.Ctx, r *sdk.Response) error { return i.FollowUp("now") })
		})
	})
	bot := sdktest.Start(t)
	bot.Event("INTERACTION_CREATE", sample)
	r := bot.Requests()
	if len(r) != 1 || r[0].Path != "/interactions/786008729715212338/A_UNIQUE_TOKEN/callback" ||
		r[0].Body.Get("type").Int() != 4 || r[0].Body.Get("data", "content").String() != "You want The Gitrog Monster" {
		t.Errorf("asked for %v", r)
	}
	bot.Use("fails", nil)
	if got := bot.Failure(); !strings.Contains(got, "INTERACTION_CREATE: Command at guest_test.go:") || !strings.Contains(got, "no card") {
		t.Errorf("the failure says %q", got)
	}
	bot.Sent()
	bot.Use("later", nil)
	if got := bot.Sent(); !slices.Equal(got, []string{"now"}) {
		t.Errorf("sent %q", got)
	}
	bot.Use("of another plugin", nil)
}

func TestSubcommandOptions(t *testing.T) {
	i := &sdk.Interaction{Data: sdk.JSON(`{"data":{"options":[{"name":"add","type":1,"options":[{"name":"n","value":3}]}]}}`)}
	if got := i.Option("n").Int(); got != 3 {
		t.Errorf("got %d", got)
	}
}
