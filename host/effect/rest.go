package effect

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
)

// maxRequest bounds a request document, in bytes.
const maxRequest = 1 << 20

// restDocument is abi.RestRequest with its body.
type restDocument struct {
	abi.RestRequest
	Body json.RawMessage `json:"body"`
}

func restCall(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	tag, document := p[0], bytesAt(g, p, 1)
	if r.env.Grant.Discord == nil {
		return r.deny("discord", `add a block "discord" with allow = ["METHOD /route"] to grant`)
	}
	if len(document) > maxRequest {
		return abi.TooBig
	}
	var d restDocument
	if !r.inFrame() || !utf8.Valid(document) || json.Unmarshal(document, &d) != nil || !validRequest(d) {
		return abi.Invalid
	}
	if len(d.Context) > abi.MaxContext {
		return abi.TooBig
	}
	if !allowed(r.env.Grant.Discord.Allow, d.Method, d.Path) {
		route, _, _ := strings.Cut(d.Path, "?")
		return r.deny("discord "+d.Method+" "+hideTokens(route), `add the route to allow in the block "discord" of grant`)
	}
	if r.inflight.Load() >= int64(r.env.Limits.Inflight) {
		return abi.TryAgain
	}
	r.inflight.Add(1)
	f := r.frame()
	call := &Call{
		Method: d.Method, Path: d.Path, Body: append([]byte(nil), d.Body...), Reason: d.Reason,
		Context: d.Context, Tag: tag, Guild: f.Guild, Shard: f.Shard, Resend: d.OnUncertain == "resend",
	}
	if string(call.Body) == "null" {
		call.Body = nil
	}
	r.record(Effect{Kind: Rest, Tag: tag, Call: call})
	return abi.OK
}

func validRequest(d restDocument) bool {
	switch d.Method {
	case "GET", "POST", "PUT", "PATCH", "DELETE":
	default:
		return false
	}
	switch d.OnUncertain {
	case "", "fail", "resend":
	default:
		return false
	}
	_, ok := segments(d.Path)
	return ok && len(d.Path) <= 2048
}

func restCancel(r *Recorder, _ *wasm.Guest, p []uint64) abi.Code {
	if !r.inFrame() || p[0] == 0 {
		return abi.Invalid
	}
	r.record(Effect{Kind: Cancel, Tag: p[0]})
	return abi.OK
}

// segments splits the path of a request, unescaped; ok is false for a path that
// could mean something else to the server than to the grant.
func segments(path string) (parts []string, ok bool) {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "#\\ ") {
		return nil, false
	}
	u, err := url.ParseRequestURI(path)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return nil, false
	}
	for _, raw := range strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/") {
		part, err := url.PathUnescape(raw)
		if err != nil || part == "" || part == "." || part == ".." || strings.ContainsAny(part, "/\\\x00") {
			return nil, false
		}
		parts = append(parts, part)
	}
	return parts, true
}

// allowed tells whether one of the patterns covers the request. A pattern is
// "METHOD /path": METHOD may be *, a segment may be * for any one, and ** at
// the end stands for all that follows.
func allowed(patterns []string, method, path string) bool {
	parts, ok := segments(path)
	if !ok {
		return false
	}
	for _, pattern := range patterns {
		m, route, _ := strings.Cut(pattern, " ")
		if (m == "*" || m == method) && covers(strings.Split(strings.TrimPrefix(strings.TrimSpace(route), "/"), "/"), parts) {
			return true
		}
	}
	return false
}

func covers(pattern, parts []string) bool {
	for i, p := range pattern {
		if p == "**" && i == len(pattern)-1 {
			return len(parts) >= i
		}
		if i >= len(parts) || (p != "*" && p != parts[i]) {
			return false
		}
	}
	return len(pattern) == len(parts)
}

// hideTokens replaces what may be an interaction's or a webhook's token: the
// third segment below these routes.
func hideTokens(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > 3 && (parts[1] == "webhooks" || parts[1] == "interactions") {
		parts[3] = "***"
	}
	return strings.Join(parts, "/")
}
