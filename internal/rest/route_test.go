package rest

import (
	"strings"
	"testing"
)

func TestTemplate(t *testing.T) {
	cases := []struct{ name, method, path, route, major string }{
		{"channel messages", "POST", "/channels/81/messages", "POST /channels/{channel.id}/messages", "channels/81"},
		{"query is dropped", "GET", "/channels/81/messages?limit=5&after=1", "GET /channels/{channel.id}/messages", "channels/81"},
		{"one message", "PATCH", "/channels/81/messages/82", "PATCH /channels/{channel.id}/messages/{message.id}", "channels/81"},
		{"own reaction", "PUT", "/channels/81/messages/82/reactions/%F0%9F%94%A5/@me", "PUT /channels/{channel.id}/messages/{message.id}/reactions/{emoji}/@me", "channels/81"},
		{"reaction of a user", "DELETE", "/channels/81/messages/82/reactions/x:12/99", "DELETE /channels/{channel.id}/messages/{message.id}/reactions/{emoji}/{user.id}", "channels/81"},
		{"guild member role", "PUT", "/guilds/1/members/2/roles/3", "PUT /guilds/{guild.id}/members/{user.id}/roles/{role.id}", "guilds/1"},
		{"webhook", "POST", "/webhooks/12/aW1hZ2luZQ", "POST /webhooks/{webhook.id}/{webhook.token}", "webhooks/12/"},
		{"webhook message", "PATCH", "/webhooks/12/aW1hZ2luZQ/messages/@original", "PATCH /webhooks/{webhook.id}/{webhook.token}/messages/@original", "webhooks/12/"},
		{"webhook token of letters", "POST", "/webhooks/12/secret/slack", "POST /webhooks/{webhook.id}/{webhook.token}/slack", "webhooks/12/"},
		{"callback", "POST", "/interactions/5/aW50ZXI/callback", "POST /interactions/{interaction.id}/{interaction.token}/callback", "interactions/5/"},
		{"commands", "PUT", "/applications/7/guilds/8/commands", "PUT /applications/{application.id}/guilds/{guild.id}/commands", ""},
		{"me", "GET", "/users/@me", "GET /users/@me", ""},
		{"invite", "GET", "/invites/abc", "GET /invites/{invite.code}", ""},
		{"template", "POST", "/guilds/templates/abc", "POST /guilds/templates/{template.code}", ""},
		{"gateway", "GET", "/gateway/bot", "GET /gateway/bot", ""},
		{"unknown resource", "GET", "/things/12/parts/13", "GET /things/{id}/parts/{id}", ""},
		{"what is no word is hidden", "GET", "/channels/81/Zm9v.bar", "GET /channels/{channel.id}/{value}", "channels/81"},
		{"no method", "get\n", "/gateway", "? /gateway", ""},
		{"root", "GET", "/", "GET /", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			route, major := Template(c.method, c.path)
			if route != c.route {
				t.Errorf("route %q, want %q", route, c.route)
			}
			if prefix, ok := strings.CutSuffix(c.major, "/"); ok {
				if !strings.HasPrefix(major, prefix+"/") || len(major) <= len(prefix)+1 {
					t.Errorf("major %q, want %s/ and a hash", major, prefix)
				}
			} else if major != c.major {
				t.Errorf("major %q, want %q", major, c.major)
			}
		})
	}
}

func TestTemplateTellsTokensApart(t *testing.T) {
	_, a := Template("POST", "/webhooks/12/aaaa")
	_, b := Template("POST", "/webhooks/12/bbbb")
	if a == b {
		t.Errorf("two webhook tokens have one major parameter %q", a)
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add("POST", "webhooks", "12", "messages")
	f.Add("POST", "interactions", "12", "callback")
	f.Fuzz(func(t *testing.T, method, resource, id, tail string) {
		const secret = "S3cret-T0ken.of.someone"
		for _, path := range []string{"/webhooks/" + id + "/" + secret + "/" + tail, "/" + resource + "/" + id + "/" + secret} {
			if strings.Contains(id+tail+resource, "/") && strings.HasPrefix(path, "/"+resource) {
				continue // the secret then stands elsewhere; isWord alone hides it
			}
			route, major := Template(method, path)
			if strings.Contains(route, secret) || strings.Contains(major, secret) {
				t.Fatalf("Template(%q, %q) = %q, %q shows the token", method, path, route, major)
			}
			if strings.ContainsAny(route, "\r\n\x00") {
				t.Fatalf("Template(%q, %q) = %q has control characters", method, path, route)
			}
		}
	})
}
