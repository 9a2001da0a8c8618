package discordtest

import (
	"net/http"
	"strings"
	"time"
)

// route is one endpoint: a method, a path with {names}, and what it does.
type route struct {
	method  string
	pattern string
	parts   []string
	limit   Limit
	open    bool // needs no token
	global  bool // counts against the global limit
	handle  func(*call) answer
}

// name is the route as in Options.RouteLimits.
func (r *route) name() string { return r.method + " /" + r.pattern }

// major returns the parameters that split the route's limit.
// See https://docs.discord.com/developers/topics/rate-limits#rate-limits.
func (r *route) major(params map[string]string) string {
	switch r.parts[0] {
	case "channels":
		return params["channel"]
	case "guilds":
		return params["guild"]
	case "webhooks", "interactions":
		return params["application"] + params["interaction"] + params["token"]
	}
	return ""
}

// table lists the endpoints. Where two patterns match, the first counts.
//
// Discord does not document the limits of its routes. Here most allow 50
// requests in a second, so that a test of a thousand messages in one channel
// takes seconds; some are as short as they are known to be, so that a client
// meets them. Options.RouteLimits changes them.
func (r *rest) table() []*route {
	var routes []*route
	add := func(method, pattern string, handle func(*call) answer) *route {
		rt := &route{method: method, pattern: pattern, parts: strings.Split(pattern, "/"), limit: Limit{50, time.Second}, global: true, handle: handle}
		routes = append(routes, rt)
		return rt
	}
	limited := func(rt *route, n int, per time.Duration) { rt.limit = Limit{n, per} }

	add("GET", "gateway", (*call).gateway).open = true
	limited(add("GET", "gateway/bot", (*call).gatewayBot), 2, 5*time.Second)
	add("GET", "users/@me", (*call).me)
	limited(add("GET", "users/@me/guilds", (*call).myGuilds), 1, time.Second)
	limited(add("POST", "users/@me/channels", (*call).openDirect), 10, 10*time.Second)
	add("GET", "users/{user}", (*call).user)
	add("GET", "applications/@me", (*call).application)
	add("GET", "oauth2/applications/@me", (*call).application)

	add("GET", "guilds/{guild}", (*call).guild)
	add("GET", "guilds/{guild}/channels", (*call).guildChannels)
	limited(add("GET", "guilds/{guild}/members/{user}", (*call).guildMember), 5, time.Second)
	limited(add("GET", "guilds/{guild}/members", (*call).guildMembers), 10, 10*time.Second)
	add("GET", "channels/{channel}", (*call).channel)

	add("POST", "channels/{channel}/messages", (*call).createMessage)
	add("GET", "channels/{channel}/messages", (*call).listMessages)
	add("GET", "channels/{channel}/messages/{message}", (*call).getMessage)
	add("PATCH", "channels/{channel}/messages/{message}", (*call).editMessage)
	limited(add("DELETE", "channels/{channel}/messages/{message}", (*call).deleteMessage), 5, time.Second)
	limited(add("PUT", "channels/{channel}/messages/{message}/reactions/{emoji}/@me", (*call).addReaction), 1, 250*time.Millisecond)
	limited(add("DELETE", "channels/{channel}/messages/{message}/reactions/{emoji}/@me", (*call).removeReaction), 1, 250*time.Millisecond)
	limited(add("POST", "channels/{channel}/typing", (*call).typing), 5, 5*time.Second)

	// Interactions are answered with their own token, outside the global limit.
	token := func(rt *route) { rt.open, rt.global = true, false }
	token(add("POST", "interactions/{interaction}/{token}/callback", (*call).callback))
	token(add("POST", "webhooks/{application}/{token}", (*call).followUp))
	token(add("GET", "webhooks/{application}/{token}/messages/{message}", (*call).getFollowUp))
	token(add("PATCH", "webhooks/{application}/{token}/messages/{message}", (*call).editFollowUp))
	token(add("DELETE", "webhooks/{application}/{token}/messages/{message}", (*call).deleteFollowUp))

	for _, scope := range []string{"applications/{application}", "applications/{application}/guilds/{guild}"} {
		add("GET", scope+"/commands", (*call).listCommands)
		add("PUT", scope+"/commands", (*call).putCommands)
		add("POST", scope+"/commands", (*call).postCommand)
		add("GET", scope+"/commands/{command}", (*call).getCommand)
		add("PATCH", scope+"/commands/{command}", (*call).patchCommand)
		add("DELETE", scope+"/commands/{command}", (*call).deleteCommand)
	}
	for _, rt := range routes {
		if l, found := r.server.opts.RouteLimits[rt.name()]; found {
			rt.limit = l
		}
	}
	return routes
}

// find returns the route of a request and the values of its names. other says
// that the path exists with another method.
func (r *rest) find(method, path string) (rt *route, params map[string]string, other bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for _, rt := range r.routes {
		params, match := rt.match(parts)
		switch {
		case !match:
		case rt.method == method || method == http.MethodHead && rt.method == http.MethodGet:
			return rt, params, false
		default:
			other = true
		}
	}
	return nil, nil, other
}

func (r *route) match(parts []string) (map[string]string, bool) {
	if len(parts) != len(r.parts) {
		return nil, false
	}
	var params map[string]string
	for i, p := range r.parts {
		name, isName := strings.CutPrefix(p, "{")
		switch {
		case isName && parts[i] != "":
			if params == nil {
				params = make(map[string]string, 3)
			}
			params[strings.TrimSuffix(name, "}")] = parts[i]
		case p != parts[i]:
			return nil, false
		}
	}
	return params, true
}
