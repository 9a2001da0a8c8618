package host

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/internal/rest"
)

// An IntentsError says that privileged intents are not switched on for the
// application. Discord would end every session with 4014, and charge an
// IDENTIFY for each.
type IntentsError struct {
	Application rest.Application
	Missing     discord.Intents
}

func (e *IntentsError) Error() string {
	return fmt.Sprintf("the application %s has the privileged intents %s switched off: switch them on at https://discord.com/developers/applications/%s/bot (Privileged Gateway Intents), or take them out of allow_privileged",
		e.Application.Name, strings.Join(e.Missing.Names(), ", "), e.Application.ID)
}

// checkIntents asks whether the application may use intents, before a session is
// spent on finding out. A service that does not say may allow them; what goes
// wrong with the question itself is told by what follows.
func (h *Host) checkIntents(ctx context.Context, intents discord.Intents) error {
	if intents&discord.IntentsPrivileged == 0 {
		return nil
	}
	app, err := h.rest.Application(ctx)
	switch {
	case errors.Is(err, rest.ErrUnauthorized):
		return err
	case err != nil:
		h.log.Debug("it is not known whether privileged intents are switched on", "error", err)
		return nil
	}
	return MissingIntents(app, intents)
}

// MissingIntents is an *IntentsError when the application may not use the
// intents, as far as the service says.
func MissingIntents(app rest.Application, intents discord.Intents) error {
	missing := intents & discord.IntentsPrivileged &^ app.Intents
	if !app.Known || missing == 0 {
		return nil
	}
	return &IntentsError{app, missing}
}
