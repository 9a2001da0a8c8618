package rest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
)

func TestApplication(t *testing.T) {
	for _, test := range []struct {
		name    string
		status  int
		body    string
		intents discord.Intents
		known   bool
		err     error
	}{
		{"verified", 200, `{"id":"5","name":"bot","flags":266240}`, discord.IntentGuildPresences | discord.IntentMessageContent, true, nil},
		{"not verified", 200, `{"id":"5","flags":565248}`, discord.IntentsPrivileged, true, nil},
		{"none", 200, `{"id":"5","flags":0}`, 0, true, nil},
		{"does not say", 200, `{"id":"5"}`, 0, false, nil},
		{"another shape", 200, `[]`, 0, false, ErrNoApplication},
		{"another service", 404, `{}`, 0, false, ErrNoApplication},
		{"token", 401, `{}`, 0, false, ErrUnauthorized},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				w.Write([]byte(test.body))
			}))
			defer s.Close()
			c, err := New(Options{BaseURL: s.URL, Token: "t"})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			app, err := c.Application(t.Context())
			if !errors.Is(err, test.err) || app.Intents != test.intents || app.Known != test.known {
				t.Errorf("%+v, %v", app, err)
			}
			if err == nil && time.Since(app.Date).Abs() > time.Minute {
				t.Errorf("date %s", app.Date)
			}
		})
	}
}
