package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// grant decodes plugin.grant: a block of a capability's name grants it.
func (d *decoder) grant(plugin string, b *hcl.Block, p *Plugin) {
	g := &p.Grant
	g.At = location(b.DefRange)
	name := plugin + ".grant"
	d.body(name, b.Body, shape{blocks: map[string]blockShape{
		"discord": {decode: func(b *hcl.Block) {
			g.Discord = &DiscordGrant{}
			d.body(name+".discord", b.Body, shape{args: []argument{
				{"allow", texts(&g.Discord.Allow, value.route).or("nothing"), "REST routes: `\"POST /channels/*/messages\"`; `*` is one part of the path or any method, `**` at the end all that follows"},
				{"rate", custom("rate", "no limit of its own", func(v value) { v.rate(&g.Discord.Rate) }), "such as `\"10/s\"`; Discord's own limits are always kept"},
				{"guilds", custom("list of ids", "all", func(v value) {
					g.Discord.Guilds = []uint64{}
					v.guilds(&g.Discord.Guilds)
				}), "the only guilds for which it may call: what it handles must come from one of them, and where the path names a guild, that must be one too. The host does not know whose a channel is, so keep `allow` narrow as well"},
			}})
		}},
		"http": {decode: func(b *hcl.Block) {
			g.HTTP = &HTTPGrant{}
			d.body(name+".http", b.Body, shape{args: []argument{
				{"allow", texts(&g.HTTP.Allow, value.origin).need(), "addresses: `\"https://api.example.com\"`, `\"https://*.example.com\"`, `\"https://*\"` for any, with a port or a path if need be"},
				{"private", boolean(&g.HTTP.Private), "`true`: also machines of private networks, this one among them"},
			}})
		}},
		"kv": {decode: func(b *hcl.Block) {
			g.KV = &KVGrant{Quota: 16 << 20}
			d.body(name+".kv", b.Body, shape{args: p.lined("grant.kv", b, []argument{
				{"quota", size(&g.KV.Quota, 1<<10, 1<<40), "of the plugin's own keys and values"},
			})})
		}},
		"timers": {decode: func(b *hcl.Block) {
			g.Timers = &TimersGrant{Max: 10000}
			d.body(name+".timers", b.Body, shape{args: p.lined("grant.timers", b, []argument{
				{"max", integer(&g.Timers.Max, 1, 1000000), "timers that may be set at once"},
			})})
		}},
		"gateway": {decode: func(b *hcl.Block) {
			g.Gateway = &GatewayGrant{}
			d.body(name+".gateway", b.Body, shape{args: []argument{
				{"allow", texts(&g.Gateway.Allow, value.command).need(), "commands: `presence`, `members`, `voice`, `soundboard`, `channels`"},
			}})
		}},
		"bus": {decode: func(b *hcl.Block) {
			g.Bus = &BusGrant{}
			d.body(name+".bus", b.Body, shape{args: []argument{
				{"publish", texts(&g.Bus.Publish, value.topic).or("nothing"), "topics that the plugin may publish: `[\"levels.up\"]`; `*` stands for one word, at the end for one or more"},
				{"subscribe", texts(&g.Bus.Subscribe, value.topic).or("nothing"), "topics whose messages it gets, from whichever plugin"},
			}})
		}},
	}})
}

// route judges "POST /channels/*/messages".
func (v value) route(s string) bool {
	methods := []string{"GET", "POST", "PUT", "PATCH", "DELETE", "*"}
	method, path, ok := strings.Cut(s, " ")
	path = strings.TrimSpace(path)
	switch {
	case !ok && strings.HasPrefix(s, "/"):
		v.wrong("%s has no method.%s", v.show(), v.did("* "+s))
	case !ok || path == "":
		v.wrong("%s is not a route: write a method and a path such as \"POST /channels/*/messages\".", v.show())
	case !slices.Contains(methods, method):
		v.wrong("The method of %s is not one of %s.%s", v.show(), list(methods), v.suggest(method, methods[:5]))
	case !strings.HasPrefix(path, "/"):
		v.wrong("The path of %s does not begin with /.%s", v.show(), v.did(method+" /"+path))
	case strings.HasPrefix(path, "/api/"):
		v.wrong("Paths begin after the version of the API.%s", v.did(method+" "+apiPrefix.ReplaceAllString(path, "/")))
	case strings.ContainsAny(path, "?# {}"):
		v.wrong("%s has a character that a path has not: * stands for one part, ** at the end for all that follow.", v.show())
	case strings.Contains(strings.TrimSuffix(path, "/**"), "**"):
		v.wrong("In %s, ** does not stand at the end, as the last part of the path. * stands for one part.", v.show())
	default:
		return true
	}
	return false
}

var apiPrefix = regexp.MustCompile(`^/api/(v\d+/)?`)

// origin judges an address that fetch may call.
func (v value) origin(s string) bool {
	u, err := url.Parse(s)
	switch {
	case err == nil && u.Scheme == "" && !strings.Contains(s, "://"):
		v.wrong("%s has no scheme.%s", v.show(), v.did("https://"+s))
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		v.wrong("%s is not a web address: write one such as \"https://api.example.com\".", v.show())
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		v.wrong("An address that is allowed has a scheme, a host, and maybe a port and a path, and nothing else.")
	case u.Hostname() != "*" && strings.Contains(strings.TrimPrefix(u.Host, "*."), "*"):
		v.wrong("In %s, * does not stand for the first part of the host, as in \"https://*.example.com\", or for all of it.", v.show())
	default:
		return true
	}
	return false
}

// rate sets p to so many calls in a time.
func (v value) rate(p *Rate) {
	s, ok := v.quantity()
	if !ok {
		return
	}
	r, hint := parseRate(s)
	if hint != "" {
		v.wrong("%s is not a rate: %s", v.show(), v.hint(hint, `write a number of calls and a time such as "10/s"`))
		return
	}
	*p = r
}

// command judges the name of a gateway command.
func (v value) command(s string) bool {
	_, ok := v.oneOf([]string{"presence", "members", "voice", "soundboard", "channels"})
	return ok
}

var topicShape = regexp.MustCompile(`^(\*|[a-z0-9_-]+)(\.(\*|[a-z0-9_-]+))*$`)

// topic judges a bus topic: words with dots between them, * for one word, at
// the end for one or more.
func (v value) topic(s string) bool {
	if !topicShape.MatchString(s) {
		v.wrong("%s is not a topic: write words of lower-case letters, digits, - and _ with dots between them, such as \"levels.up\" or \"levels.*\".", v.show())
		return false
	}
	return true
}
