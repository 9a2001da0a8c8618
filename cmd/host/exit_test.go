package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/shard"
)

func TestExitCodes(t *testing.T) {
	closed := func(code discord.CloseCode) error { return &gateway.CloseError{Code: code} }
	for _, test := range []struct {
		name string
		err  error
		code int
	}{
		{"nothing", nil, 0},
		{"anything", errors.New("disk full"), 1},
		{"a check that failed", &failure{"x"}, 1},
		{"no host", fmt.Errorf("admin: %w", admin.ErrNoHost), 1},
		{"usage", &usageError{}, 64},
		{"configuration", &configError{}, 78},
		{"plugin", fmt.Errorf("start: %w", &host.PluginError{}), 78},
		{"configuration of a running host", &admin.Error{Code: admin.CodeConfig}, 78},
		{"module of a running host", &admin.Error{Code: admin.CodeModule}, 1},
		{"busy", &admin.Error{Code: admin.CodeBusy}, 75},
		{"token refused by REST", fmt.Errorf("start: %w", rest.ErrUnauthorized), 77},
		{"token refused by the gateway", errors.Join(closed(discord.CloseAuthenticationFailed), errors.New("and more")), 77},
		{"intents refused", closed(discord.CloseDisallowedIntents), 77},
		{"intents switched off", fmt.Errorf("start: %w", &host.IntentsError{}), 77},
		{"shards refused", closed(discord.CloseInvalidShard), 77},
		{"closed for another reason", closed(discord.CloseUnknownError), 75},
		{"identify reserve", &shard.BudgetError{}, 75},
		{"identify breaker", &shard.BreakerError{}, 75},
		{"unreachable", fmt.Errorf("start: %w", &net.OpError{Op: "dial", Err: errors.New("refused")}), 75},
		{"address in use", &net.OpError{Op: "listen", Err: errors.New("in use")}, 1},
		{"too slow", context.DeadlineExceeded, 75},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := exitCode(test.err); got != test.code {
				t.Errorf("exit code %d, want %d", got, test.code)
			}
		})
	}
}

// broken is a writer with a bug.
type broken struct{}

func (broken) Write([]byte) (int, error) { panic("index out of range") }

func TestPanicIsABug(t *testing.T) {
	var stderr bytes.Buffer
	code := run([]string{"version"}, &stdio{In: strings.NewReader(""), Out: broken{}, Err: &stderr})
	if code != exitBug || !strings.Contains(stderr.String(), "please report it") || !strings.Contains(stderr.String(), "index out of range") {
		t.Errorf("exit code %d, stderr\n%s", code, &stderr)
	}
}
