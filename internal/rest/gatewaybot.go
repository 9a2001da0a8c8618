package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// GatewayBot is where and how the bot should connect:
// https://docs.discord.com/developers/events/gateway#get-gateway-bot.
type GatewayBot struct {
	URL               string // ws:// or wss://, without gateway parameters of ours
	Shards            int    // recommended; at least 1
	SessionStartLimit SessionStartLimit
}

// SessionStartLimit is the budget of IDENTIFYs.
type SessionStartLimit struct {
	Total          int // a day
	Remaining      int
	ResetAfter     time.Duration
	MaxConcurrency int // IDENTIFYs allowed in five seconds; at least 1

	// Known is false when the service did not say: the numbers are then
	// Discord's usual ones, 1000 of 1000 and a concurrency of 1.
	Known bool
}

// usualLimit is what a service that names no limit is taken to have.
func usualLimit() SessionStartLimit {
	return SessionStartLimit{Total: 1000, Remaining: 1000, MaxConcurrency: 1}
}

// GatewayBot asks where to connect. A service without /gateway/bot is asked for
// /gateway. An error says what to do about it; ErrUnauthorized is one.
func (c *Client) GatewayBot(ctx context.Context) (GatewayBot, error) {
	answer, err := c.Do(ctx, Request{Method: http.MethodGet, Path: "/gateway/bot"})
	if err == nil && answer.Status == http.StatusNotFound {
		answer, err = c.Do(ctx, Request{Method: http.MethodGet, Path: "/gateway"})
	}
	switch {
	case err != nil:
		return GatewayBot{}, fmt.Errorf("ask %s for the gateway: %w", c.base, err)
	case answer.Status == http.StatusUnauthorized:
		return GatewayBot{}, ErrUnauthorized
	case answer.Status != http.StatusOK:
		return GatewayBot{}, fmt.Errorf("rest: %s/gateway/bot answered status %d%s; is base_url right?", c.base, answer.Status, messageOf(answer.Body))
	}
	bot, err := parseGatewayBot(answer.Body)
	if err != nil {
		return GatewayBot{}, fmt.Errorf("rest: %s/gateway/bot: %w; is base_url right?", c.base, err)
	}
	return bot, nil
}

// parseGatewayBot reads an answer. What is missing or makes no sense gets the
// usual value; only without an address there is nothing to go on with.
func parseGatewayBot(body []byte) (GatewayBot, error) {
	var said struct {
		URL    string          `json:"url"`
		Shards json.RawMessage `json:"shards"`
		Limit  json.RawMessage `json:"session_start_limit"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return GatewayBot{}, fmt.Errorf("the answer is no JSON object with a gateway URL (%d bytes)", len(body))
	}
	if u, err := url.Parse(said.URL); err != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "" {
		return GatewayBot{}, fmt.Errorf("the answer names no ws:// or wss:// URL")
	}
	bot := GatewayBot{URL: said.URL, Shards: 1, SessionStartLimit: usualLimit()}
	var shards int
	if json.Unmarshal(said.Shards, &shards) == nil && shards > 0 {
		bot.Shards = shards
	}
	var limit struct {
		Total          *int    `json:"total"`
		Remaining      *int    `json:"remaining"`
		ResetAfter     float64 `json:"reset_after"` // milliseconds
		MaxConcurrency int     `json:"max_concurrency"`
	}
	if json.Unmarshal(said.Limit, &limit) != nil || limit.Remaining == nil || *limit.Remaining < 0 {
		if limit.MaxConcurrency > 0 {
			bot.SessionStartLimit.MaxConcurrency = limit.MaxConcurrency
		}
		return bot, nil
	}
	bot.SessionStartLimit.Known = true
	bot.SessionStartLimit.Remaining = *limit.Remaining
	bot.SessionStartLimit.Total = max(bot.SessionStartLimit.Remaining, 1)
	if limit.Total != nil && *limit.Total > 0 {
		bot.SessionStartLimit.Total = *limit.Total
	}
	bot.SessionStartLimit.ResetAfter = clampSeconds(limit.ResetAfter / 1000)
	bot.SessionStartLimit.MaxConcurrency = max(limit.MaxConcurrency, 1)
	return bot, nil
}

// messageOf returns Discord's own words from an error answer.
func messageOf(body []byte) string {
	var said struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &said) != nil || said.Message == "" {
		return ""
	}
	message := bytes.Map(func(r rune) rune {
		if isControl(r) {
			return ' '
		}
		return r
	}, []byte(said.Message))
	if len(message) > 200 {
		message = message[:200]
	}
	return fmt.Sprintf(" (%s)", message)
}
