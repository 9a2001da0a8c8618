package gateway

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
)

func TestTLS(t *testing.T) {
	// httptest has a certificate for 127.0.0.1, and a client that trusts it.
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	server := discordtest.NewServer(discordtest.Options{
		TLS: &tls.Config{Certificates: web.TLS.Certificates}, HeartbeatInterval: 100 * time.Millisecond,
	})
	defer server.Close()
	id := DefaultIdentifier(server.Token)
	id.AddIntents(IntentGuilds)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	// It goes on trying: a certificate may be renewed. The status says why.
	untrusting := New(server.Gateway, id, Options{Backoff: quickly})
	opening, giveUp := context.WithCancel(ctx)
	opened := make(chan error, 1)
	go func() { opened <- untrusting.Open(opening) }()
	for untrusting.Status().LastError == "" && ctx.Err() == nil {
		untrusting.mu.Lock()
		changed := untrusting.changed
		untrusting.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	if text := untrusting.Status().LastError; !strings.Contains(text, "certificate") {
		t.Errorf("a certificate that nobody vouches for: %q", text)
	}
	giveUp()
	if err := <-opened; err == nil {
		t.Error("opened all the same")
	}

	roots := web.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	g := New(server.Gateway, id, Options{Sink: &orderly{t: t}, Compress: CompressZstd, TLS: &tls.Config{RootCAs: roots}, Backoff: quickly})
	if err := g.Open(ctx); err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if _, err := server.Fault(discordtest.Fault{Kind: discordtest.FaultHalfOpen}); err != nil {
		t.Fatal(err)
	}
	if err := server.WaitFor(ctx, func() bool { return server.Stats().Resumes == 1 }); err != nil {
		t.Fatal("half-open connection was not noticed: ", err)
	}
	if err := g.Send(ctx, discord.OpPresenceUpdate, UpdatePresenceCommand{Status: "dnd"}); err != nil {
		t.Error(err)
	}
}
