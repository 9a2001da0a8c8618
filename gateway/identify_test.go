package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
)

func TestGovernor(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		var mu sync.Mutex
		var log []string
		note := func(format string, args ...any) {
			mu.Lock()
			defer mu.Unlock()
			log = append(log, fmt.Sprintf(format, args...))
		}
		g, _ := testGateway(s, Options{})
		g.Identifier.Governor = governorFunc(func(ctx context.Context, shard int) (func(bool), error) {
			note("acquire %d", shard)
			select {
			case <-time.After(time.Minute):
			case <-ctx.Done():
				note("cancelled")
				return nil, ctx.Err()
			}
			return func(ready bool) { note("release %t", ready) }, nil
		})
		result := opening(g)
		p := s.next()
		p.hello()
		synctest.Wait()
		p.closes(0) // while it waits for its slot
		p = s.next()
		p.hello()
		p.hears(2) // heartbeats go on while it waits
		p.says(`{"op":9,"d":false}`)
		p = s.next()
		p.hello()
		p.hears(2)
		p.ready(1)
		if err := <-result; err != nil {
			t.Fatal(err)
		}
		p.closes(0)
		p = s.next()
		p.hello()
		p.hears(6) // never asks
		p.dispatch("RESUMED", 2, `{}`)
		g.Close()
		want := "acquire 1, cancelled, acquire 1, release false, acquire 1, release true"
		if got := strings.Join(log, ", "); got != want {
			t.Errorf("governor saw %s, want %s", got, want)
		}
	})
}

func TestGovernorRefuses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		g.Identifier.Governor = governorFunc(func(context.Context, int) (func(bool), error) {
			return nil, errors.New("budget is spent until noon")
		})
		opened := opening(g)
		s.next().hello()
		s.next()
		if st := g.Status(); !strings.Contains(st.LastError, "until noon") || st.Identifies != 0 {
			t.Errorf("status %+v", st)
		}
		g.Close()
		<-opened
	})
}

func TestOwnPace(t *testing.T) {
	bubble(t, func(t *testing.T) {
		id := DefaultIdentifier("x")
		copied := *id
		start := time.Now()
		for i, id := range []*Identifier{id, &copied, id} {
			if err := id.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			if want := time.Duration(i) * 5 * time.Second; time.Since(start) != want {
				t.Errorf("IDENTIFY %d after %s, want %s", i, time.Since(start), want)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := id.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait returned %v", err)
		}
	})
}

func TestIdentifier(t *testing.T) {
	id := NewIdentifier(IdentifyData{Token: "Bot abc"})
	if id.shard() != *DefaultShard || id.bareToken() != "abc" {
		t.Errorf("shard %v token %q", id.shard(), id.bareToken())
	}
	id.Shard = DefaultShard
	id.SetShard(3, 5)
	if *DefaultShard != (Shard{0, 1}) {
		t.Error("SetShard changed DefaultShard")
	}
	if id.Shard.ShardID() != 3 || id.Shard.NumShards() != 5 {
		t.Errorf("shard %v", id.Shard)
	}
	for _, token := range []string{"abc", "Bot abc", " Bot abc\n", "abc "} {
		id.Token = token
		if got := id.bareToken(); got != "abc" {
			t.Errorf("token %q became %q", token, got)
		}
	}
}

// The token is in IDENTIFY and RESUME and nowhere else.
func TestTokenStaysSecret(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		var log bytes.Buffer
		g, _ := testGateway(s, Options{Logger: hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: &log})})
		p := opened(t, s, g)
		p.closes(0)
		p = s.next()
		p.hello()
		p.hears(6)
		p.says(`{"op":9,"d":false}`)
		p = s.next()
		p.hello()
		p.hears(2)
		p.closes(4004)
		<-g.Done()
		text := log.String() + fmt.Sprintf("%v %+v %#v %s %v", g.Err(), *g.Identifier, *g.Identifier, g.Identifier.IdentifyData, g.Status())
		if strings.Contains(text, secretToken) {
			t.Errorf("the token is in %s", text)
		}
		if !strings.Contains(log.String(), "shard=1") {
			t.Errorf("log does not name the shard: %s", log.String())
		}
	})
}

func TestAddGatewayParams(t *testing.T) {
	for _, test := range []struct{ name, url, want string }{
		{"bare", "wss://gateway.discord.gg", "wss://gateway.discord.gg/?encoding=json&v=10"},
		{"slash", "wss://gateway.discord.gg/", "wss://gateway.discord.gg/?encoding=json&v=10"},
		{"path", "ws://h:1/ws", "ws://h:1/ws?encoding=json&v=10"},
		{"query is kept", "wss://h/?a=b&v=6", "wss://h/?a=b&encoding=json&v=10"},
		{"twice", AddGatewayParams("wss://h"), "wss://h/?encoding=json&v=10"},
		{"compress is kept", "wss://h/?compress=zlib-stream", "wss://h/?compress=zlib-stream&encoding=json&v=10"},
		{"broken", "wss://h\x7f", "wss://h\x7f"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := AddGatewayParams(test.url); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	u, err := dialURL("wss://h/?compress=zlib-stream", CompressZstd)
	if err != nil || u.String() != "wss://h/?compress=zstd-stream&encoding=json&v=10" {
		t.Errorf("dial %s, %v", u, err)
	}
	if u, _ := dialURL("wss://h/?compress=zlib-stream", CompressPayload); u.Query().Has("compress") {
		t.Errorf("dial %s", u)
	}
}
