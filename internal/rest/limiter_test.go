package rest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func steady(d time.Duration) func() time.Duration { return func() time.Duration { return d } }

// Whatever the load, Discord never has to refuse anything.
func TestLimitsAreKept(t *testing.T) {
	cases := []struct {
		name     string
		server   *strict
		channels int
		each     int
		paths    []string
		atLeast  time.Duration // so long the limits make it take
		atMost   time.Duration
	}{
		{"one bucket", &strict{limit: 5, window: 5 * time.Second, delay: steady(20 * time.Millisecond)}, 1, 40, []string{"/channels/%d/messages"}, 35 * time.Second, 41 * time.Second},
		{"a window shorter than an answer's way", &strict{limit: 1, window: 250 * time.Millisecond, delay: steady(200 * time.Millisecond)}, 1, 20, []string{"/channels/%d/messages"}, 5 * time.Second, 14 * time.Second},
		{"many channels meet the global limit", &strict{limit: 5, window: time.Second, delay: steady(30 * time.Millisecond)}, 100, 4, []string{"/channels/%d/messages"}, 7 * time.Second, 10 * time.Second},
		{"answers that overtake each other", &strict{limit: 10, window: 2 * time.Second, delay: func() time.Duration { return rand.N(20 * time.Millisecond) }}, 3, 60, []string{"/channels/%d/messages"}, 10 * time.Second, 15 * time.Second},
		{"routes that share a bucket", &strict{limit: 5, window: 5 * time.Second, delay: steady(20 * time.Millisecond), hash: func(string) string { return "same" }}, 1, 40, []string{"/channels/%d/messages", "/channels/%d/typing", "/channels/%d/pins"}, 35 * time.Second, 60 * time.Second},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if c.server.hash == nil {
					c.server.hash = func(route string) string { return route }
				}
				client := newClient(t, c.server)
				began := time.Now()
				var wg sync.WaitGroup
				for channel := range c.channels {
					for i := range c.each {
						wg.Go(func() {
							path := fmt.Sprintf(c.paths[i%len(c.paths)], 100+channel)
							got, err := client.Do(t.Context(), Request{Method: "POST", Path: path, Body: []byte("{}")})
							if err != nil || got.Status != 200 {
								t.Errorf("status %d, %v", got.Status, err)
							}
						})
					}
				}
				wg.Wait()
				took := time.Since(began)
				// Routes whose shared bucket nobody knows yet may collide once each.
				allowed := len(c.paths) - 1
				if c.server.refused > allowed {
					t.Errorf("%d requests were refused, want at most %d", c.server.refused, allowed)
				}
				if took < c.atLeast || took > c.atMost {
					t.Errorf("took %v, want %v to %v", took, c.atLeast, c.atMost)
				}
				if c.server.served1 != c.channels*c.each {
					t.Errorf("%d served, want %d", c.server.served1, c.channels*c.each)
				}
			})
		})
	}
}

// A process that follows another one keeps the limit with it, and starts
// nevertheless.
func TestPredecessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const before = globalRate - hostShare // what plugins sent in the last moment
		server := &strict{limit: 100, window: time.Second, delay: steady(10 * time.Millisecond), hash: func(route string) string { return route }}
		died := time.Now()
		server.seconds, server.buckets, server.served = map[int64]int{died.Unix(): before}, map[string]*strictWindow{}, map[string]int{}
		client := newClient(t, server, func(o *Options) { o.Predecessor = died })
		var wg sync.WaitGroup
		for i := range globalRate {
			wg.Go(func() {
				got, err := client.Do(t.Context(), Request{Method: "POST", Path: fmt.Sprintf("/channels/%d/messages", i), Body: []byte("{}"), Owner: "ping"})
				if err != nil || got.Status != 200 {
					t.Errorf("status %d, %v", got.Status, err)
				}
			})
		}
		synctest.Wait()
		if got, err := client.Do(t.Context(), Request{Method: "GET", Path: "/gateway/bot"}); err != nil || got.Status != 200 {
			t.Errorf("status %d, %v", got.Status, err)
		}
		if took := time.Since(died); took > 100*time.Millisecond {
			t.Errorf("the host's own request took %v", took)
		}
		wg.Wait()
		if server.refused > 0 {
			t.Errorf("%d requests were refused", server.refused)
		}
	})
}

func TestOwnersTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &strict{limit: 1000, window: time.Second, delay: steady(10 * time.Millisecond), hash: func(route string) string { return route }}
		client := newClient(t, server)
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 2000 {
			wg.Go(func() {
				_, _ = client.Do(ctx, Request{Method: "POST", Path: fmt.Sprintf("/channels/%d/messages", 100+i%40), Owner: "flood"})
			})
		}
		synctest.Wait()
		time.Sleep(3 * time.Second)
		calm := func(i int) time.Duration {
			began := time.Now()
			if _, err := client.Do(ctx, Request{Method: "POST", Path: fmt.Sprintf("/channels/%d/messages", 100+i), Owner: "calm"}); err != nil {
				t.Fatal(err)
			}
			return time.Since(began)
		}
		if first := calm(0); first > globalWindow+100*time.Millisecond {
			t.Errorf("beside a flood of 2000 requests the first of another plugin waited %v", first)
		}
		time.Sleep(globalWindow) // now the flood leaves room
		for i := range 100 {
			time.Sleep(100 * time.Millisecond)
			if took := calm(1000 + i); took > 30*time.Millisecond {
				t.Errorf("beside a flood of 2000 requests request %d of another plugin took %v", i, took)
			}
		}
		before := server.count()
		time.Sleep(10 * globalWindow)
		if n := server.count() - before; n < 10*(globalRate-hostShare-lightShare) {
			t.Errorf("the flood got %d requests through in ten windows", n)
		}
		stop()
		wg.Wait()
	})
}

