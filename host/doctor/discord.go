package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/internal/rest"
)

func (e *examination) add(check string, s Status, fix, format string, args ...any) {
	e.findings = append(e.findings, Finding{Check: check, Status: s, Detail: fmt.Sprintf(format, args...), Fix: fix})
}

func (e *examination) ok(check, format string, args ...any) { e.add(check, OK, "", format, args...) }

// discord asks for the application and for the gateway.
func (e *examination) discord(ctx context.Context) {
	began := e.opts.Now()
	asked, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	app, err := e.client.Application(asked)
	took := e.opts.Now().Sub(began)
	switch {
	case errors.Is(err, rest.ErrUnauthorized):
		e.ok("discord", "%s answers", e.client.BaseURL())
		e.add("token", Fail, "copy it again from https://discord.com/developers/applications, page Bot, or reset it there", "Discord refuses the token")
		return
	case errors.Is(err, rest.ErrNoApplication):
		e.ok("discord", "%s answers within %s", e.client.BaseURL(), took.Round(time.Millisecond))
		e.add("token", Warn, "", "this service does not tell which application the token belongs to")
	case err != nil:
		e.add("discord", Fail, "look at the network, at HTTPS_PROXY, and at discord { api { base_url } }", "%s cannot be reached: %s", e.client.BaseURL(), err)
		return
	default:
		e.ok("discord", "%s answers within %s", e.client.BaseURL(), took.Round(time.Millisecond))
		e.ok("token", "it belongs to the application %s (%s)", app.Name, app.ID)
		e.intents(app)
		e.clock(app, began.Add(took/2))
	}
	e.gateway(ctx)
}

// intents compares the privileged intents that are permitted here with those
// that are switched on there.
func (e *examination) intents(app rest.Application) {
	may := e.cfg.Discord.Available() & discord.IntentsPrivileged
	switch err := host.MissingIntents(app, may); {
	case may == 0:
		e.ok("intents", "no privileged ones are allowed")
	case err != nil && e.cfg.Discord.IntentsAuto:
		e.add("intents", Warn, "a plugin that needs them will not start; "+portal(app), "%s", err)
	case err != nil:
		e.add("intents", Fail, portal(app), "%s", err)
	default:
		e.ok("intents", "switched on: %s", strings.Join(may.Names(), ", "))
	}
}

func portal(app rest.Application) string {
	return fmt.Sprintf("switch them on at https://discord.com/developers/applications/%s/bot, or take them out of the block discord", app.ID)
}

// Differences of the clock that matter: interactions are answered within three
// seconds of the time in their id, and certificates have dates.
const (
	clockWarn = 2 * time.Second
	clockFail = time.Minute
)

// clock compares with the Date header, which has whole seconds.
func (e *examination) clock(app rest.Application, at time.Time) {
	const fix = "switch on time synchronisation, for instance timedatectl set-ntp true"
	off := at.Sub(app.Date).Truncate(time.Second)
	switch {
	case app.Date.IsZero():
		e.add("clock", Warn, "", "Discord's answer has no date to compare with")
	case off.Abs() >= clockFail:
		e.add("clock", Fail, fix, "it differs from Discord's by %s", off)
	case off.Abs() > clockWarn:
		e.add("clock", Warn, fix, "it differs from Discord's by %s", off)
	default:
		e.ok("clock", "it agrees with Discord's")
	}
}

// gateway asks for the budget of sessions, and whether the gateway can be
// reached.
func (e *examination) gateway(ctx context.Context) {
	asked, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	bot, err := e.client.GatewayBot(asked)
	if err != nil {
		e.add("gateway", Fail, "", "%s", err)
		return
	}
	if err := reach(asked, bot.URL); err != nil {
		e.add("gateway", Fail, "REST can be reached and the gateway cannot: let connections to it through the firewall", "%s cannot be reached: %s", bot.URL, err)
	} else {
		e.ok("gateway", "%s can be reached", bot.URL)
	}
	e.budget(bot)
	shards := e.shards(bot)
	if all := max(e.cfg.Gateway.ShardCount, 1); e.cfg.Gateway.ShardCount != 0 && all < bot.Shards {
		e.add("shards", Warn, "raise gateway { shards { count } }, or leave it out so that Discord decides", "%d are configured, Discord recommends %d", all, bot.Shards)
	} else {
		e.ok("shards", "%d in this process; Discord recommends %d", shards, bot.Shards)
	}
}

// shards is how many this process will have.
func (e *examination) shards(bot rest.GatewayBot) int {
	switch {
	case e.cfg.Gateway.ShardIDs != nil:
		return len(e.cfg.Gateway.ShardIDs)
	case e.cfg.Gateway.ShardCount != 0:
		return e.cfg.Gateway.ShardCount
	}
	return bot.Shards
}

// budget tells whether all shards could start with new sessions.
func (e *examination) budget(bot rest.GatewayBot) {
	l := bot.SessionStartLimit
	if !l.Known {
		e.add("identify budget", Warn, "", "the service does not say how many IDENTIFYs are left")
		return
	}
	need, reserve := e.shards(bot), int(e.cfg.Gateway.IdentifyReserve*float64(l.Total))
	reset := e.opts.Now().Add(l.ResetAfter).UTC().Format(time.RFC3339)
	switch {
	case l.Remaining-need < reserve:
		e.add("identify budget", Fail, "wait until then, and find out what has identified so often: after 1,000 in a day Discord resets the token",
			"%d of %d IDENTIFYs are left until %s, %d of them are kept in reserve, and new sessions would take %d", l.Remaining, l.Total, reset, reserve, need)
	case l.Remaining < l.Total/2:
		e.add("identify budget", Warn, "find out what identifies so often before it goes on", "%d of %d IDENTIFYs are left until %s", l.Remaining, l.Total, reset)
	default:
		e.ok("identify budget", "%d of %d IDENTIFYs are left, %d at once", l.Remaining, l.Total, l.MaxConcurrency)
	}
}

// reach connects to the gateway as far as a session would not notice.
func reach(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"ws": "80", "wss": "443"}[u.Scheme]
	}
	var conn net.Conn
	at := net.JoinHostPort(u.Hostname(), port)
	if u.Scheme == "wss" {
		conn, err = (&tls.Dialer{}).DialContext(ctx, "tcp", at)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", at)
	}
	if err != nil {
		return err
	}
	return conn.Close()
}
