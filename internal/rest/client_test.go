package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type steps = []func() (*http.Response, error)

func TestNew(t *testing.T) {
	cases := []struct{ name, base, want, problem string }{
		{"default", "", "https://discord.com/api/v10", ""},
		{"without version", "http://127.0.0.1:1234/api", "http://127.0.0.1:1234/api/v10", ""},
		{"with version", "http://127.0.0.1:1234/api/v10/", "http://127.0.0.1:1234/api/v10", ""},
		{"bare host", "https://chat.example", "https://chat.example/v10", ""},
		{"another version", "https://chat.example/api/v9", "", "version 10 is spoken"},
		{"no scheme", "discord.com/api", "", "must begin with https://"},
		{"ftp", "ftp://discord.com/api", "", "must begin with https://"},
		{"query", "https://discord.com/api?x=1", "", "query"},
		{"password", "https://me:secret@discord.com/api", "", "user or password"},
		{"no URL", "https://discord.com/%zz", "", "no URL"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			client, err := New(Options{BaseURL: c.base, Token: token})
			switch {
			case c.problem != "":
				if err == nil || !strings.Contains(err.Error(), c.problem) || strings.Contains(err.Error(), "secret") {
					t.Fatalf("error %v, want one with %q", err, c.problem)
				}
			case err != nil:
				t.Fatal(err)
			case client.BaseURL() != c.want:
				t.Fatalf("base %q, want %q", client.BaseURL(), c.want)
			}
		})
	}
	if _, err := New(Options{Token: "abc\ndef"}); err == nil || strings.Contains(err.Error(), "abc") {
		t.Errorf("token with a line break: %v", err)
	}
}

// Over a real connection: what arrives is what was asked for, and the answer
// comes back as it was.
func TestDoOverHTTP(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", fmt.Sprint(r.Method, r.URL, r.Header.Get("Authorization"), r.Header.Get("User-Agent"),
			r.Header.Get("Content-Type"), r.Header.Get("X-Audit-Log-Reason"), string(body)))
		w.WriteHeader(418)
		_, _ = w.Write([]byte("\x00raw"))
	}))
	defer server.Close()
	client, err := New(Options{BaseURL: server.URL + "/api", Token: "Bot " + token, UserAgent: UserAgent("1.2.3")})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	got, err := client.Do(t.Context(), Request{Method: "PATCH", Path: "/channels/1/messages/2?x=%20y", Body: []byte(`{"a":1}`), Reason: "dß\nx"})
	if err != nil {
		t.Fatal(err)
	}
	want := "PATCH" + "/api/v10/channels/1/messages/2?x=%20y" + "Bot " + token + "DiscordBot (https://github.com/shardhost/shardhost, 1.2.3)" +
		"application/json" + "d%C3%9F%0Ax" + `{"a":1}`
	if seen := got.Header.Get("X-Seen"); seen != want {
		t.Errorf("seen  %s\nwant  %s", seen, want)
	}
	if got.Status != 418 || string(got.Body) != "\x00raw" {
		t.Errorf("answer %d %q", got.Status, got.Body)
	}
}