func TestCallbacksAndWebhooksPassTheGlobalLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []func() (*http.Response, error){say(200, `{}`)}}
		client := newClient(t, s)
		client.limits.global.pause(time.Now().Add(time.Minute))
		began := time.Now()
		for _, path := range []string{"/interactions/1/tok/callback", "/webhooks/1/tok", "/webhooks/1/tok/messages/@original"} {
			if _, err := client.Do(t.Context(), Request{Method: "POST", Path: path}); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("they waited %v", took)
		}
		for _, r := range s.asked {
			if r.Header.Get("Authorization") != "" {
				t.Errorf("%s carried the bot's token, which it does not need", r.URL.Path)
			}
		}
		if n := client.Stats().Buckets; n != 2 {
			t.Errorf("%d buckets, want one for each route of the webhook and none for callbacks", n)
		}
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []func() (*http.Response, error){
			say(200, `{}`, "X-RateLimit-Limit", "1", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "60"),
		}}
		client := newClient(t, s)
		post := func(ctx context.Context) error {
			_, err := client.Do(ctx, Request{Method: "POST", Path: "/channels/1/messages"})
			return err
		}
		if err := post(t.Context()); err != nil {
			t.Fatal(err)
		}

		// A deadline that is too early is known at once.
		early, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		began := time.Now()
		var limited *LimitedError
		if err := post(early); !errors.As(err, &limited) || time.Since(began) != 0 {
			t.Errorf("%v after %v, want a LimitedError at once", err, time.Since(began))
		} else if wait := time.Until(limited.Until); wait != time.Minute {
			t.Errorf("the limit ends in %v, want a minute", wait)
		}

		cancelled, stop := context.WithCancel(t.Context())
		results := make(chan error, 3)
		for range 3 {
			go func() { results <- post(cancelled) }()
		}
		synctest.Wait()
		stop()
		for range 3 {
			if err := <-results; !errors.Is(err, context.Canceled) || errors.Is(err, ErrUncertain) {
				t.Errorf("a waiting request: %v, want context.Canceled and no uncertainty", err)
			}
		}
		// Nobody left the turnstile locked.
		if err := post(t.Context()); err != nil {
			t.Error(err)
		}
		if len(s.asked) != 2 {
			t.Errorf("%d requests were sent, want 2", len(s.asked))
		}
	})
}

func TestBucketsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []func() (*http.Response, error){
			say(200, `{}`, "X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "4", "X-RateLimit-Reset-After", "1", "X-RateLimit-Bucket", "h"),
		}}
		client := newClient(t, s)
		for i := range 3 * sweepEvery {
			if _, err := client.Do(t.Context(), Request{Method: "POST", Path: fmt.Sprintf("/channels/%d/messages", i+1)}); err != nil {
				t.Fatal(err)
			}
		}
		if n := client.Stats().Buckets; n > 2*sweepEvery {
			t.Errorf("%d buckets are kept after %d channels", n, 3*sweepEvery)
		}
		for i := range maxRoutes + 10 {
			if _, err := client.Do(t.Context(), Request{Method: "POST", Path: "/webhooks/1/t/" + strings.Repeat("a", 1+i%30) + strings.Repeat("b", i/30%30) + strings.Repeat("c", i/900)}); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(client.limits.routes); n > maxRoutes {
			t.Errorf("%d routes are kept", n)
		}
	})
}

func TestTurnstile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var gate turnstile
		if err := gate.enter(t.Context(), "first"); err != nil {
			t.Fatal(err)
		}
		var order []string
		ended := make(chan struct{})
		for _, owner := range []string{"a", "a", "a", "b", "b", "c"} {
			go func() {
				if err := gate.enter(t.Context(), owner); err != nil {
					t.Error(err)
				}
				order = append(order, owner)
				gate.leave()
				ended <- struct{}{}
			}()
			synctest.Wait()
		}
		gone, cancel := context.WithCancel(t.Context())
		go func() {
			if err := gate.enter(gone, "d"); !errors.Is(err, context.Canceled) {
				t.Errorf("the one that gave up: %v", err)
			}
			ended <- struct{}{}
		}()
		synctest.Wait()
		cancel()
		<-ended
		gate.leave()
		for range 6 {
			<-ended
		}
		if got := strings.Join(order, ""); got != "abcaba" {
			t.Errorf("order %s, want abcaba", got)
		}
		if gate.busy() {
			t.Error("the turnstile is held by nobody and says it is busy")
		}
	})
}
