package main

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/shard"
)

// Exit codes, those above 63 as in sysexits.h. After 64, 77 and 78 a
// supervisor must not start the host again: it would end in the same way.
const (
	exitOK        = 0
	exitFailed    = 1  // the check or the operation failed
	exitChanges   = 2  // --detailed-exitcode: there are changes
	exitUsage     = 64 // wrong flags or arguments
	exitBug       = 70
	exitTemporary = 75 // may work later: Discord unreachable, identify reserve reached
	exitRefused   = 77 // token, intents or shards refused by Discord
	exitConfig    = 78 // configuration invalid
)

// exitCode maps what went wrong to an exit code.
func exitCode(err error) int {
	var (
		wrongUsage *usageError
		invalid    *configError
		answer     *admin.Error
		closed     *gateway.CloseError
		budget     *shard.BudgetError
		breaker    *shard.BreakerError
		requests   *rest.InvalidRequestsError
		module     *host.PluginError
		intents    *host.IntentsError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errChanges):
		return exitChanges
	case errors.As(err, &wrongUsage):
		return exitUsage
	case errors.As(err, &invalid):
		return exitConfig
	case errors.As(err, &module):
		return exitConfig
	case errors.As(err, &answer):
		return answerCode(answer)
	case errors.Is(err, admin.ErrNoHost):
		return exitFailed
	case errors.Is(err, rest.ErrUnauthorized), errors.As(err, &intents), errors.As(err, &closed) && closed.Code.Fatal():
		return exitRefused
	case errors.As(err, &budget), errors.As(err, &breaker), errors.As(err, &requests), errors.As(err, &closed), unreachable(err):
		return exitTemporary
	}
	return exitFailed
}

// unreachable tells whether the other side did not answer. An address of our
// own that cannot be listened on does not count: waiting does not help.
func unreachable(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Op != "listen"
	}
	var lookup *net.DNSError
	return errors.As(err, &lookup) || errors.Is(err, context.DeadlineExceeded)
}

// answerCode is for what a running host answered.
func answerCode(err *admin.Error) int {
	switch err.Code {
	case admin.CodeConfig:
		return exitConfig
	case admin.CodeBusy, admin.CodeBudget:
		return exitTemporary
	}
	return exitFailed
}

// usageError is a wrong use of the command line.
type usageError struct {
	command string
	text    string
}

func (e *usageError) Error() string { return e.text }

func usage(cmd *cobra.Command, format string, args ...any) error {
	return &usageError{cmd.CommandPath(), fmt.Sprintf(format, args...)}
}

// configError is a configuration that cannot be used. Its diagnostics have
// been printed when printed is set.
type configError struct {
	diags   config.Diagnostics
	printed bool
}

func (e *configError) Error() string {
	return fmt.Sprintf("the configuration has %s", count(e.diags.Errors(), "error"))
}

// errChanges is no failure, and nothing is said about it: it is for the exit
// code of --detailed-exitcode.
var errChanges = errors.New("there are changes")

// failure is a check that failed and has said so.
type failure struct{ text string }

func (e *failure) Error() string { return e.text }

// report tells a person what went wrong.
func report(std *stdio, err error) {
	var (
		wrongUsage *usageError
		invalid    *configError
		answer     *admin.Error
	)
	switch {
	case err == nil, errors.Is(err, errChanges):
		return
	case errors.As(err, &invalid) && !invalid.printed:
		printDiagnostics(std, invalid.diags)
	case errors.As(err, &answer) && answer.Text != "":
		fmt.Fprintln(std.Err, answer.Text)
	}
	fmt.Fprintf(std.Err, "shardhost: %s\n", err)
	if errors.As(err, &wrongUsage) {
		fmt.Fprintf(std.Err, "Run %q for what it takes.\n", wrongUsage.command+" --help")
	}
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
