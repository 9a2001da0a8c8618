package rest

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"
)

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return u
}

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestReadWindow(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	cases := []struct {
		name string
		h    http.Header
		want window
	}{
		{"all", headers("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "4", "X-RateLimit-Reset-After", "0.3", "X-RateLimit-Bucket", "abc"),
			window{true, "abc", 5, 4, 300 * time.Millisecond}},
		{"moment only", headers("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1700000002.5"),
			window{true, "", 5, 0, 2500 * time.Millisecond}},
		{"moment in the past", headers("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1"), window{true, "", 5, 0, 0}},
		{"more remaining than the limit", headers("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "50", "X-RateLimit-Reset-After", "1"), window{true, "", 5, 5, time.Second}},
		{"a reset for ever", headers("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "1e300"), window{true, "", 5, 0, maxReset}},
		{"none", headers(), window{}},
		{"no reset", headers("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "4"), window{}},
		{"garbage", headers("X-RateLimit-Limit", "x", "X-RateLimit-Remaining", "4", "X-RateLimit-Reset-After", "1"), window{}},
		{"negative", headers("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "-4", "X-RateLimit-Reset-After", "1"), window{}},
		{"no number", headers("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "4", "X-RateLimit-Reset-After", "NaN"), window{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := readWindow(c.h, now); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

func TestReadRefusal(t *testing.T) {
	cases := []struct {
		name string
		h    http.Header
		body string
		want refusal
	}{
		{"user", headers("X-RateLimit-Limit", "5", "X-RateLimit-Scope", "user", "Retry-After", "2"), `{"message":"x","retry_after":1.337,"global":false}`, refusal{after: 1337 * time.Millisecond}},
		{"header only", headers("X-RateLimit-Limit", "5", "Retry-After", "2"), ``, refusal{after: 2 * time.Second}},
		{"fraction in the header", headers("X-RateLimit-Limit", "5", "Retry-After", "0.25"), `{}`, refusal{after: 250 * time.Millisecond}},
		{"global by body", headers(), `{"retry_after":0.5,"global":true}`, refusal{after: 500 * time.Millisecond, global: true}},
		{"global by header", headers("X-RateLimit-Global", "true", "Retry-After", "3"), `{}`, refusal{after: 3 * time.Second, global: true}},
		{"global by scope", headers("X-RateLimit-Scope", "global"), `{"retry_after":1}`, refusal{after: time.Second, global: true}},
		{"shared", headers("X-RateLimit-Scope", "shared"), `{"retry_after":7}`, refusal{after: 7 * time.Second, shared: true}},
		{"banned", headers("Retry-After", "600"), `<html>error 1015</html>`, refusal{after: 10 * time.Minute, global: true, banned: true}},
		{"nothing said", headers(), `{}`, refusal{after: time.Second}},
		{"garbage", headers("X-RateLimit-Limit", "5", "Retry-After", "soon"), `{"retry_after":"later"}`, refusal{after: time.Second}},
		{"negative", headers("Retry-After", "-1"), `{"retry_after":-3}`, refusal{after: time.Second}},
		{"for ever", headers(), `{"retry_after":1e18}`, refusal{after: maxReset}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := readRefusal(c.h, []byte(c.body)); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

func TestParseGatewayBot(t *testing.T) {
	usual := usualLimit()
	cases := []struct {
		name, body string
		want       GatewayBot
		fails      bool
	}{
		{"documented", `{"url":"wss://gateway.discord.gg/","shards":9,"session_start_limit":{"total":1000,"remaining":999,"reset_after":14400000,"max_concurrency":16}}`,
			GatewayBot{"wss://gateway.discord.gg/", 9, SessionStartLimit{1000, 999, 4 * time.Hour, 16, true}}, false},
		{"no limit", `{"url":"ws://127.0.0.1:1","shards":2}`, GatewayBot{"ws://127.0.0.1:1", 2, usual}, false},
		{"limit null", `{"url":"ws://h","shards":2,"session_start_limit":null}`, GatewayBot{"ws://h", 2, usual}, false},
		{"limit empty", `{"url":"ws://h","shards":2,"session_start_limit":{}}`, GatewayBot{"ws://h", 2, usual}, false},
		{"limit is text", `{"url":"ws://h","shards":2,"session_start_limit":"x"}`, GatewayBot{"ws://h", 2, usual}, false},
		{"no shards", `{"url":"ws://h"}`, GatewayBot{"ws://h", 1, usual}, false},
		{"0 shards", `{"url":"ws://h","shards":0}`, GatewayBot{"ws://h", 1, usual}, false},
		{"shards as text", `{"url":"ws://h","shards":"many"}`, GatewayBot{"ws://h", 1, usual}, false},
		{"concurrency 0", `{"url":"ws://h","shards":1,"session_start_limit":{"total":5,"remaining":0,"reset_after":10,"max_concurrency":0}}`,
			GatewayBot{"ws://h", 1, SessionStartLimit{5, 0, 10 * time.Millisecond, 1, true}}, false},
		{"concurrency alone", `{"url":"ws://h","shards":1,"session_start_limit":{"max_concurrency":4}}`,
			GatewayBot{"ws://h", 1, SessionStartLimit{1000, 1000, 0, 4, false}}, false},
		{"unknown fields", `{"url":"wss://h/?x=1","shards":1,"new":{"a":[1]}}`, GatewayBot{"wss://h/?x=1", 1, usual}, false},
		{"url is http", `{"url":"https://h","shards":1}`, GatewayBot{}, true},
		{"no url", `{"shards":1}`, GatewayBot{}, true},
		{"html", `<html>`, GatewayBot{}, true},
		{"empty", ``, GatewayBot{}, true},
		{"null", `null`, GatewayBot{}, true},
		{"list", `[]`, GatewayBot{}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseGatewayBot([]byte(c.body))
			if (err != nil) != c.fails || got != c.want {
				t.Errorf("%+v, %v, want %+v", got, err, c.want)
			}
		})
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add("5", "4", "0.3", "1700000000.1", "2", `{"retry_after":1.5,"global":true}`)
	f.Add("", "", "NaN", "-Inf", "1e999", `{"url":"ws://h","shards":2,"session_start_limit":{"remaining":1}}`)
	f.Fuzz(func(t *testing.T, limit, remaining, resetAfter, reset, retryAfter, body string) {
		h := headers("X-RateLimit-Limit", limit, "X-RateLimit-Remaining", remaining, "X-RateLimit-Reset-After", resetAfter,
			"X-RateLimit-Reset", reset, "Retry-After", retryAfter)
		now := time.Unix(1_700_000_000, 0)
		if w := readWindow(h, now); w.ok && (w.limit < 1 || w.remaining < 0 || w.remaining > w.limit || w.reset < 0 || w.reset > maxReset) {
			t.Fatalf("window %+v", w)
		}
		if r := readRefusal(h, []byte(body)); r.after < 0 || r.after > maxReset {
			t.Fatalf("refusal %+v", r)
		}
		bot, err := parseGatewayBot([]byte(body))
		if err == nil && (bot.Shards < 1 || bot.SessionStartLimit.MaxConcurrency < 1 || bot.SessionStartLimit.Remaining < 0 || bot.SessionStartLimit.ResetAfter < 0) {
			t.Fatalf("gateway %+v", bot)
		}
		if message := messageOf([]byte(body)); len(message) > 300 {
			t.Fatalf("message of %s bytes", strconv.Itoa(len(message)))
		}
	})
}
