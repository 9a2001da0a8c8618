// Package doctor finds what usually goes wrong before or around a host: token,
// intents, clock, limits of the system, the store and its disk, the budget of
// sessions. Every finding says what to do.
//
// Nothing is changed by it: a file for measuring the disk is removed again, and
// the store of a running host is left to it.
package doctor

import (
	"context"
	"runtime"
	"time"

	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/internal/rest"
)

// Status is what came of a check.
type Status string

// The results of a check.
const (
	OK   Status = "ok"
	Warn Status = "warn" // it works, and may not for long
	Fail Status = "fail" // a host would not start, or not work
)

// A Finding is the result of one check.
type Finding struct {
	Check  string `json:"check"`
	Status Status `json:"status"`
	Detail string `json:"detail"`
	Fix    string `json:"fix,omitempty"` // what to do; "": nothing
}

// Options are what a doctor takes from its surroundings.
type Options struct {
	Version string           // of the host
	Now     func() time.Time // default time.Now
}

// An examination of one configuration.
type examination struct {
	cfg      *config.Config
	opts     Options
	client   *rest.Client
	findings []Finding
}

// limit is how long one question to Discord may take: a person waits.
const limit = 15 * time.Second

// Examine makes all checks, in the order in which they are to be read.
func Examine(ctx context.Context, cfg *config.Config, o Options) ([]Finding, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	client, err := rest.New(rest.Options{
		BaseURL: cfg.Discord.API.BaseURL, Token: cfg.Discord.Token.Reveal(), Timeout: limit, MaxWait: limit, UserAgent: rest.UserAgent(o.Version),
	})
	if err != nil {
		return nil, err
	}
	defer client.Close()
	e := &examination{cfg: cfg, opts: o, client: client}
	e.ok("version", "shardhost %s, %s on %s/%s", o.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	e.discord(ctx)
	e.files()
	e.directory()
	e.store()
	e.toolchain(ctx)
	return e.findings, ctx.Err()
}
