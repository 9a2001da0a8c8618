package sdk

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shardhost/shardhost/abi"
)

// Request is a call of Discord's REST API in full. Most plugins need no more
// than Ctx.REST.
type Request struct {
	Method string
	Path   string // below the API version, as /channels/1/messages?limit=5
	Body   any    // see Object; nil: none
	Reason string // for the audit log

	// Then receives the answer. It is kept in memory: after a reload or a
	// restart the answer goes to Continue instead.
	Then func(c *Ctx, r *Response) error

	// Continue names a handler registered with OnResponse, which receives the
	// answer, with Data, even if the plugin is another by then.
	Continue string
	Data     string // at most 4000 bytes of UTF-8

	// Resend lets the host send the request again when it died before it knew
	// whether the first one had an effect. Without it such a request ends with
	// the error "uncertain". GET, PUT and DELETE are always sent again, and
	// messages carry a nonce that makes the second one vanish.
	Resend bool
}

// Response is the answer to a Request.
type Response struct {
	Status int    // of HTTP; negative when there was none
	Body   JSON   // it may be kept
	Data   string // Request.Data
}

// Err returns nil for an answer with status 2xx, and what went wrong else, in
// Discord's words where there are any.
func (r *Response) Err() error {
	if r.Status >= 200 && r.Status < 300 {
		return nil
	}
	if r.Status < 0 {
		return &callError{"rest", "", abi.Code(r.Status)}
	}
	text := "discord answered " + strconv.Itoa(r.Status)
	if message := r.Body.Get("message").String(); message != "" {
		text += ": " + message
	}
	if code := r.Body.Get("code").Int(); code != 0 {
		text += " (" + strconv.FormatInt(code, 10) + ")"
	}
	return errors.New(text)
}

// OnResponse registers the handler for answers to requests that Continue
// under that name.
func OnResponse(name string, fn func(c *Ctx, r *Response) error) {
	h := responseHandler{newHandler("OnResponse", 1), name, fn}
	if name == "" || strings.Contains(name, "\n") {
		h.refuse("the name must be one line of text")
	}
	if plugin.response(name) != nil {
		h.refuse("another handler has the name " + strconv.Quote(name))
	}
	plugin.responses = append(plugin.responses, h)
}

func (p *registry) response(name string) *responseHandler {
	for i := range p.responses {
		if p.responses[i].name == name {
			return &p.responses[i]
		}
	}
	return nil
}

// REST asks for a call of Discord's REST API and returns at once; the host
// makes it when the handler has returned nil, within Discord's rate limits and
// with the bot's token. then, which may be nil, receives the answer; the
// variables it encloses are lost in a reload: see Request.Continue. body is
// what Object says, and nil for none.
func (c *Ctx) REST(method, path string, body any, then func(c *Ctx, r *Response) error) error {
	return c.Do(&Request{Method: method, Path: path, Body: body, Then: then})
}

// Do asks for a call of Discord's REST API, as REST does.
func (c *Ctx) Do(r *Request) error {
	document, err := r.document()
	if err != nil {
		return errors.New("rest " + r.object() + ": " + err.Error())
	}
	var tag uint64
	if r.Then != nil || r.Continue != "" {
		tag = c.guest.calls.next()
	}
	if err := failed("rest", r.object(), c.guest.host.REST(tag, string(document))); err != nil {
		return err
	}
	if r.Then != nil {
		c.guest.calls.then(tag, r.object(), r.Then)
	}
	return nil
}

// object names the request for messages. Tokens, which stand in the paths of
// interactions and webhooks, are not part of the name.
func (r *Request) object() string {
	path, _, _ := strings.Cut(r.Path, "?")
	parts := strings.Split(path, "/")
	if len(parts) > 3 && (parts[1] == "interactions" || parts[1] == "webhooks") {
		parts[3] = "..."
	}
	return r.Method + " " + strings.Join(parts, "/")
}

// document is abi.RestRequest as JSON.
func (r *Request) document() ([]byte, error) {
	b := append(make([]byte, 0, 512), `{"method":`...)
	b = appendString(b, r.Method)
	b = append(b, `,"path":`...)
	b = appendString(b, r.Path)
	if r.Body != nil {
		var err error
		if b, err = appendJSON(append(b, `,"body":`...), r.Body); err != nil {
			return nil, err
		}
	}
	if r.Reason != "" {
		b = appendString(append(b, `,"reason":`...), r.Reason)
	}
	switch {
	case r.Continue != "":
		if plugin.response(r.Continue) == nil {
			return nil, errors.New("nothing is registered with OnResponse under the name " + strconv.Quote(r.Continue))
		}
		context := r.Continue + "\n" + r.Data
		if len(context) > abi.MaxContext || !utf8.ValidString(context) {
			return nil, errors.New("the data must be UTF-8 and at most " + strconv.Itoa(abi.MaxContext-1-len(r.Continue)) + " bytes")
		}
		b = appendString(append(b, `,"context":`...), context)
	case r.Data != "":
		return nil, errors.New("data is kept for a handler named in Continue")
	}
	if r.Resend {
		b = append(b, `,"on_uncertain":"resend"`...)
	}
	return append(b, '}'), nil
}
