package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// tracePath is where collectors take traces, below the endpoint.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp-request
const tracePath = "/v1/traces"

func (d *decoder) tracing(b *hcl.Block, t *Tracing) {
	var endpoint *value
	t.Sample, t.Service, t.Headers = 0.01, "shardhost", map[string]Secret{}
	d.body("tracing", b.Body, shape{
		args: []argument{
			{"endpoint", custom("URL", "required", func(v value) { endpoint = &v; v.collector(&t.Endpoint) }), "takes OTLP over HTTP with Protobuf, such as `\"http://127.0.0.1:4318\"`; `/v1/traces` is added where it is missing"},
			{"sample", custom("share, `\"0%\"` to `\"100%\"`", "`\"1%\"`", func(v value) { v.share(&t.Sample, 100) }), "of wanted events that is traced, at random; `\"100%\"` while you develop"},
			{"service", custom("text", code("%q", t.Service), func(v value) { t.Service, _ = v.filled() }), "the name under which the traces are found"},
		},
		blocks: map[string]blockShape{
			"headers": {decode: func(b *hcl.Block) { d.secrets(b, t.Headers, value.header) }},
		},
	})
	switch {
	case endpoint == nil && !d.argument(b, "endpoint"):
		d.errorf(b.DefRange, "Missing endpoint", "Write where a collector takes OTLP over HTTP, for example endpoint = \"http://127.0.0.1:4318\".")
	case strings.HasPrefix(t.Endpoint, "http://") && len(t.Headers) > 0:
		if u, err := url.Parse(t.Endpoint); err == nil && !loopback(u.Hostname()) {
			d.errorf(endpoint.rng, "Headers sent unencrypted", "With http what the headers say crosses the network in the clear. Write https, or leave the block headers out.")
		}
	}
}

// collector takes the URL of an OTLP receiver, as OTEL_EXPORTER_OTLP_ENDPOINT or
// with the path.
func (v value) collector(p *string) {
	s, ok := v.filled()
	if !ok {
		return
	}
	u, err := url.Parse(strings.TrimSpace(s))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Fragment != "":
		v.wrong("%s is not the URL of a collector: write one such as \"http://127.0.0.1:4318\".", v.show())
		return
	case u.User != nil || u.RawQuery != "":
		v.wrong("The URL has a user, a password or a query in it: what the collector asks for belongs into the block headers.")
		return
	case u.Port() == "4317":
		v.wrong("Port 4317 is OTLP over gRPC, and the host speaks OTLP over HTTP. Collectors take that at port 4318.")
		return
	}
	if u.Path = strings.TrimRight(u.Path, "/"); !strings.HasSuffix(u.Path, tracePath) {
		u.Path += tracePath
	}
	*p = u.String()
}

// headerName is a token of HTTP: https://www.rfc-editor.org/rfc/rfc9110#name-tokens
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// header judges what a collector wants to be sent.
func (v value) header(s string) bool {
	reserved := []string{"host", "content-length", "content-type", "transfer-encoding"}
	switch {
	case !headerName.MatchString(v.name) || slices.Contains(reserved, strings.ToLower(v.name)):
		v.wrong("%q is not a header that can be set here.", v.name)
	case s == "" || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }):
		v.wrong("It is empty, or has a line break or another character that no header has.")
	default:
		return true
	}
	return false
}
