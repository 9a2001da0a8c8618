package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/shard"
)

// A sessionChange is what a reload does with the sessions.
type sessionChange struct {
	report  admin.SessionReload
	intents discord.Intents
	err     error // why the budget does not allow it
}

// planSessions works out whether the sessions can stay. They can as long as they
// bring every event that plugins want: an intent too many costs only traffic,
// and goes at the next start.
func (h *Host) planSessions(cfg *config.Config, changes []*change) (*sessionChange, error) {
	var all []*plugin.Interest
	for _, c := range changes {
		switch {
		case c.report.Action == admin.ActionRemoved, c.report.Action == admin.ActionDisabled:
		case c.prepared != nil:
			all = append(all, c.prepared.Interest())
		case c.added != nil:
			all = append(all, c.added.Interest())
		default:
			all = append(all, c.running.Interest())
		}
	}
	need, err := h.intentsOf(cfg, all)
	if err != nil {
		return nil, &admin.Error{Code: admin.CodeConfig, Message: "the subscriptions cannot be met; nothing was changed", Text: err.Error()}
	}
	running := h.config()
	m := h.shards()
	if m == nil {
		return &sessionChange{intents: need}, nil
	}
	s := &sessionChange{intents: need, report: admin.SessionReload{ShardsFrom: m.NumShards(), ShardsTo: m.NumShards()}}
	if n := cfg.Gateway.ShardCount; n != 0 && n != running.Gateway.ShardCount {
		s.report.ShardsTo = n
	}
	governor, _ := m.Governor().(*shard.Governor)
	if governor != nil {
		s.report.Left = governor.Status().Remaining
	}
	have := h.sessionIntents()
	s.report.Replaced = need&^have != 0 || s.report.ShardsTo != s.report.ShardsFrom
	if !s.report.Replaced {
		s.intents = have
		return s, nil
	}
	s.report.Added, s.report.Removed = (need &^ have).Names(), (have &^ need).Names()
	waves := float64(s.report.ShardsTo)
	if governor != nil {
		waves = math.Ceil(waves / float64(max(1, governor.Concurrency())))
		s.err = governor.Afford(s.report.ShardsTo)
		if budget, ok := errors.AsType[*shard.BudgetError](s.err); ok {
			s.report.NotBefore = budget.Until
		}
	}
	s.report.Seconds = waves * identifySpacing.Seconds()
	return s, nil
}

// identifySpacing is Discord's pace: so long between two IDENTIFYs of one key.
// https://docs.discord.com/developers/events/gateway#rate-limiting
const identifySpacing = 5 * time.Second

// permit refuses what costs IDENTIFYs and was not allowed, with the price; again
// says what is to be done once more, with permission.
func (s *sessionChange) permit(allowed bool, again string) error {
	switch {
	case !s.report.Replaced:
		return nil
	case s.err != nil:
		return &admin.Error{Code: admin.CodeIdentify, Message: "the sessions would have to be replaced; nothing was changed: " + s.err.Error()}
	case !allowed:
		return &admin.Error{Code: admin.CodeIdentify, Message: fmt.Sprintf(
			"%s: that costs %d IDENTIFYs of the %d that are left, and at least %s; %s with --allow-identify to have it; nothing was changed",
			s.why(), s.report.ShardsTo, s.report.Left, time.Duration(s.report.Seconds*float64(time.Second)), again)}
	}
	return nil
}

// why says what the present sessions lack.
func (s *sessionChange) why() string {
	if s.report.ShardsTo != s.report.ShardsFrom {
		return fmt.Sprintf("there are to be %d shards instead of %d", s.report.ShardsTo, s.report.ShardsFrom)
	}
	return fmt.Sprintf("the sessions lack the intents %s", strings.Join(s.report.Added, ", "))
}

// replaceSessions opens new sessions beside the old ones and hands over.
func (h *Host) replaceSessions(ctx context.Context, s *sessionChange) error {
	if !s.report.Replaced {
		return nil
	}
	if err := h.checkIntents(ctx, s.intents); err != nil {
		return &admin.Error{Code: admin.CodeFailed, Message: err.Error() + "; nothing was changed"}
	}
	if err := h.shards().Reidentify(ctx, s.report.ShardsTo, s.intents); err != nil {
		return &admin.Error{Code: admin.CodeFailed, Message: "the new sessions could not be opened, the old ones stay; nothing was changed: " + err.Error()}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.intents = s.intents
	return nil
}

// sessionIntents is what the sessions have identified with.
func (h *Host) sessionIntents() discord.Intents {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.intents
}

// planName names what a reload does: the same again has the same name.
func planName(report *admin.ReloadReport) string {
	type step struct {
		Name, Action, SHA256 string
		Changes              []string
	}
	plan := struct {
		Steps    []step
		From, To int
		Added    []string
		Replaced bool
	}{From: report.Sessions.ShardsFrom, To: report.Sessions.ShardsTo, Added: report.Sessions.Added, Replaced: report.Sessions.Replaced}
	for _, p := range report.Plugins {
		plan.Steps = append(plan.Steps, step{p.Name, p.Action, p.SHA256, p.Changes})
	}
	doc, err := json.Marshal(plan)
	if err != nil {
		return "" // strings and numbers have a JSON form
	}
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:6])
}
