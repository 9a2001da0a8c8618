package effect

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/internal/rest"
)

// segments splits the path of a request, unescaped; ok is false for a path that
// could mean something else to the server than to the grant.
func segments(path string) (parts []string, ok bool) {
	path, query, _ := strings.Cut(path, "?")
	if !strings.HasPrefix(path, "/") || !plain(path) || !plain(query) {
		return nil, false
	}
	for raw := range strings.SplitSeq(path[1:], "/") {
		part, err := url.PathUnescape(raw)
		// A percent sign that is left means that it was escaped twice.
		if err != nil || part == "" || part == "." || part == ".." || strings.ContainsAny(part, "/\\?#%;") || !printable(part) {
			return nil, false
		}
		parts = append(parts, part)
	}
	return parts, true
}

// plain tells whether text may stand in a request line.
func plain(s string) bool { return printable(s) && !strings.ContainsAny(s, " #\\") }

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f })
}

// allowed tells whether one of the patterns covers the request. A pattern is
// "METHOD /path": METHOD may be *, a segment may be * for any one, and ** at
// the end stands for one or more: "/guilds/1/**" is not the guild itself.
func allowed(patterns []string, method string, parts []string) bool {
	for _, pattern := range patterns {
		m, route, _ := strings.Cut(pattern, " ")
		if m != "*" && m != method {
			continue
		}
		if covers(strings.Split(strings.TrimPrefix(strings.TrimSpace(route), "/"), "/"), parts) {
			return true
		}
	}
	return false
}

func covers(pattern, parts []string) bool {
	for i, p := range pattern {
		if i >= len(parts) {
			return false
		}
		if p == "**" && i == len(pattern)-1 {
			return true
		}
		if p != "*" && p != parts[i] {
			return false
		}
	}
	return len(pattern) == len(parts)
}

// pattern is what would allow a request: its route with * for each id and
// token.
func pattern(method, path string) string {
	route, _ := rest.Template(method, path)
	method, route, _ = strings.Cut(route, " ")
	parts := strings.Split(route, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = "*"
		}
	}
	return method + " " + strings.Join(parts, "/")
}

// foreignGuild finds the guild outside of a grant that a call is for: that of
// what is being handled, or the one that the path names.
func foreignGuild(guilds []uint64, handled uint64, parts []string) (what string, found bool) {
	if !slices.Contains(guilds, handled) {
		if handled == 0 {
			return "outside of a guild", true
		}
		return "for guild " + strconv.FormatUint(handled, 10), true
	}
	for i := 0; i+1 < len(parts); i++ {
		if parts[i] != "guilds" {
			continue
		}
		named, err := strconv.ParseUint(parts[i+1], 10, 64)
		if err != nil || !slices.Contains(guilds, named) {
			return "of guild " + parts[i+1], true
		}
	}
	return "", false
}

func restRoute(c *Call) (route, major string) { return rest.Template(c.Method, c.Path) }

// String names the call for messages: its method and path, without query and
// secrets.
func (c *Call) String() string {
	if c.Web() {
		route, _ := c.Route()
		return route
	}
	route, _ := rest.Template(c.Method, c.Path)
	method, route, _ := strings.Cut(route, " ")
	path, _, _ := strings.Cut(c.Path, "?")
	parts, raw := strings.Split(route, "/"), strings.Split(path, "/")
	for i := range min(len(parts), len(raw)) {
		if strings.HasSuffix(parts[i], "id}") {
			parts[i] = raw[i]
		}
	}
	return method + " " + strings.Join(parts, "/")
}

// Allows tells whether a grant covers a request.
func Allows(g *config.DiscordGrant, method, path string) bool {
	parts, ok := segments(path)
	return ok && allowed(g.Allow, method, parts)
}
