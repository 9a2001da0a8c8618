package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"
	disgo "github.com/disgoorg/disgo/gateway"
	"github.com/gorilla/websocket"
	"github.com/hashicorp/go-hclog"
	"github.com/klauspost/compress/zlib"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/config"
)

// An idleShard is one side of shardMemory: a library, or none, with n shards
// that wait. The libraries are without their caches, which hold what bots make
// of events and not what a connection needs.
type idleShard struct {
	name, compress string
	open           func(ctx context.Context, to target, n int) (io.Closer, error)
}

// A target is the simulated Discord of one measurement.
type target struct{ rest, gateway, token, compress string }

var idleShards = []idleShard{
	{"host", "none", hostShards},
	{"loop", "none", loopShards},
	{"discordgo", "none", discordgoShards},
	{"disgo", "none", disgoShards},
	{"host", "zlib-stream", hostShards},
	{"loop", "zlib-stream", loopShards}, // the peers have no zlib-stream in these versions
}

// idleFor is how long shards are left alone until their memory is read.
const idleFor = 3 * time.Second

// shardMemory measures the resident memory of a shard that is ready, has its
// guild and waits: the difference between processes with one and with n.
func shardMemory(ctx context.Context, runs, n int) (map[string][3]float64, error) {
	if n < 2 {
		return nil, fmt.Errorf("%d shards: at least 2, to tell what one takes", n)
	}
	kb := map[string][]float64{}
	for range runs {
		for _, s := range idleShards {
			one, err := rssWithShards(ctx, s, 1)
			if err != nil {
				return nil, err
			}
			many, err := rssWithShards(ctx, s, n)
			if err != nil {
				return nil, err
			}
			kb[s.label()] = append(kb[s.label()], float64(many-one)/float64(n-1))
		}
	}
	list := map[string][3]float64{}
	fmt.Fprintf(os.Stderr, "%-24s %6s %12s\n", "side", "shards", "KB a shard")
	for _, s := range idleShards {
		list[s.label()] = spread(kb[s.label()])
		fmt.Fprintf(os.Stderr, "%-24s %6d %12.1f\n", s.label(), n, list[s.label()][1])
	}
	return list, nil
}

func (s idleShard) label() string { return s.name + " " + s.compress }

func rssWithShards(ctx context.Context, s idleShard, n int) (kb int, err error) {
	server, err := discordtest.Start(discordtest.Options{Guilds: n, Shards: n, MaxConcurrency: n, BucketWindow: -1, NoRateLimits: true})
	if err != nil {
		return 0, err
	}
	defer server.Close()
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, self, "shards", s.name, s.compress, strconv.Itoa(n), server.REST, server.Gateway, server.Token)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	connected := server.Stats().Sessions
	in.Close() // it may go
	if err := errors.Join(err, cmd.Wait()); err != nil {
		return 0, fmt.Errorf("%d shards of %s: %w", n, s.label(), err)
	}
	if connected != n {
		return 0, fmt.Errorf("%d of %d shards of %s were connected", connected, n, s.label())
	}
	return kb, json.Unmarshal(line, &kb)
}

// shards is one process of shardMemory. It prints its resident memory in KB and
// stays until its input ends.
func shards(ctx context.Context, args []string) error {
	if len(args) != 6 {
		return errors.New("shards SIDE COMPRESS N REST GATEWAY TOKEN")
	}
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	for _, s := range idleShards {
		if s.name != args[0] || s.compress != args[1] {
			continue
		}
		opened, err := s.open(ctx, target{rest: args[3], gateway: args[4], token: args[5], compress: args[1]}, n)
		if err != nil {
			return err
		}
		defer opened.Close()
		time.Sleep(idleFor)
		debug.FreeOSMemory()
		kb, err := ownRSS()
		if err != nil {
			return err
		}
		fmt.Println(kb)
		_, err = io.Copy(io.Discard, os.Stdin)
		return err
	}
	return fmt.Errorf("no side %q with %s", args[0], args[1])
}

