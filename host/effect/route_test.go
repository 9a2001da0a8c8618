package effect

import (
	"net/url"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/abi"
)

func TestAllowed(t *testing.T) {
	for _, c := range []struct {
		name     string
		patterns []string
		method   string
		path     string
		want     bool
	}{
		{"the route itself", []string{"POST /channels/*/messages"}, "POST", "/channels/81/messages", true},
		{"with a query", []string{"GET /channels/*/messages"}, "GET", "/channels/81/messages?limit=5&before=1", true},
		{"a query that looks like a path", []string{"GET /channels/*/messages"}, "GET", "/channels/81?/messages", false},
		{"another method", []string{"POST /channels/*/messages"}, "DELETE", "/channels/81/messages", false},
		{"any method", []string{"* /channels/*/messages"}, "DELETE", "/channels/81/messages", true},
		{"a longer path", []string{"GET /channels/*"}, "GET", "/channels/81/messages", false},
		{"a shorter path", []string{"GET /channels/*/messages"}, "GET", "/channels/81", false},
		{"another word", []string{"GET /channels/*/messages"}, "GET", "/channels/81/pins", false},
		{"another case", []string{"GET /channels/*"}, "GET", "/Channels/81", false},
		{"one channel only", []string{"POST /channels/81/messages"}, "POST", "/channels/82/messages", false},
		{"a literal star", []string{"POST /channels/81/messages"}, "POST", "/channels/*/messages", false},
		{"all that follows", []string{"* /guilds/81/**"}, "PATCH", "/guilds/81/members/82", true},
		{"all that follows, one part", []string{"* /guilds/81/**"}, "GET", "/guilds/81/roles", true},
		{"all that follows is not the thing itself", []string{"* /guilds/81/**"}, "DELETE", "/guilds/81", false},
		{"everything", []string{"* /**"}, "GET", "/gateway", true},
		{"stars within are literal", []string{"GET /a/**/b"}, "GET", "/a/x/b", false},
		{"the second of several", []string{"GET /a", "GET /b"}, "GET", "/b", true},
		{"none", nil, "GET", "/gateway", false},
		{"an emoji", []string{"PUT /channels/*/messages/*/reactions/*/@me"}, "PUT", "/channels/1/messages/2/reactions/%F0%9F%91%8D/@me", true},
		{"escaped letters", []string{"GET /channels/*"}, "GET", "/%63hannels/81", true},
		{"an escaped slash", []string{"GET /channels/*"}, "GET", "/channels/81%2Fmessages", false},
		{"an escaped slash, twice", []string{"GET /channels/*"}, "GET", "/channels/81%252Fmessages", false},
		{"escaped dots", []string{"* /channels/**"}, "GET", "/channels/%2e%2E/guilds/81", false},
		{"dots", []string{"* /channels/**"}, "DELETE", "/channels/../guilds/81", false},
		{"a dot", []string{"* /channels/**"}, "GET", "/channels/./81", false},
		{"two slashes", []string{"* /channels/**"}, "GET", "/channels//81", false},
		{"two slashes first", []string{"* /**"}, "GET", "//evil.example/x", false},
		{"a slash at the end", []string{"GET /channels/*"}, "GET", "/channels/81/", false},
		{"an address", []string{"* /**"}, "GET", "https://evil.example/x", false},
		{"no slash", []string{"* /**"}, "GET", "channels/81", false},
		{"a backslash", []string{"* /**"}, "GET", `/channels\..\x`, false},
		{"an escaped backslash", []string{"* /**"}, "GET", "/channels/%5c..", false},
		{"a fragment", []string{"* /**"}, "GET", "/channels/81#x", false},
		{"an escaped question mark", []string{"* /**"}, "GET", "/channels/81%3Fx", false},
		{"a parameter", []string{"* /**"}, "GET", "/channels/81;x=1", false},
		{"a space", []string{"* /**"}, "GET", "/channels/8 1", false},
		{"a line break", []string{"* /**"}, "GET", "/channels/81\r\nX: y", false},
		{"an escaped line break", []string{"* /**"}, "GET", "/channels/81%0d%0aX", false},
		{"a NUL", []string{"* /**"}, "GET", "/channels/%00", false},
		{"a line break in the query", []string{"* /**"}, "GET", "/channels/81?x=1\n", false},
		{"broken escapes", []string{"* /**"}, "GET", "/channels/%zz", false},
		{"nothing", []string{"* /**"}, "GET", "", false},
		{"the root", []string{"* /**"}, "GET", "/", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts, ok := segments(c.path)
			if got := ok && allowed(c.patterns, c.method, parts); got != c.want {
				t.Errorf("%v of %s %s is %v, want %v", c.patterns, c.method, c.path, got, c.want)
			}
		})
	}
}

