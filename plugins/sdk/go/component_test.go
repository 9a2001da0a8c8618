package sdk_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
	"github.com/shardhost/shardhost/plugins/sdk/go/sdktest"
)

// A plugin with everything that people can click or type.
func registerParts(heard *[]string) {
	note := func(text string) error { *heard = append(*heard, text); return nil }
	size := sdk.Text("size", "How big").Completed()
	sdk.Command("pizza", "Order one", func(_ *sdk.Ctx, i *sdk.Interaction) error {
		return note("pizza " + size.Of(i).String())
	}, size)
	sdk.OnAutocomplete("pizza", func(_ *sdk.Ctx, i *sdk.Interaction) error {
		name, value := i.Focused()
		return i.Choices(sdk.Choice{Name: name, Value: value.String() + "rge"})
	})
	sdk.OnComponent("vote/*", func(_ *sdk.Ctx, i *sdk.Interaction) error {
		return i.Update(sdk.Object{"content": "voted " + strings.TrimPrefix(i.Name, "vote/") + " in " + i.Message().ChannelID.String()})
	})
	sdk.OnComponent("vote/never", func(*sdk.Ctx, *sdk.Interaction) error { return note("never") })
	sdk.OnComponent("menu", func(_ *sdk.Ctx, i *sdk.Interaction) error {
		return i.ShowForm("form", "Tell us", sdk.Input("name", "Who"), sdk.InputText("why", strings.Join(i.Values(), "+")))
	})
	sdk.OnForm("form", func(_ *sdk.Ctx, i *sdk.Interaction) error {
		return note("form " + i.Field("name").String() + " " + i.Field("why").String() + " " + i.Field("nothing").String() + i.User.Name())
	})
}

func TestParts(t *testing.T) {
	var heard []string
	sdk.Register(t, func() { registerParts(&heard) })
	bot := sdktest.Start(t)
	bot.Use("pizza", map[string]any{"size": "huge"})
	bot.Type("pizza", "size", "la")
	bot.Press("vote/7")
	bot.Press("unknown")
	bot.Choose("menu", "a", "b")
	bot.Submit("form", map[string]string{"name": "Ada", "why": "because"})
	if want := []string{"pizza huge", "form Ada because ada"}; !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
	var answers []string
	for _, r := range bot.Requests() {
		answers = append(answers, string(r.Body))
	}
	want := []string{
		`{"data":{"choices":[{"name":"size","value":"large"}]},"type":8}`,
		`{"data":{"content":"voted 7 in ` + sdktest.Channel.String() + `"},"type":7}`,
		`{"data":{"components":[{"component":{"custom_id":"name","style":1,"type":4},"label":"Who","type":18},` +
			`{"component":{"custom_id":"why","style":2,"type":4},"label":"a+b","type":18}],"custom_id":"form","title":"Tell us"},"type":9}`,
	}
	if !slices.Equal(answers, want) {
		t.Errorf("answered\n%s\nwant\n%s", strings.Join(answers, "\n"), strings.Join(want, "\n"))
	}
}

// What Discord sends for a form in rows, and for subcommands and users.
func TestInteractionsOnTheWire(t *testing.T) {
	var got []string
	sdk.Register(t, func() {
		sdk.OnForm("f", func(_ *sdk.Ctx, i *sdk.Interaction) error {
			got = append(got, i.Field("x").String(), string(i.Field("m")))
			return nil
		})
		sdk.Command("role", "Roles", func(_ *sdk.Ctx, i *sdk.Interaction) error {
			u := i.UserOf("who")
			got = append(got, i.Subcommand(), u.Name(), u.ID.String(), i.UserOf("nobody").ID.String())
			return nil
		}, sdk.Subcommand("member", "Of members", sdk.Subcommand("add", "Add one", sdk.UserOption("who", "Whom").Required())))
	})
	bot := sdktest.Start(t)
	bot.Event("INTERACTION_CREATE", `{"type":5,"data":{"custom_id":"f","components":[{"type":1,"components":[{"type":4,"custom_id":"x","value":"y"}]},
		{"type":18,"component":{"type":3,"custom_id":"m","values":["1","2"]}}]}}`)
	bot.Event("INTERACTION_CREATE", `{"type":2,"data":{"name":"role","options":[{"type":2,"name":"member","options":[{"type":1,"name":"add",
		"options":[{"type":6,"name":"who","value":"5"}]}]}],"resolved":{"users":{"5":{"id":"5","username":"eve","global_name":"Eve"}}}}}`)
	if want := []string{"y", `["1","2"]`, "member add", "Eve", "5", "0"}; !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
}

