package gateway

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/discord"
)

// Errors of a Gateway's calls.
var (
	ErrClosed      = errors.New("gateway: closed")
	ErrAlreadyOpen = errors.New("gateway: already open")
)

// Options are what a Gateway may be given. The zero value is a gateway without
// compression that throws all events away.
type Options struct {
	Sink      Sink          // takes the events; nil: nobody
	Logger    hclog.Logger  // nil: silent
	Compress  string        // CompressZstd, CompressZlib, CompressPayload, CompressNone; "": CompressPayload if the identify data says so, else CompressNone
	Session   *Session      // resumed first; nil: IDENTIFY
	OnSession func(Session) // a session began; an empty one: it is gone. Called on the goroutine that reads.

	// Kept returns the sequence from which another process would resume, negative:
	// none. Heartbeats acknowledge no more than that, because the service may
	// forget what is acknowledged. nil: nobody else resumes this session.
	Kept func() int64

	// MaxMessage is the size in bytes, decompressed, above which a message is
	// left out and logged; 0: DefaultMaxMessage.
	MaxMessage int

	// CloseCode is what Close sends; 0: 4000, with which the session survives,
	// so that it can be resumed by the next Open or another process. 1000 and
	// 1001 end it.
	CloseCode int

	// Backoff are the pauses between connections.
	Backoff Backoff

	// TLS is for wss; nil: the system's certificate authorities.
	TLS *tls.Config

	// Dial makes network connections; nil: net.Dialer. Proxies of the
	// environment are used in any case.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// A Gateway is one shard's life at Discord. Its methods may be called from any
// goroutine, but Close and CloseSession not from Sink.Dispatch, which they wait
// for.
type Gateway struct {
	// Identifier is who this gateway is. Read it freely; change it before Open
	// only, or by AddIntents.
	Identifier *Identifier

	opts     Options
	sink     Sink
	selector Selector // the sink, if it is one
	log      hclog.Logger
	shard    Shard

	seq      atomic.Int64 // the last sequence received in this session
	counters counters
	silence  silence
	pacing   *pacing

	mu         sync.Mutex
	state      State
	since      time.Time // when state began
	changed    chan struct{}
	course     course
	conn       *connection // what is being read
	ready      *connection // conn, while commands may be sent
	readySince time.Time
	lastErr    error
	err        error                     // why it ended for good
	presence   json.RawMessage           // the last one sent, for the next IDENTIFY
	requests   map[string]*memberRequest // by nonce
	onSharding func()

	cancel   context.CancelFunc
	code     discord.CloseCode // what to close with, once cancelled
	done     chan struct{}     // closed when the life has ended
	openRun  bool              // a life is running
	sessions uint64            // begun, in all lives
}

// New returns a gateway that will connect to url, which needs no parameters.
// The shard's tuple is taken from id now. Nothing runs before Open.
func New(url string, id *Identifier, opts Options) *Gateway {
	if opts.Compress == "" {
		opts.Compress = CompressNone
		if id.Compress {
			opts.Compress = CompressPayload
		}
	}
	if opts.MaxMessage <= 0 {
		opts.MaxMessage = DefaultMaxMessage
	}
	if opts.CloseCode == 0 {
		opts.CloseCode = int(discord.CloseUnknownError)
	}
	if opts.Sink == nil {
		opts.Sink = discardSink{}
	}
	if opts.Logger == nil {
		opts.Logger = hclog.NewNullLogger()
	}
	g := &Gateway{
		Identifier: id,
		opts:       opts,
		sink:       opts.Sink,
		shard:      id.shard(),
		changed:    make(chan struct{}),
		course:     course{home: url, Backoff: opts.Backoff.withDefaults()},
		done:       make(chan struct{}),
		silence:    newSilence(),
		pacing:     newPacing(),
		requests:   make(map[string]*memberRequest),
	}
	g.selector, _ = opts.Sink.(Selector)
	g.log = opts.Logger.With("shard", g.shard.ShardID(), "of", g.shard.NumShards())
	g.seq.Store(none)
	if s := opts.Session; s != nil && s.ID != "" {
		g.course.begun(*s)
		g.seq.Store(s.Seq)
	}
	return g
}

// NewCustomIdentifiedGateway is New with the default options.
func NewCustomIdentifiedGateway(url string, id *Identifier) *Gateway {
	return New(url, id, Options{})
}

// Open connects and returns when the session is ready, begun or resumed. After
// that the gateway stays connected by itself; Done and Err tell when it could
// not. Open fails when ctx ends, which says what went wrong so far, when Close
// is called meanwhile (ErrClosed), or when the service refuses for good
// (*CloseError). After that, and after Close, Open may be called again.
func (g *Gateway) Open(ctx context.Context) error {
	if _, err := dialURL(g.course.home, g.opts.Compress); err != nil {
		return g.fault(err)
	}
	switch g.opts.Compress {
	case CompressNone, CompressPayload, CompressZlib, CompressZstd:
	default:
		return g.fault(fmt.Errorf("compression %q is not known: use %s, %s, %s or %s", g.opts.Compress, CompressZstd, CompressZlib, CompressPayload, CompressNone))
	}
	if s := g.shard; s.NumShards() < 1 || s.ShardID() < 0 || s.ShardID() >= s.NumShards() {
		return g.fault(fmt.Errorf("there is no shard %d of %d", s.ShardID(), s.NumShards()))
	}
	if err := ctx.Err(); err != nil {
		return g.fault(err)
	}
	g.mu.Lock()
	if g.openRun {
		g.mu.Unlock()
		return g.fault(ErrAlreadyOpen)
	}
	select {
	case <-g.done:
		g.done = make(chan struct{})
	default:
	}
	g.openRun, g.err, g.code = true, nil, discord.CloseCode(g.opts.CloseCode)
	life, cancel := context.WithCancel(context.Background())
	g.cancel = cancel
	done := g.done
	g.mu.Unlock()
	go g.live(life, done)

	for {
		g.mu.Lock()
		ready, changed := g.ready != nil, g.changed
		g.mu.Unlock()
		if ready {
			return nil
		}
		select {
		case <-changed:
		case <-done:
			if err := g.Err(); err != nil {
				return err
			}
			return ErrClosed
		case <-ctx.Done():
			g.mu.Lock()
			last, state := g.lastErr, g.state
			g.mu.Unlock()
			g.end(discord.CloseCode(g.opts.CloseCode))
			if last != nil {
				return g.fault(fmt.Errorf("%w while %s; the last attempt: %w", ctx.Err(), state, last))
			}
			return g.fault(fmt.Errorf("%w while %s", ctx.Err(), state))
		}
	}
}

// Close ends the connection so that the session survives, unless
// Options.CloseCode says otherwise, and waits for every goroutine. It is legal
// at any time, also while Open waits, and more than once.
func (g *Gateway) Close() error {
	g.end(discord.CloseCode(g.opts.CloseCode))
	return nil
}

// CloseSession ends connection and session: Discord shows the bot offline and
// forgets it at once. It is what becomes of a shard that is no longer needed.
func (g *Gateway) CloseSession() error {
	g.end(discord.CloseNormal)
	g.forget()
	return nil
}

func (g *Gateway) end(code discord.CloseCode) {
	g.mu.Lock()
	if !g.openRun {
		g.mu.Unlock()
		return
	}
	g.code = code
	g.cancel()
	c, done := g.conn, g.done
	g.mu.Unlock()
	if c != nil {
		c.close(code)
	}
	<-done
	if code.EndsSession() {
		g.forget()
	}
}

// forget gives the session up.
func (g *Gateway) forget() {
	g.mu.Lock()
	had := g.course.session != nil
	g.course.session = nil
	g.mu.Unlock()
	g.seq.Store(none)
	if had && g.opts.OnSession != nil {
		g.opts.OnSession(Session{})
	}
}

// Done is closed when the gateway has ended: by Close, or for good.
func (g *Gateway) Done() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.done
}