func TestPatternAllowsWhatItIsMadeFrom(t *testing.T) {
	for path, want := range map[string]string{
		"/channels/81/messages":                       "POST /channels/*/messages",
		"/channels/81/messages?limit=1":               "POST /channels/*/messages",
		"/interactions/81/aW50ZXJhY3Rpb24/callback":   "POST /interactions/*/*/callback",
		"/webhooks/81/SECRET/messages/@original":      "POST /webhooks/*/*/messages/@original",
		"/channels/1/messages/2/reactions/%F0%9F/@me": "POST /channels/*/messages/*/reactions/*/@me",
		"/users/@me/channels":                         "POST /users/@me/channels",
	} {
		got := pattern("POST", path)
		if got != want {
			t.Errorf("%s gives %q, want %q", path, got, want)
		}
		if parts, ok := segments(path); ok && !allowed([]string{got}, "POST", parts) {
			t.Errorf("%q does not allow %s", got, path)
		}
	}
}

// FuzzCall: whatever a guest asks for, what is let through means the same to
// the grant and to the server.
func FuzzCall(f *testing.F) {
	for _, path := range []string{"/channels/81/messages?x=1", "/a/%2e%2e/b", "//x", "/%63hannels/1", "/channels/1;x"} {
		f.Add([]byte(`{"method":"POST","path":"` + path + `","body":{"a":1},"context":"c","on_uncertain":"resend"}`))
	}
	f.Add([]byte(`{"method":"POST","path":"/x","body":null}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, document []byte) {
		call, parts, code := parseCall(document)
		if code != abi.OK {
			if call != nil {
				t.Fatal("a call with an error")
			}
			return
		}
		if len(call.Path) > maxPath || len(call.Context) > abi.MaxContext {
			t.Fatalf("too long: %+v", call)
		}
		u, err := url.Parse("https://discord.com/api/v10" + call.Path)
		if err != nil {
			t.Fatalf("path %q: %v", call.Path, err)
		}
		if u.Host != "discord.com" || u.Fragment != "" || u.Path != "/api/v10/"+strings.Join(parts, "/") {
			t.Fatalf("path %q is %q to a server and %q to the grant", call.Path, u.Path, parts)
		}
		if again := u.JoinPath(); again.Path != u.Path {
			t.Fatalf("path %q becomes %q when it is cleaned", u.Path, again.Path)
		}
	})
}

func TestForeignGuild(t *testing.T) {
	granted := []uint64{81, 82}
	for _, c := range []struct {
		name    string
		handled uint64
		path    string
		want    string // "": none
	}{
		{"a channel, for a granted guild", 81, "/channels/5/messages", ""},
		{"a channel, for another", 83, "/channels/5/messages", "for guild 83"},
		{"a channel, for no guild", 0, "/channels/5/messages", "outside of a guild"},
		{"a granted guild", 81, "/guilds/82/bans/5", ""},
		{"another guild", 81, "/guilds/83/bans/5", "of guild 83"},
		{"another guild, later in the path", 81, "/users/@me/guilds/83", "of guild 83"},
		{"what is no guild", 81, "/guilds/templates/x", "of guild templates"},
		{"all guilds", 81, "/users/@me/guilds", ""},
	} {
		parts, ok := segments(c.path)
		if !ok {
			t.Fatalf("%s: bad path", c.name)
		}
		if what, found := foreignGuild(granted, c.handled, parts); what != c.want || found != (c.want != "") {
			t.Errorf("%s: %q, %v, want %q", c.name, what, found, c.want)
		}
	}
}
