package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// Application is the application that the token belongs to.
// https://docs.discord.com/developers/resources/application#application-object
type Application struct {
	ID   discord.Snowflake
	Name string

	// Intents are the privileged intents that are switched on. Known is false
	// when the service did not say.
	Intents discord.Intents
	Known   bool

	// Date is when the service answered, by its own clock; zero when it did not
	// say.
	Date time.Time
}

// ErrNoApplication: the service does not tell which application a token belongs
// to, as Discord does.
var ErrNoApplication = errors.New("rest: the service has no /applications/@me")

// Flags of applications for privileged intents: one for bots that are verified,
// one for those that need not be.
// https://docs.discord.com/developers/resources/application#application-object-application-flags
func intentFlags() map[discord.Intents]uint64 {
	return map[discord.Intents]uint64{
		discord.IntentGuildPresences: 1<<12 | 1<<13,
		discord.IntentGuildMembers:   1<<14 | 1<<15,
		discord.IntentMessageContent: 1<<18 | 1<<19,
	}
}

// Application asks which application the token belongs to. Errors:
// ErrUnauthorized, ErrNoApplication, or why there is no answer.
func (c *Client) Application(ctx context.Context) (Application, error) {
	answer, err := c.Do(ctx, Request{Method: http.MethodGet, Path: "/applications/@me"})
	switch {
	case err != nil:
		return Application{}, fmt.Errorf("ask %s for the application: %w", c.base, err)
	case answer.Status == http.StatusUnauthorized:
		return Application{}, ErrUnauthorized
	case answer.Status == http.StatusNotFound, answer.Status == http.StatusMethodNotAllowed:
		return Application{}, ErrNoApplication
	case answer.Status != http.StatusOK:
		return Application{}, fmt.Errorf("rest: %s/applications/@me answered status %d%s", c.base, answer.Status, messageOf(answer.Body))
	}
	var said struct {
		ID    discord.Snowflake `json:"id"`
		Name  string            `json:"name"`
		Flags *uint64           `json:"flags"`
	}
	if err := json.Unmarshal(answer.Body, &said); err != nil || !said.ID.IsValid() {
		return Application{}, ErrNoApplication
	}
	app := Application{ID: said.ID, Name: said.Name, Known: said.Flags != nil}
	if app.Date, err = http.ParseTime(answer.Header.Get("Date")); err != nil {
		app.Date = time.Time{}
	}
	for intent, flags := range intentFlags() {
		if app.Known && *said.Flags&flags != 0 {
			app.Intents |= intent
		}
	}
	return app, nil
}