// Err returns why the gateway ended for good, nil if it did not.
func (g *Gateway) Err() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// Session returns what is needed to resume, as of now; ok is false if there is
// no session.
func (g *Gateway) Session() (s Session, ok bool) {
	g.mu.Lock()
	if g.course.session != nil {
		s, ok = *g.course.session, true
	}
	g.mu.Unlock()
	if ok {
		s.Seq = g.position()
	}
	return s, ok
}

// AddIntents adds to what the next IDENTIFY asks for.
func (g *Gateway) AddIntents(i Intents) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Identifier.AddIntents(i)
}

// OnShardingRequired sets what is called when Discord demands more shards
// (4011). The gateway has ended by then; f runs on a goroutine of its own and
// may close it.
func (g *Gateway) OnShardingRequired(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.onSharding = f
}

// Send sends a command: opcode 3, 4, 8, 31 or 43 with its d, which is a command
// of this package, a json.RawMessage or anything else that encodes to JSON. It
// waits until the gateway is ready and the send window allows it, in order with
// other commands, as long as ctx lasts; a connection that ends meanwhile is
// waited out. The answer, if any, comes as events.
//
// The error is ErrBadCommand or ErrCommandTooLong when the command can never be
// sent, ErrClosed, or that of ctx.
func (g *Gateway) Send(ctx context.Context, op discord.Opcode, payload any) error {
	_, err := g.send(ctx, op, payload)
	return err
}

// send is Send that also returns in which session, by Gateway.sessions.
func (g *Gateway) send(ctx context.Context, op discord.Opcode, payload any) (session uint64, err error) {
	cmd, err := newCommand(op, payload)
	if err != nil {
		return 0, err
	}
	g.mu.Lock()
	open := g.openRun
	g.mu.Unlock()
	if !open {
		return 0, g.fault(fmt.Errorf("%w: %s was not sent", ErrClosed, op))
	}
	done, err := g.pacing.admit(ctx, cmd)
	if err != nil {
		return 0, g.fault(fmt.Errorf("%s was not sent: %w", op, err))
	}
	defer done()
	for {
		g.mu.Lock()
		c, changed, open, session := g.ready, g.changed, g.openRun, g.sessions
		g.mu.Unlock()
		if !open {
			return 0, g.fault(fmt.Errorf("%w: %s was not sent", ErrClosed, op))
		}
		if c != nil {
			err := c.send(ctx, cmd)
			if err == nil {
				g.sent(cmd)
				return session, nil
			}
			if !errors.Is(err, errOver) {
				return 0, g.fault(fmt.Errorf("%s was not sent: %w", op, err))
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, g.fault(fmt.Errorf("%s was not sent: %w", op, ctx.Err()))
		}
	}
}

// sent remembers what has to be said again after a new IDENTIFY.
func (g *Gateway) sent(cmd command) {
	g.counters.commands.Add(1)
	if cmd.op == discord.OpPresenceUpdate {
		g.mu.Lock()
		g.presence = cmd.body
		g.mu.Unlock()
	}
}

// fault says which gateway an error is about.
func (g *Gateway) fault(err error) error {
	return fmt.Errorf("gateway: shard %d of %d: %w", g.shard.ShardID(), g.shard.NumShards(), err)
}

type discardSink struct{}

func (discardSink) Begin(Session)           {}
func (discardSink) Dispatch(*Event)         {}
func (discardSink) Position() (int64, bool) { return 0, false }
