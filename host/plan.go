package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
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
	ids     []int // that this process is to run, where sessions are not replaced; nil: all

	identifies int   // that it costs at most
	err        error // why the budget does not allow it
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
	s := &sessionChange{intents: h.withDormant(cfg, need), report: admin.SessionReload{ShardsFrom: m.NumShards(), ShardsTo: m.NumShards()}}
	if n := cfg.Gateway.ShardCount; n != 0 && n != running.Gateway.ShardCount {
		s.report.ShardsTo = n
	}
	have := h.sessionIntents()
	s.report.Replaced = need&^have != 0 || s.report.ShardsTo != s.report.ShardsFrom
	var begun []int // shards that may need a new session
	if s.report.Replaced {
		s.report.Added, s.report.Removed = (need &^ have).Names(), (have &^ s.intents).Names()
		if running.Gateway.ShardIDs != nil || cfg.Gateway.ShardIDs != nil {
			return nil, s.partial(len(m.IDs()))
		}
		begun = allShards(s.report.ShardsTo)
	} else {
		s.intents = have
		if err := s.choose(m.IDs(), cfg.Gateway.ShardIDs); err != nil {
			return nil, err
		}
		begun = s.report.Taken
	}
	s.price(m, begun)
	return s, nil
}

// choose works out which shards this process takes on and gives away; ids nil:
// it is to have all.
func (s *sessionChange) choose(have, ids []int) error {
	s.ids = ids
	if ids == nil {
		ids = allShards(s.report.ShardsTo)
	}
	if last := slices.Max(ids); last >= s.report.ShardsTo {
		return &admin.Error{Code: admin.CodeConfig, Message: fmt.Sprintf(
			"gateway.shards.ids names shard %d, and there are %d, numbered from 0; nothing was changed", last, s.report.ShardsTo)}
	}
	for _, id := range ids {
		if !slices.Contains(have, id) {
			s.report.Taken = append(s.report.Taken, id)
		}
	}
	for _, id := range have {
		if !slices.Contains(ids, id) {
			s.report.GivenAway = append(s.report.GivenAway, id)
		}
	}
	return nil
}

// partial refuses what a host with some of the shards cannot do: the handover
// needs all of them in one process.
func (s *sessionChange) partial(shards int) error {
	how := fmt.Sprintf("restart this host, which begins its sessions anew (%d)", shards)
	if s.report.ShardsTo != s.report.ShardsFrom {
		how = "stop all hosts of the bot, change count and ids in all their configurations, and start them again"
	}
	return &admin.Error{Code: admin.CodeFailed, Message: s.why() + ", and a host that runs some of the shards cannot replace them while it runs: " + how + "; nothing was changed"}
}

func allShards(n int) []int {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = i
	}
	return ids
}

// price works out what new sessions of these shards cost.
func (s *sessionChange) price(m *shard.Manager, begun []int) {
	governor, ok := m.Governor().(*shard.Governor)
	if !ok {
		return
	}
	s.identifies, s.report.Left = len(begun), governor.Status().Remaining
	if s.identifies == 0 {
		return
	}
	s.err = governor.Afford(s.identifies)
	if budget, ok := errors.AsType[*shard.BudgetError](s.err); ok {
		s.report.NotBefore = budget.Until
	}
	waves := map[int]int{} // by key
	for _, id := range begun {
		waves[id%max(1, governor.Concurrency())]++
	}
	s.report.Seconds = float64(slices.Max(slices.Collect(maps.Values(waves)))) * identifySpacing.Seconds()
}

// identifySpacing is Discord's pace: so long between two IDENTIFYs of one key.
// https://docs.discord.com/developers/events/gateway#rate-limiting
const identifySpacing = 5 * time.Second

// permit refuses what costs IDENTIFYs and was not allowed, with the price; again
// says what is to be done once more, with permission.
func (s *sessionChange) permit(allowed bool, again string) error {
	switch {
	case s.identifies == 0:
		return nil
	case s.err != nil:
		return &admin.Error{Code: admin.CodeBudget, Message: s.why() + "; nothing was changed: " + s.err.Error()}
	case !allowed:
		return &admin.Error{Code: admin.CodeIdentify, Message: fmt.Sprintf(
			"%s: that costs %d of the %d IDENTIFYs that are left, and at least %s; %s with --allow-identify to have it; nothing was changed",
			s.why(), s.identifies, s.report.Left, time.Duration(s.report.Seconds*float64(time.Second)), again)}
	}
	return nil
}

// why says what the present sessions lack.
func (s *sessionChange) why() string {
	switch {
	case s.report.ShardsTo != s.report.ShardsFrom:
		return fmt.Sprintf("there are to be %d shards instead of %d", s.report.ShardsTo, s.report.ShardsFrom)
	case s.report.Replaced:
		return fmt.Sprintf("the sessions lack the intents %s", strings.Join(s.report.Added, ", "))
	}
	var ids []string
	for _, id := range s.report.Taken {
		ids = append(ids, strconv.Itoa(id))
	}
	return "this host is to take on the shards " + strings.Join(ids, ", ")
}

// replaceSessions opens new sessions beside the old ones and hands over, or takes
// shards on and gives some away.
func (h *Host) replaceSessions(ctx context.Context, s *sessionChange) error {
	if s.report.Taken != nil || s.report.GivenAway != nil {
		if err := h.shards().Choose(ctx, s.ids); err != nil {
			return &admin.Error{Code: admin.CodeFailed, Message: "the new shards could not be opened; nothing was changed: " + err.Error()}
		}
	}
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

		Taken, GivenAway []int
	}{
		From: report.Sessions.ShardsFrom, To: report.Sessions.ShardsTo, Added: report.Sessions.Added, Replaced: report.Sessions.Replaced,
		Taken: report.Sessions.Taken, GivenAway: report.Sessions.GivenAway,
	}
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