func TestDoRepeats(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: errors.New("refused")}
	broken := errors.New("connection reset")
	ok := say(200, `{}`)
	cases := []struct {
		name      string
		request   Request
		steps     steps
		status    int
		requests  int
		uncertain bool
		fails     bool
	}{
		{"GET after 502", Request{Method: "GET"}, steps{say(502, "<html>"), say(503, ""), ok}, 200, 3, false, false},
		{"GET for ever 500", Request{Method: "GET"}, steps{say(500, "")}, 500, attemptsBroken, false, false},
		{"POST after 502", Request{Method: "POST"}, steps{say(502, ""), ok}, 502, 1, false, false},
		{"PATCH after 500", Request{Method: "PATCH"}, steps{say(500, ""), ok}, 500, 1, false, false},
		{"repeatable POST after 502", Request{Method: "POST", Repeatable: true}, steps{say(502, ""), ok}, 200, 2, false, false},
		{"PUT on a broken connection", Request{Method: "PUT"}, steps{fail(broken), ok}, 200, 2, false, false},
		{"POST on a broken connection", Request{Method: "POST"}, steps{fail(broken), ok}, 0, 1, true, true},
		{"POST without a connection", Request{Method: "POST"}, steps{fail(dial), fail(dial), ok}, 200, 3, false, false},
		{"never a connection", Request{Method: "POST"}, steps{fail(dial)}, 0, attemptsBroken, false, true},
		{"GET on a broken connection for ever", Request{Method: "GET"}, steps{fail(broken)}, 0, attemptsBroken, true, true},
		{"POST after 429", Request{Method: "POST"}, steps{say(429, `{"retry_after":0.5}`, "X-RateLimit-Scope", "user"), ok}, 200, 2, false, false},
		{"429 for ever", Request{Method: "POST"}, steps{say(429, `{"retry_after":0.5}`)}, 429, attemptsLimited, false, false},
		{"429 for too long", Request{Method: "POST"}, steps{say(429, `{"retry_after":3600}`)}, 429, 1, false, false},
		{"404 is an answer", Request{Method: "GET"}, steps{say(404, "gone")}, 404, 1, false, false},
		{"a redirect is an answer", Request{Method: "GET"}, steps{say(302, "", "Location", "http://evil.example/")}, 302, 1, false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: c.steps}
				c.request.Path = "/channels/1/messages"
				client := newClient(t, s)
				got, err := client.Do(t.Context(), c.request)
				if got.Status != c.status || (err != nil) != c.fails || errors.Is(err, ErrUncertain) != c.uncertain {
					t.Errorf("status %d, error %v", got.Status, err)
				}
				if len(s.asked) != c.requests {
					t.Errorf("%d requests, want %d", len(s.asked), c.requests)
				}
				st, answers := client.Stats(), uint64(0)
				for _, n := range st.Answers {
					answers += n
				}
				if n := uint64(c.requests); st.Requests != n || st.Repeats != n-1 || st.Latency.Count() != n || answers != n || st.Answers[c.status/100] == 0 {
					t.Errorf("counted are %+v", st)
				}
			})
		})
	}
}

func TestDoTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}), func(o *Options) { o.Timeout = 2 * time.Second })
		began := time.Now()
		_, err := client.Do(t.Context(), Request{Method: "POST", Path: "/channels/1/messages"})
		if !errors.Is(err, ErrUncertain) || !strings.Contains(err.Error(), "no answer within 2s") || time.Since(began) != 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err = client.Do(ctx, Request{Method: "GET", Path: "/channels/1"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want the context's error", err)
		}
	})
}

// A 429 of one scope stops what it is about and nothing else.
func TestScopes(t *testing.T) {
	cases := []struct {
		name         string
		refusal      func() (*http.Response, error)
		other, later time.Duration // when a request of another channel, and the refused one, get through
		charged      int
	}{
		{"user", say(429, `{"retry_after":3}`, "X-RateLimit-Limit", "5", "X-RateLimit-Scope", "user"), 0, 3 * time.Second, 1},
		{"shared", say(429, `{"retry_after":3}`, "X-RateLimit-Limit", "5", "X-RateLimit-Scope", "shared"), 0, 3 * time.Second, 0},
		{"global", say(429, `{"retry_after":3,"global":true}`, "X-RateLimit-Scope", "global"), 3 * time.Second, 3 * time.Second, 1},
		{"banned", say(429, `error code: 1015`, "Retry-After", "30"), 30 * time.Second, 30 * time.Second, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := newClient(t, &script{steps: steps{c.refusal, say(200, `{}`)}})
				began := time.Now()
				var wg sync.WaitGroup
				do := func(path string, want time.Duration) {
					wg.Go(func() {
						if got, err := client.Do(t.Context(), Request{Method: "POST", Path: path, Owner: "p"}); err != nil || got.Status != 200 {
							t.Errorf("%s: %d, %v", path, got.Status, err)
						}
						if took := time.Since(began); took != want {
							t.Errorf("%s got through after %v, want %v", path, took, want)
						}
					})
				}
				do("/channels/1/messages", c.later)
				synctest.Wait()
				do("/channels/2/messages", c.other)
				wg.Wait()
				if n := client.Stats().Invalid["p"]; n != c.charged {
					t.Errorf("%d invalid requests are charged, want %d", n, c.charged)
				}
				if client.Stats().RateLimited != 1 {
					t.Errorf("stats %+v", client.Stats())
				}
			})
		})
	}
}

func TestDeadToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: steps{say(401, `{"message":"401: Unauthorized"}`)}}
		var log bytes.Buffer
		client := newClient(t, s, captureLog(&log))
		got, err := client.Do(t.Context(), Request{Method: "GET", Path: "/channels/1", Owner: "p"})
		if err != nil || got.Status != 401 {
			t.Fatalf("first: %d, %v", got.Status, err)
		}
		for range 5 {
			if _, err := client.Do(t.Context(), Request{Method: "GET", Path: "/channels/2"}); !errors.Is(err, ErrUnauthorized) {
				t.Fatalf("after it: %v", err)
			}
		}
		if len(s.asked) != 2 {
			t.Errorf("%d requests, want the first and one that verifies", len(s.asked))
		}
		if !client.Stats().Refused || strings.Contains(log.String(), token) {
			t.Errorf("stats %+v, log %s", client.Stats(), &log)
		}
	})
}

// What one route refuses does not silence the bot.
func TestRefusedRoute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/users/@me") || strings.HasSuffix(r.URL.Path, "/channels/1") {
				return answer(200, `{}`), nil
			}
			return answer(401, `{"code":50027,"message":"Invalid Webhook Token"}`), nil
		}))
		for _, path := range []string{"/webhooks/1/expired", "/oauth2/@me"} {
			if got, err := client.Do(t.Context(), Request{Method: "POST", Path: path}); err != nil || got.Status != 401 {
				t.Fatalf("%s: %d, %v", path, got.Status, err)
			}
		}
		if got, err := client.Do(t.Context(), Request{Method: "GET", Path: "/channels/1"}); err != nil || got.Status != 200 {
			t.Fatalf("a good route afterwards: %d, %v", got.Status, err)
		}
	})
}

func TestInvalidRequestsAreCharged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, &script{steps: steps{say(403, `{"code":50013}`)}})
		do := func(owner string) error {
			_, err := client.Do(t.Context(), Request{Method: "DELETE", Path: "/guilds/1/bans/2", Owner: owner})
			return err
		}
		began := time.Now()
		for n := range ownerShare {
			if err := do("bad"); err != nil {
				t.Fatal(err)
			}
			if n == slowFrom-1 && time.Since(began) > time.Minute/2 { // the global limit alone
				t.Errorf("the first half took %v", time.Since(began))
			}
		}
		if took := time.Since(began); took < invalidWindow/2 || took > invalidWindow*3/4 {
			t.Errorf("its share took %v, want the second half to be slow", took)
		}
		var refused *InvalidRequestsError
		if err := do("bad"); !errors.As(err, &refused) || refused.Own != ownerShare || !strings.Contains(err.Error(), `plugin "bad"`) {
			t.Fatalf("beyond its share: %v", err)
		}
		if err := errors.Join(do("good"), do("")); err != nil {
			t.Fatalf("others: %v", err)
		}
		if got := client.Stats().Invalid; got["bad"] != ownerShare || got["good"] != 1 || got[""] != 1 {
			t.Errorf("charged %v", got)
		}
		time.Sleep(invalidWindow) // in the bubble's time
		if err := do("bad"); err != nil {
			t.Errorf("ten minutes later: %v", err)
		}
		if got := client.Stats().Invalid; len(got) != 1 || got["bad"] != 1 {
			t.Errorf("charged after ten minutes %v", got)
		}
	})
}