func TestOptionDefinitions(t *testing.T) {
	sdk.Register(t, func() {
		base := sdk.Integer("n", "A number").Between(1, 6)
		sdk.Command("c", "x", func(*sdk.Ctx, *sdk.Interaction) error { return nil },
			base.Required(), base.Choices(sdk.Choice{Name: "one", Value: 1}), sdk.Text("t", "A text").Between(2, 3), base)
		sdk.Command("s", "x", func(*sdk.Ctx, *sdk.Interaction) error { return nil }, sdk.Subcommand("a", "b"))
	})
	want := `[{"description":"A number","max_value":6,"min_value":1,"name":"n","required":true,"type":4},` +
		`{"choices":[{"name":"one","value":1}],"description":"A number","max_value":6,"min_value":1,"name":"n","required":false,"type":4},` +
		`{"description":"A text","max_length":3,"min_length":2,"name":"t","required":false,"type":3},` +
		`{"description":"A number","max_value":6,"min_value":1,"name":"n","required":false,"type":4}]`
	if got := sdk.ManifestOf().Get("commands").Index(0).Get("options"); string(got) != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	if got := sdk.ManifestOf().Get("commands").Index(1).Get("options"); string(got) != `[{"description":"b","name":"a","type":1}]` {
		t.Errorf("got %s", got)
	}
}

type account struct{ Points int }

func TestTable(t *testing.T) {
	accounts := sdk.NewTable[account]("account/", json.Marshal, json.Unmarshal)
	var keys []string
	sdk.Register(t, func() {
		sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
			switch m.Content {
			case "up":
				return accounts.Update(c, "1", func(a *account) error { a.Points++; return nil })
			case "put":
				return accounts.Put(c, "2", account{Points: 9}, 0)
			case "delete":
				return accounts.Delete(c, "1")
			case "list":
				for key, err := range accounts.Keys(c) {
					if err != nil {
						return err
					}
					a, err := accounts.Get(c, key)
					if err != nil {
						return err
					}
					keys = append(keys, key+":"+strings.Repeat("*", a.Points))
				}
				return nil
			}
			_, err := accounts.Get(c, m.Content)
			if errors.Is(err, sdk.ErrNotFound) {
				keys = append(keys, m.Content+" is missing")
				return nil
			}
			return err
		})
	})
	bot := sdktest.Start(t)
	for _, text := range []string{"up", "up", "put", "list", "delete", "1", "list"} {
		bot.Say(text)
	}
	if want := []string{"1:**", "2:*********", "1 is missing", "2:*********"}; !slices.Equal(keys, want) {
		t.Errorf("got %q, want %q", keys, want)
	}
	bot.Put("account/3", "no JSON")
	bot.Say("3")
	if got := bot.Failure(); !strings.Contains(got, "the value of account/3: ") {
		t.Errorf("a broken value says %q", got)
	}
}

func TestDecode(t *testing.T) {
	type ban struct {
		User struct {
			ID sdk.ID `json:"id"`
		} `json:"user"`
	}
	var got []sdk.ID
	sdk.Register(t, func() {
		sdk.On("GUILD_BAN_ADD", sdk.Decode(json.Unmarshal, func(_ *sdk.Ctx, b *ban) error {
			got = append(got, b.User.ID)
			return nil
		}))
	})
	bot := sdktest.Start(t)
	bot.Event("GUILD_BAN_ADD", `{"user":{"id":"12"}}`)
	bot.Event("GUILD_BAN_ADD", `{"user":3}`)
	if len(got) != 1 || got[0] != 12 || !strings.Contains(bot.Failure(), "GUILD_BAN_ADD: On at component_test.go") {
		t.Errorf("got %v", got)
	}
}
