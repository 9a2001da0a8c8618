package shard

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/rest"
)

// Errors that callers branch on.
var (
	ErrClosed      = errors.New("shard: the manager was closed")
	ErrAlreadyOpen = errors.New("shard: the manager is already open")
	ErrNotOpen     = errors.New("shard: the manager is not open")
	ErrRescaling   = errors.New("shard: the manager is being rescaled already")
)

// A Manager runs the shards of a bot. It must never be copied. All its methods
// may be called from any goroutine; about Close see the package's
// documentation.
type Manager struct {
	newShard NewShardFunc
	opts     Options
	asker    Asker        // nil: made when it is first needed
	client   *rest.Client // the asker, when it was made here
	governor gateway.IdentifyGovernor
	log      hclog.Logger
	sessions *sessionBook // nil: nothing is stored
	auto     bool         // Discord decides how many shards there are

	mu      sync.Mutex // never held while anything waits or a callback runs
	url     string
	life    life
	closing bool               // Close has been called and has not returned
	cancel  context.CancelFunc // ends what runs in this life
	over    chan struct{}      // closed when this life has ended
	living  context.Context    // ends with this life
	running sync.WaitGroup     // rescales and the keeper of this life

	ids        []int       // that this process was told to run; nil: all
	current    *generation // in charge
	next       *generation // being opened beside it, else nil
	making     *generation // whose constructors run, or ran last
	generation uint64      // the last number given out
	handover   *handover   // from one to the other, or what is left of the last one
	rescaling  bool
	wanted     bool      // Rescale was called when it could not begin
	replaced   time.Time // when the generation in charge took over from another
	lastError  error     // of the last rescale

	recommended rest.GatewayBot // what Discord said last
}

// life is where a manager stands.
type life uint8

const (
	lifeIdle life = iota
	lifeOpening
	lifeOpen
)

// GatewayURL returns where shards connect to, with the gateway's parameters.
func (m *Manager) GatewayURL() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.url
}

// NumShards returns how many shards the bot has, in all processes.
func (m *Manager) NumShards() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.current.of
}

// Shard returns the shard with an id, or nil when this process has none.
func (m *Manager) Shard(ix int) Shard {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.current.index(ix); i >= 0 {
		return m.current.states[i].Shard
	}
	return nil
}

// FromGuildID returns the shard that receives a guild's events and its id. The
// shard is nil when another process has it, or when there are no shards.
func (m *Manager) FromGuildID(guildID discord.GuildID) (Shard, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ix := discord.GuildShard(guildID, m.current.of)
	if i := m.current.index(ix); i >= 0 {
		return m.current.states[i].Shard, ix
	}
	return nil, ix
}

// ForEach calls f with each shard of this process, from the first to the last.
func (m *Manager) ForEach(f func(Shard)) {
	m.mu.Lock()
	var shards []Shard
	for _, s := range m.current.states {
		if s.Shard != nil { // while the constructor runs there are gaps
			shards = append(shards, s.Shard)
		}
	}
	m.mu.Unlock()
	for _, s := range shards {
		f(s)
	}
}