func TestAllPluginsTogether(t *testing.T) {
	var l invalidLedger
	now := time.Unix(1_700_000_000, 0)
	for i := range allShare {
		l.charge(fmt.Sprint("plugin", i%20), now)
	}
	if err := l.permit("innocent", now); err == nil || !strings.Contains(err.Error(), "all plugins together") {
		t.Errorf("a plugin when all have used up theirs: %v", err)
	}
	if err := l.permit("", now); err != nil {
		t.Errorf("the host: %v", err)
	}
	if err := l.permit("innocent", now.Add(invalidWindow)); err != nil {
		t.Errorf("ten minutes later: %v", err)
	}
}

func TestNothingLeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const secret = "aW50ZXJhY3Rpb24tdG9rZW4"
		var log bytes.Buffer
		calls := 0
		client := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			calls++
			switch calls % 3 {
			case 0:
				return nil, &url.Error{Op: "Post", URL: r.URL.String(), Err: errors.New("connection reset")}
			case 1:
				return answer(429, `{"retry_after":0.1}`), nil
			}
			return answer(500, ``), nil
		}), captureLog(&log))
		for _, path := range []string{"/webhooks/1/" + secret, "/interactions/1/" + secret + "/callback", "/webhooks/1/" + secret + "/messages/%zz", "/" + secret} {
			for _, method := range []string{"GET", "POST"} {
				_, err := client.Do(t.Context(), Request{Method: method, Path: path})
				for _, hidden := range []string{secret, token} {
					if strings.Contains(fmt.Sprint(err), hidden) || strings.Contains(log.String(), hidden) {
						t.Fatalf("%s %s shows a token: %v\n%s", method, path, err, &log)
					}
				}
			}
		}
		if log.Len() == 0 {
			t.Error("the log is empty: nothing was tested")
		}
	})
}

func TestLargeAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, &script{steps: steps{say(200, strings.Repeat("x", 1001))}}, func(o *Options) { o.MaxResponse = 1000 })
		_, err := client.Do(t.Context(), Request{Method: "POST", Path: "/channels/1"})
		if err == nil || !strings.Contains(err.Error(), "larger than 1000 bytes") {
			t.Errorf("%v", err)
		}
	})
}

func TestGatewayBot(t *testing.T) {
	cases := []struct {
		name    string
		steps   steps
		shards  int
		problem string
	}{
		{"answer", steps{say(200, `{"url":"wss://g","shards":3}`)}, 3, ""},
		{"after a failure", steps{say(500, ``), say(200, `{"url":"wss://g","shards":3}`)}, 3, ""},
		{"a service without it", steps{say(404, ``), say(200, `{"url":"wss://g"}`)}, 1, ""},
		{"refused token", steps{say(401, ``)}, 0, "Discord refused the bot token"},
		{"forbidden", steps{say(403, `{"message":"no\u0007 bots"}`)}, 0, "status 403 (no  bots)"},
		{"garbage", steps{say(200, `<html>`)}, 0, "is base_url right?"},
		{"nobody there", steps{fail(&net.OpError{Op: "dial", Err: errors.New("refused")})}, 0, "ask http://api.test/api/v10 for the gateway"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, err := newClient(t, &script{steps: c.steps}).GatewayBot(t.Context())
				if c.problem == "" {
					if err != nil || got.Shards != c.shards || got.URL != "wss://g" {
						t.Errorf("%+v, %v", got, err)
					}
				} else if err == nil || !strings.Contains(err.Error(), c.problem) {
					t.Errorf("error %v, want one with %q", err, c.problem)
				}
			})
		})
	}
}

func BenchmarkDo(b *testing.B) {
	client, err := New(Options{BaseURL: "http://api.test", Token: token, Transport: transport(func(*http.Request) (*http.Response, error) {
		return answer(200, `{}`), nil
	})})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Do(b.Context(), Request{Method: "POST", Path: "/webhooks/1/t", Body: []byte(`{}`)}); err != nil {
			b.Fatal(err)
		}
	}
}
