package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/shardhost/shardhost/discordtest"
)

const (
	ledgerShards = 4
	ledgerGuilds = 40
	ledgerTimer  = 2 * time.Second // how far ahead timers are set, at most

	// So many messages a second ask for something. Each makes the bot write one,
	// and Discord allows a bot fifty requests a second.
	ledgerAsking = 10
)

// A ledgerBench is the host as a process, between a server that knows what it
// sent and a guest that keeps a ledger of what it handled.
type ledgerBench struct {
	*bench
	server *discordtest.Server
	front  *front
	load   *ledgerLoad
	hcl    string
	module string
	host   *hostProcess
	began  time.Time // the host
}

// newLedgerBench starts the server and the host, and waits until it is ready.
func newLedgerBench(ctx context.Context, b *bench, o options, front frontOptions) (l *ledgerBench, err error) {
	l = &ledgerBench{bench: b, module: filepath.Join(b.dir, "ledger.wasm")}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if l.server, err = discordtest.Start(discordtest.Options{
		ResumeListen: "127.0.0.1:0", Seed: o.seed, Guilds: ledgerGuilds, Shards: ledgerShards, MaxConcurrency: ledgerShards, IdentifyLimit: 100000,
		// On a busy machine requests arrive later than they leave, and together: that
		// is not counted here. The interval gives a host time that gets little of it.
		GlobalLimit: 150, HeartbeatInterval: 10 * time.Second, BookLimit: 1 << 23, RequestLimit: 1 << 20, HistoryLimit: 1 << 20,
	}); err != nil {
		return l, err
	}
	if l.front, err = newFront(l.server.REST, o.seed, front); err != nil {
		return l, err
	}
	l.load = newLedgerLoad(l.server, o)
	if err := buildLedger(ctx, l.module, "1"); err != nil {
		return l, err
	}
	l.hcl = fmt.Sprintf(`
gateway {
  identify_breaker = "off" // sessions are ended here by the dozen
}
plugin "ledger" {
  source = %q
  lanes  = 2
  grant {
    discord {
      allow = ["POST /channels/*/messages"]
    }
    kv {
      quota = "1GiB"
    }
    timers {
      max = 100000
    }
  }
  limits {
    deadline = "10s" // what counts here must not depend on how busy the machine is
    init     = "1m"
    inflight = 10000
  }
  failure {
    max     = 1000
    within  = "1s"
    backoff = "10ms"
  }
}
`, l.module)
	if err := l.start(ctx); err != nil {
		return l, err
	}
	return l, l.host.ready(ctx, b)
}

// buildLedger builds the guest; versions make different modules.
func buildLedger(ctx context.Context, module, version string) error {
	env := []string{"GOOS=wasip1", "GOARCH=wasm"}
	return goBuild(ctx, module, env, "-buildmode=c-shared", "-ldflags=-s -w -X main.version="+version, "./internal/experiment/testdata/ledger")
}

// start starts the host, no sooner after the ones before than Discord allows.
func (l *ledgerBench) start(ctx context.Context) error {
	if err := pause(ctx, time.Until(l.front.mayStart())); err != nil {
		return err
	}
	l.began = time.Now()
	h, err := l.launch(&sim{REST: l.front.url, Token: l.server.Token}, l.hcl)
	if err == nil {
		l.host = h
	}
	return err
}

// restart ends the host at once and starts it again. It returns how long that
// took, in milliseconds until all shards were ready.
func (l *ledgerBench) restart(ctx context.Context) (ms float64, err error) {
	l.host.kill()
	if err := l.start(ctx); err != nil {
		return 0, err
	}
	err = l.host.ready(ctx, l.bench)
	return float64(time.Since(l.began).Microseconds()) / 1000, err
}

// underLoad strikes the host while people write, waits until it has settled, and
// reads its books.
func (l *ledgerBench) underLoad(ctx context.Context, strike func() error) (*ledger, error) {
	stop := l.load.inBackground(ctx)
	err := strike()
	stop()
	if err == nil {
		err = l.settle(ctx)
	}
	if err != nil {
		return nil, err
	}
	return readLedger(ctx, l.bench)
}

// settle returns once everything that the load has asked for is done, as far as
// anyone can tell from outside: every guild has answered, no timer can be
// pending, and the bot makes no more requests. Then it stops the host.
func (l *ledgerBench) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 4*time.Minute, errors.New("the host was not done four minutes after the load"))
	defer cancel()
	if err := l.host.ready(ctx, l.bench); err != nil {
		return errors.Join(context.Cause(ctx), err, l.explainHost())
	}
	if err := l.load.askForBooks(ctx); err != nil {
		return errors.Join(context.Cause(ctx), err, l.explainHost())
	}
	for quiet, requests := time.Now(), -1; time.Since(quiet) < 2*ledgerTimer; {
		if n := l.server.Stats().RESTRequests; n != requests {
			quiet, requests = time.Now(), n
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return errors.Join(context.Cause(ctx), l.explainHost())
		}
	}
	return l.host.stop()
}

// explainHost tells the end of what the host said.
func (l *ledgerBench) explainHost() error {
	log, err := os.ReadFile(filepath.Join(l.dir, "host.log"))
	if err != nil {
		return err
	}
	return fmt.Errorf("the host's last words: %s", log[max(0, len(log)-4000):])
}

func (l *ledgerBench) close() {
	if l.host != nil {
		l.host.kill()
	}
	if l.front != nil {
		l.front.close()
	}
	if l.server != nil {
		l.server.Close()
	}
}