// closers close together.
type closers []func() error

func (c closers) Close() error {
	var errs []error
	for _, f := range c {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}

func hostShards(ctx context.Context, to target, n int) (io.Closer, error) {
	data, err := os.MkdirTemp("", "shardhost-bench")
	if err != nil {
		return nil, err
	}
	file := filepath.Join(data, "config.hcl")
	text := fmt.Sprintf("discord {\n  intents = [\"GUILDS\"]\n}\ngateway {\n  compress = %q\n  identify_reserve = \"0%%\"\n  shards {\n    count = %d\n  }\n}\n", to.compress, n)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	cfg, diags := config.Load([]string{file}, config.Options{Overrides: config.Overrides{
		Token: to.token, BaseURL: to.rest, DataDir: data, AdminListen: "unix://" + filepath.Join(data, "admin.sock"),
	}})
	if cfg == nil || diags.HasErrors() {
		return nil, diags.Err()
	}
	h := host.New(cfg, host.Options{Logger: hclog.NewNullLogger(), Version: "bench"})
	return closers{h.Close, func() error { return os.RemoveAll(data) }}, h.Start(ctx)
}

func discordgoShards(_ context.Context, to target, n int) (io.Closer, error) {
	discordgo.EndpointGateway = to.rest + "/v9/gateway"
	var all closers
	for i := range n {
		s, err := discordgo.New("Bot " + to.token)
		if err != nil {
			return all, err
		}
		s.StateEnabled, s.Compress = false, false
		s.Identify.Compress = false
		s.Identify.Intents = discordgo.IntentsGuilds
		s.ShardID, s.ShardCount = i, n
		if err := s.Open(); err != nil {
			return all, err
		}
		all = append(all, s.Close)
	}
	return all, nil
}

func disgoShards(ctx context.Context, to target, n int) (io.Closer, error) {
	var all closers
	for i := range n {
		ready := make(chan struct{})
		g := disgo.New(to.token, func(_ disgo.EventType, _, _ int, e disgo.EventData) {
			if _, ok := e.(disgo.EventReady); ok {
				close(ready)
			}
		}, nil, disgo.WithURL(to.gateway), disgo.WithCompress(false), disgo.WithShardID(i), disgo.WithShardCount(n),
			disgo.WithIntents(disgo.IntentGuilds), disgo.WithLogger(slog.New(slog.DiscardHandler)))
		if err := g.Open(ctx); err != nil {
			return all, err
		}
		<-ready
		all = append(all, func() error { g.Close(context.Background()); return nil })
	}
	return all, nil
}

// loopShards is the floor: gorilla's connections as they come, and for
// zlib-stream a decompressor each.
func loopShards(ctx context.Context, to target, n int) (io.Closer, error) {
	url := to.gateway + "/?v=10&encoding=json"
	if to.compress != "none" {
		url += "&compress=" + to.compress
	}
	var all closers
	for i := range n {
		conn, _, err := websocket.DefaultDialer.DialContext(ctx, url, nil)
		if err != nil {
			return all, err
		}
		all = append(all, conn.Close)
		identify := fmt.Sprintf(`{"op":2,"d":{"token":%q,"intents":1,"shard":[%d,%d],"properties":{"os":"linux","browser":"x","device":"x"}}}`, to.token, i, n)
		if err := conn.WriteMessage(websocket.TextMessage, []byte(identify)); err != nil {
			return all, err
		}
		go drain(conn, to.compress)
	}
	return all, nil
}

// drain reads until the connection ends.
func drain(conn *websocket.Conn, compress string) {
	stream := websocket.JoinMessages(conn, "")
	if compress == "none" {
		_, _ = io.CopyBuffer(io.Discard, struct{ io.Reader }{stream}, make([]byte, 4096))
		return
	}
	z, err := zlib.NewReader(stream)
	if err == nil {
		_, _ = io.CopyBuffer(io.Discard, struct{ io.Reader }{z}, make([]byte, 4096))
	}
}
