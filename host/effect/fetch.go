package effect

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/wasm"
	"github.com/shardhost/shardhost/internal/fetch"
)

// Bounds of the headers that a guest may give.
const (
	maxHeaders     = 64
	maxHeaderBytes = 16 << 10
)

// fetchCall asks for a call of the web.
func fetchCall(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	tag, document := p[0], bytesAt(g, p, 1)
	if r.env.Grant.HTTP == nil {
		return r.deny("http", `add a block "http" with allow = ["https://HOST"] to grant`)
	}
	if len(document) > maxRequest {
		return abi.TooBig
	}
	if !r.inFrame() {
		return abi.Invalid
	}
	call, to, code := parseFetch(document)
	if code != abi.OK {
		return code
	}
	if !WebAllowed(r.env.Grant.HTTP).Covers(to) {
		return r.deny("http "+fetch.Origin(to), `add "`+fetch.Origin(to)+`" to allow in the block "http" of grant`)
	}
	return r.call(call, tag, len(document))
}

// WebAllowed is what a grant allows; nil allows nothing.
func WebAllowed(g *config.HTTPGrant) fetch.Allowed {
	if g == nil {
		return fetch.Allowed{}
	}
	return fetch.Allowed{Addresses: g.Allow, Private: g.Private}
}

// parseFetch reads a request document. The call shares no memory with it.
func parseFetch(document []byte) (*Call, *url.URL, abi.Code) {
	var d abi.FetchRequest
	if !utf8.Valid(document) || json.Unmarshal(document, &d) != nil {
		return nil, nil, abi.Invalid
	}
	switch d.Method {
	case "":
		d.Method = "GET"
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE":
	default:
		return nil, nil, abi.Invalid
	}
	switch d.OnUncertain {
	case "", "fail", "resend":
	default:
		return nil, nil, abi.Invalid
	}
	to, err := fetch.Parse(d.URL)
	if err != nil {
		return nil, nil, abi.Invalid
	}
	if len(d.Context) > abi.MaxContext || len(d.URL) > maxPath || len(d.Headers) > maxHeaders {
		return nil, nil, abi.TooBig
	}
	size := 0
	for name, value := range d.Headers {
		size += len(name) + len(value)
		if !headerName(name) || strings.ContainsAny(value, "\r\n\x00") {
			return nil, nil, abi.Invalid
		}
	}
	if size > maxHeaderBytes {
		return nil, nil, abi.TooBig
	}
	return &Call{
		Method: d.Method, URL: to.String(), Headers: d.Headers, Body: []byte(d.Body), Context: d.Context,
		Resend: d.OnUncertain == "resend", Await: d.Await,
	}, to, abi.OK
}

// headerName tells whether a guest may set a header: a token of RFC 9110 that is
// not the connection's own.
func headerName(name string) bool {
	switch strings.ToLower(name) {
	case "", "host", "content-length", "connection", "transfer-encoding", "te", "trailer", "upgrade", "proxy-authorization", "proxy-connection", "keep-alive", "expect":
		return false
	}
	return !strings.ContainsFunc(name, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, c)
	})
}

// Web tells whether the call is one of the web, not of Discord.
func (c *Call) Web() bool { return c.URL != "" }

// Route names what calls of a kind go to, for queues and logs, without secrets:
// Discord's route with its major parameter, or a server.
func (c *Call) Route() (route, major string) {
	if !c.Web() {
		return restRoute(c)
	}
	u, err := url.Parse(c.URL)
	if err != nil {
		return c.Method + " the web", ""
	}
	return c.Method + " " + fetch.Origin(u), ""
}
