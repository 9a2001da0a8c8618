package shard

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/internal/store"
)

// An Asker asks where and how to connect; *rest.Client is one.
type Asker interface {
	GatewayBot(context.Context) (rest.GatewayBot, error)
}

// Options configures New. Only Identify's token is needed.
type Options struct {
	// Identify is who the shards are. Its shard id is ignored, and so is its
	// count; see Count.
	Identify gateway.IdentifyData

	REST    Asker  // nil: one for BaseURL
	BaseURL string // of the REST API, when REST is nil; default https://discord.com/api

	// URL is the gateway's address. When it and Count are given, New asks
	// nothing.
	URL string

	Count int   // shards of the bot; 0: as many as Discord recommends
	IDs   []int // the shards that this process runs; nil: all

	// Governor decides when a shard may identify; nil: a Governor of its own,
	// which keeps Reserve and its ledger in Store.
	Governor gateway.IdentifyGovernor
	Reserve  float64     // share of the daily budget, 0 to 1; host's default is 0.2
	Breaker  int         // see GovernorOptions; 0: DefaultBreaker, negative: none
	Store    store.Store // nil: nothing outlives the process

	// Owner names this process in the records of its shards; default "local".
	Owner string

	// Fresh begins new sessions whatever is stored. It costs one IDENTIFY a
	// shard.
	Fresh bool

	// RescaleAt is by how much the recommended number of shards must have grown
	// for the manager to rescale by itself: 2 means twice as many as there are.
	// 0: twice, if Discord decides on the number in the first place, else never;
	// negative: never. Before that it warns.
	RescaleAt float64

	// GuildPatience is how long new shards that are to replace others may bring
	// no further guild until those that are missing are given up; default 15s. A
	// simulated Discord brings all at once.
	GuildPatience time.Duration

	Logger hclog.Logger // nil: silent

	// OnFailure is called once when an open shard has ended for good, on a
	// goroutine of its own. The others go on. nil: it is only logged.
	OnFailure func(shardID int, err error)
}

// NewManager returns a manager for as many shards as Discord recommends.
func NewManager(token string, fn NewShardFunc) (*Manager, error) {
	return New(context.Background(), Options{Identify: gateway.DefaultIdentifyData(token)}, fn)
}

// NewIdentifiedManager returns a manager for as many shards as the identify data
// says, whose shard id is ignored. It asks Discord for the URL and the limits.
func NewIdentifiedManager(data gateway.IdentifyData, fn NewShardFunc) (*Manager, error) {
	return newManager(context.Background(), Options{Identify: data}, gateway.NewIdentifier(data), countOf(&data), fn)
}

// NewIdentifiedManagerWithURL is NewIdentifiedManager without a request: the URL
// is given, the limits are in the identifier. Without a Governor in it one is
// made that allows one IDENTIFY in five seconds.
func NewIdentifiedManagerWithURL(url string, id *gateway.Identifier, fn NewShardFunc) (*Manager, error) {
	opts := Options{Identify: id.IdentifyData, URL: url, Governor: id.Governor}
	return newManager(context.Background(), opts, id, countOf(&id.IdentifyData), fn)
}

// countOf is how many shards identify data names.
func countOf(data *gateway.IdentifyData) int {
	if data.Shard == nil {
		return gateway.DefaultShard.NumShards()
	}
	return data.Shard.NumShards()
}

// askCount stands for a count that Discord is asked for.
const askCount = math.MinInt

// New returns a manager whose shards are made but not opened. It asks Discord
// where to connect, unless Options say so; ctx limits that and nothing else.
func New(ctx context.Context, opts Options, fn NewShardFunc) (*Manager, error) {
	count := opts.Count
	switch {
	case count < 0:
		return nil, fmt.Errorf("shard: %d shards: a count is positive, or 0 for as many as Discord recommends", count)
	case count == 0:
		count = askCount
	}
	return newManager(ctx, opts, gateway.NewIdentifier(opts.Identify), count, fn)
}

