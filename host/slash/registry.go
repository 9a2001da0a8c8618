package slash

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/internal/rest"
)

// Client makes REST calls; *rest.Client is one.
type Client interface {
	Do(context.Context, rest.Request) (rest.Response, error)
}

// A Registry is the commands that Discord has of the application, in one guild
// or in all.
type Registry struct {
	client Client
	path   string
}

// Open finds out which application the client's token belongs to. Guild 0 is
// the commands of all guilds.
func Open(ctx context.Context, client Client, guild discord.GuildID) (*Registry, error) {
	r := &Registry{client: client}
	body, err := r.call(ctx, http.MethodGet, "/applications/@me", nil)
	if err != nil {
		return nil, fmt.Errorf("which application the token belongs to: %w", err)
	}
	var app struct {
		ID discord.Snowflake `json:"id"`
	}
	if json.Unmarshal(body, &app) != nil || !app.ID.IsValid() {
		return nil, fmt.Errorf("which application the token belongs to: the answer has no id")
	}
	r.path = "/applications/" + app.ID.String()
	if guild != 0 {
		r.path += "/guilds/" + guild.String()
	}
	r.path += "/commands"
	return r, nil
}

// List asks for all commands.
func (r *Registry) List(ctx context.Context) ([]Registered, error) {
	body, err := r.call(ctx, http.MethodGet, r.path+"?with_localizations=true", nil)
	if err != nil {
		return nil, fmt.Errorf("the registered commands: %w", err)
	}
	var list []map[string]any
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("the registered commands: the answer is no list of them")
	}
	var all []Registered
	for _, body := range list {
		c := Registered{Type: typeChat, body: body}
		c.ID, _ = body["id"].(string)
		c.Name, _ = body["name"].(string)
		if n, ok := body["type"].(float64); ok {
			c.Type = int(n)
		}
		if c.ID != "" && c.Name != "" {
			all = append(all, c)
		}
	}
	return all, nil
}

// Apply carries changes out, in their order, and calls done after each. It ends
// with the first that Discord refuses; what was done before stays.
func (r *Registry) Apply(ctx context.Context, changes []Change, done func(Change)) error {
	for _, c := range changes {
		if err := r.apply(ctx, c); err != nil {
			by := ""
			if c.Plugin != "" {
				by = fmt.Sprintf(" of plugin %q", c.Plugin)
			}
			return fmt.Errorf("%s the command %s%s: %w", c.Action, c.Title(), by, err)
		}
		if c.Action != ActionNone && done != nil {
			done(c)
		}
	}
	return nil
}

func (r *Registry) apply(ctx context.Context, c Change) error {
	method, path := http.MethodPost, r.path
	switch c.Action {
	case ActionNone:
		return nil
	case ActionDelete:
		_, err := r.call(ctx, http.MethodDelete, r.path+"/"+c.ID, nil)
		return err
	case ActionEdit:
		method, path = http.MethodPatch, r.path+"/"+c.ID
	}
	body, err := json.Marshal(c.body)
	if err != nil {
		return err
	}
	_, err = r.call(ctx, method, path, body)
	return err
}

func (r *Registry) call(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	answer, err := r.client.Do(ctx, rest.Request{Method: method, Path: path, Body: body})
	switch {
	case err != nil:
		return nil, err
	case answer.Status == http.StatusUnauthorized:
		return nil, rest.ErrUnauthorized
	case answer.Status == http.StatusNotFound && method == http.MethodDelete:
		return nil, nil // somebody was quicker
	case answer.Status >= 300:
		return nil, refusal(answer)
	}
	return answer.Body, nil
}

// refusal puts Discord's reasons into one line.
func refusal(answer rest.Response) error {
	var said struct {
		Message string         `json:"message"`
		Code    int            `json:"code"`
		Errors  map[string]any `json:"errors"`
	}
	if json.Unmarshal(answer.Body, &said) != nil || said.Message == "" {
		return fmt.Errorf("status %d", answer.Status)
	}
	text := fmt.Sprintf("%s (status %d, code %d)", said.Message, answer.Status, said.Code)
	if reasons := reasons("", said.Errors); len(reasons) > 0 {
		text += ": " + strings.Join(reasons, "; ")
	}
	switch said.Code {
	case 50001:
		text += "; is the application in that guild, authorised with the scope applications.commands?"
	case 30034:
		text += "; Discord allows 200 new commands a day: try again tomorrow"
	}
	return fmt.Errorf("%s", text)
}

// reasons walks Discord's tree of errors.
// https://docs.discord.com/developers/reference#error-messages
func reasons(path string, tree map[string]any) (all []string) {
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		if list, ok := tree[key].([]any); ok && key == "_errors" {
			for _, e := range list {
				if o, ok := e.(map[string]any); ok {
					all = append(all, fmt.Sprintf("%s: %v", strings.TrimPrefix(path, "."), o["message"]))
				}
			}
		}
		if deeper, ok := tree[key].(map[string]any); ok {
			all = append(all, reasons(path+"."+key, deeper)...)
		}
	}
	return all
}
