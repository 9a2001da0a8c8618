package rest

import (
	"strings"
	"testing"
)

func TestNewTarget(t *testing.T) {
	cases := []struct{ name, method, path, problem string }{
		{"message", "POST", "/channels/1/messages", ""},
		{"query", "GET", "/channels/1/messages?limit=5&around=3", ""},
		{"encoded emoji", "PUT", "/channels/1/messages/2/reactions/%F0%9F%94%A5/@me", ""},
		{"emoji as it is", "PUT", "/channels/1/messages/2/reactions/🔥/@me", ""},
		{"encoded query", "GET", "/guilds/1/members/search?query=a%20b%26c", ""},
		{"no slash", "GET", "channels/1", "must begin"},
		{"empty", "GET", "", "must begin"},
		{"another host", "GET", "//evil.example/x", "empty segment"},
		{"a scheme", "GET", "http://evil.example/x", "must begin"},
		{"at sign host", "GET", "@evil.example/x", "must begin"},
		{"parent", "GET", "/channels/../users/@me", "not allowed"},
		{"encoded parent", "GET", "/channels/%2e%2E/users", "not allowed"},
		{"current", "GET", "/./users", "not allowed"},
		{"encoded slash", "GET", "/channels/1%2f2", "encoded separator"},
		{"encoded backslash", "GET", "/channels/1%5C2", "encoded separator"},
		{"encoded question mark", "GET", "/channels/1%3f", "encoded separator"},
		{"encoded newline", "GET", "/channels/1%0d%0aX: y", "must be percent-encoded"},
		{"encoded newline alone", "GET", "/channels/1%0d%0aX", "control character"},
		{"newline", "GET", "/channels/1\r\nHost: x", "must be percent-encoded"},
		{"newline in query", "GET", "/channels?x=%0a", "broken query"},
		{"fragment", "GET", "/channels#x", "not allowed"},
		{"backslash", "GET", `/channels\1`, "not allowed"},
		{"broken encoding", "GET", "/channels/%zz", "percent-encoding"},
		{"trailing slash", "GET", "/channels/", "empty segment"},
		{"method", "CONNECT", "/channels", "use GET"},
		{"method in lower case", "get", "/channels", "use GET"},
		{"too long", "GET", "/" + strings.Repeat("a", maxPath), "at most"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := newTarget("https://discord.com/api/v10", Request{Method: c.method, Path: c.path})
			switch {
			case c.problem == "" && err != nil:
				t.Fatal(err)
			case c.problem == "" && got.url != "https://discord.com/api/v10"+c.path:
				t.Errorf("url %q", got.url)
			case c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)):
				t.Errorf("error %v, want one with %q", err, c.problem)
			}
		})
	}
}

func TestUnmetered(t *testing.T) {
	cases := []struct {
		name, path         string
		ownToken, callback bool
	}{
		{"callback", "/interactions/1/tok/callback", true, true},
		{"follow-up", "/webhooks/1/tok", true, false},
		{"edit of the answer", "/webhooks/1/tok/messages/@original", true, false},
		{"webhook without token", "/webhooks/1", false, false},
		{"message", "/channels/1/messages", false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := newTarget("http://x", Request{Method: "POST", Path: c.path})
			if err != nil {
				t.Fatal(err)
			}
			if got.ownToken != c.ownToken || got.callback != c.callback {
				t.Errorf("ownToken %t, callback %t", got.ownToken, got.callback)
			}
		})
	}
}

// Whatever a plugin asks for stays below the base URL of the API.
func FuzzNewTarget(f *testing.F) {
	for _, path := range []string{"/channels/1", "//x", "/%2e%2e/x", "/a?b=c", "/\u00e4", "/@x:y@z/"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got, err := newTarget("https://discord.com/api/v10", Request{Method: "GET", Path: path})
		if err != nil {
			return
		}
		u := mustParse(t, got.url)
		if u.Host != "discord.com" || u.Scheme != "https" || u.User != nil || !strings.HasPrefix(u.Path, "/api/v10/") || strings.Contains(u.Path, "/../") || u.Fragment != "" {
			t.Fatalf("%q became %s", path, u)
		}
	})
}
