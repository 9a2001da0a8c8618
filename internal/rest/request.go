package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/shardhost/shardhost/internal/trace"
)

// A Request is one call of Discord's API.
type Request struct {
	Method string // GET, POST, PUT, PATCH or DELETE
	Path   string // below the version, with its query: "/channels/1/messages?limit=5"
	Body   []byte // JSON; nil: none
	Reason string // for the audit log; any text, Discord keeps 512 characters
	Owner  string // the plugin that asks; "": the host itself

	// ContentType replaces application/json, for a multipart body.
	ContentType string

	// Span is what the attempts descend from; nil: they are not traced.
	Span *trace.Span

	// Repeatable says that the call does no harm when it takes place twice, such
	// as a message create with a nonce and enforce_nonce. GET, PUT and DELETE
	// are repeatable by themselves.
	Repeatable bool
}

// A Response is Discord's answer, of whatever status.
type Response struct {
	Status int
	Body   []byte
	Header http.Header
}

// A target is a request that has been checked.
type target struct {
	Request
	url      string
	route    string // for logs and errors: without secrets
	major    string
	ownToken bool // a webhook's or interaction's: no bot token, no global limit
	callback bool // an interaction's first answer: no bucket
	attempts int  // that were traced
	failures int  // attempts so far that met a 5xx or no answer
}

// repeatable reports whether the call may be sent again when nobody knows
// whether it took place.
func (t *target) repeatable() bool {
	switch t.Method {
	case http.MethodGet, http.MethodPut, http.MethodDelete:
		return true
	}
	return t.Repeatable
}

// maxPath is far beyond any path of the API, and short of what servers refuse.
const maxPath = 4096

// newTarget checks a request. base is the API's address with its version,
// without a slash at the end.
func newTarget(base string, r Request) (*target, error) {
	route, major := Template(r.Method, r.Path)
	t := &target{Request: r, url: base + r.Path, route: route, major: major}
	switch r.Method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return nil, fmt.Errorf("rest: method of %s: use GET, POST, PUT, PATCH or DELETE", route)
	}
	if err := checkPath(r.Path); err != nil {
		return nil, fmt.Errorf("rest: path of %s: %w", route, err)
	}
	if strings.ContainsAny(r.ContentType, "\r\n\x00") {
		return nil, fmt.Errorf("rest: content type of %s: control characters are not allowed", route)
	}
	if _, err := url.Parse(t.url); err != nil {
		return nil, fmt.Errorf("rest: path of %s: it is no valid URL path", route) // the error itself would show the path
	}
	path, _, _ := strings.Cut(r.Path, "?")
	t.ownToken, t.callback = unmetered(strings.Split(path[1:], "/"))
	return t, nil
}

// checkPath refuses whatever could leave the API, or be read by the server in
// another way than by whoever granted the route.
func checkPath(path string) error {
	if len(path) > maxPath {
		return fmt.Errorf("%d bytes, at most %d are allowed", len(path), maxPath)
	}
	if !strings.HasPrefix(path, "/") {
		return fmt.Errorf(`it must begin with "/", below the API version, such as /channels/1/messages`)
	}
	for i := range len(path) {
		switch c := path[i]; {
		case c <= ' ' || c == 0x7f:
			return fmt.Errorf("spaces and control characters must be percent-encoded")
		case c == '#' || c == '\\':
			return fmt.Errorf("%q is not allowed", c)
		}
	}
	path, query, _ := strings.Cut(path, "?")
	for segment := range strings.SplitSeq(path[1:], "/") {
		plain, err := url.PathUnescape(segment)
		switch {
		case err != nil:
			return fmt.Errorf("broken percent-encoding")
		case plain == "":
			return fmt.Errorf("an empty segment")
		case plain == "." || plain == "..":
			return fmt.Errorf(`"." and ".." are not allowed`)
		case strings.ContainsAny(plain, "/\\?#") || strings.ContainsFunc(plain, isControl):
			return fmt.Errorf("an encoded separator or control character is not allowed")
		}
	}
	if plain, err := url.QueryUnescape(query); err != nil || strings.ContainsFunc(plain, isControl) {
		return fmt.Errorf("broken query")
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