func newManager(ctx context.Context, opts Options, id *gateway.Identifier, count int, fn NewShardFunc) (*Manager, error) {
	if fn == nil {
		return nil, errors.New("shard: no constructor was given; NewGatewayShardFunc is one")
	}
	if count < 0 && count != askCount {
		return nil, fmt.Errorf("shard: %d shards: a count is positive", count)
	}
	if opts.Logger == nil {
		opts.Logger = hclog.NewNullLogger()
	}
	m := &Manager{newShard: fn, opts: opts, asker: opts.REST, log: opts.Logger, url: opts.URL, current: new(generation)}
	if err := m.recall(ctx); err != nil {
		return nil, err
	}
	var bot rest.GatewayBot
	if opts.URL == "" || count == askCount {
		var err error
		if bot, err = m.firstAnswer(ctx); err != nil {
			return nil, err
		}
		if opts.URL == "" {
			m.url = bot.URL
		}
	}
	if m.auto = count == askCount; m.auto {
		count = m.storedCount(bot.Shards)
	}
	m.url = gateway.AddGatewayParams(m.url)
	ids, err := checkIDs(opts.IDs, count)
	if err != nil {
		return nil, err
	}
	shards := count
	if ids != nil {
		shards = len(ids)
	}
	if err := m.govern(ctx, bot.SessionStartLimit, shards); err != nil {
		return nil, err
	}
	who := *id
	who.Governor = m.governor
	m.generation, m.ids = 1, ids
	m.current = newGeneration(m.generation, count, ids, &who)
	if err := m.construct(ctx, m.current); err != nil {
		return nil, err
	}
	return m, nil
}

// recall reads the sessions of the process before this one.
func (m *Manager) recall(ctx context.Context) (err error) {
	if m.opts.Store == nil {
		return nil
	}
	owner := m.opts.Owner
	if owner == "" {
		owner = "local"
	}
	m.sessions, err = openSessions(ctx, m.opts.Store, appOf(m.opts.Identify.Token), owner, &m.opts.Identify, m.log)
	if err == nil && m.opts.Fresh {
		m.sessions.forget()
	}
	return err
}

// storedCount returns how many shards there are when Discord may decide: as
// many as before a restart while those sessions live, because another number
// would cost them all. More can be had without a gap, by Rescale.
func (m *Manager) storedCount(recommended int) int {
	if m.sessions == nil {
		return recommended
	}
	stored := m.sessions.count(time.Now())
	if stored == 0 || stored == recommended {
		return recommended
	}
	m.log.Info("the shards of the last run go on, although another number is recommended", "shards", stored, "recommended", recommended)
	return stored
}

// checkIDs returns the ids in order, nil for all.
func checkIDs(ids []int, count int) ([]int, error) {
	if ids == nil {
		return nil, nil
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	for i, id := range ids {
		switch {
		case id < 0 || id >= count:
			return nil, fmt.Errorf("shard: there is no shard %d of %d; set gateway { shards { ids } } to ids from 0 to %d", id, count, count-1)
		case i > 0 && ids[i-1] == id:
			return nil, fmt.Errorf("shard: shard %d stands twice in the ids", id)
		}
	}
	return ids, nil
}

// govern sets the governor up, or tells the one that was given what Discord
// said.
func (m *Manager) govern(ctx context.Context, limit Limit, shards int) error {
	if m.opts.Governor != nil {
		m.governor = m.opts.Governor
		m.observe(limit)
		return nil
	}
	breaker := m.opts.Breaker
	if breaker == 0 {
		breaker = DefaultBreaker
	}
	g, err := NewGovernor(ctx, GovernorOptions{
		Limit: limit,
		Ask: func(ctx context.Context) (Limit, error) {
			bot, err := m.ask(ctx)
			return bot.SessionStartLimit, err
		},
		Reserve: m.opts.Reserve,
		Breaker: max(breaker, 0),
		Shards:  shards,
		Store:   m.opts.Store,
		Key:     "ident." + appOf(m.opts.Identify.Token) + ".budget",
		Logger:  m.log,
	})
	if err != nil {
		return err
	}
	if m.opts.Fresh {
		g.Plan(shards)
	}
	m.governor = g
	return nil
}

// observe passes on what Discord said about the limits.
func (m *Manager) observe(limit Limit) {
	if o, ok := m.governor.(interface{ Observe(Limit) }); ok {
		o.Observe(limit)
	}
}

// Governor returns the governor that all shards ask.
func (m *Manager) Governor() gateway.IdentifyGovernor { return m.governor }
