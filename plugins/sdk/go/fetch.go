package sdk

import (
	"bytes"
	"errors"
	"strings"

	"github.com/shardhost/shardhost/abi"
)

// WebRequest is a call of the web, other than of Discord. It needs the grant http,
// which names the addresses that may be called.
type WebRequest struct {
	Method string // "": GET
	URL    string
	Header map[string]string
	Body   string

	// Resend lets the host send the request again when it died before it knew
	// whether the first one had an effect. GET, PUT and DELETE always are.
	Resend bool
}

// WebResponse is the answer to a WebRequest, of whatever status.
type WebResponse struct {
	Status int
	Header map[string]string // names in lower case
	Body   []byte
}

// JSON is the body as JSON.
func (r *WebResponse) JSON() JSON { return JSON(r.Body) }

// Get calls an address of the web and waits for the answer: see Fetch.
func (c *Ctx) Get(url string) (*WebResponse, error) { return c.Fetch(&WebRequest{URL: url}) }

// Fetch makes a call of the web and waits for the answer, as Await does for Discord.
// An answer with another status than 2xx is no error.
func (c *Ctx) Fetch(r *WebRequest) (*WebResponse, error) {
	method := r.Method
	if method == "" {
		method = "GET"
	}
	origin, _, _ := strings.Cut(r.URL, "?") // what follows may be secret
	object := method + " " + origin
	headers := Object{}
	for name, value := range r.Header {
		headers[name] = value
	}
	request := Object{"method": method, "url": r.URL, "headers": headers, "body": r.Body}
	if r.Resend {
		request["on_uncertain"] = "resend"
	}
	document, err := appendJSON(nil, request)
	if err != nil {
		return nil, errors.New("fetch " + object + ": " + err.Error())
	}
	answer, err := c.await(document, func(tag uint64, document string) error {
		return failed("fetch", object, c.guest.host.Fetch(tag, document))
	})
	if err != nil {
		return nil, err
	}
	head, body, _ := bytes.Cut(answer.Body, []byte("\n"))
	if answer.Status < 0 {
		why := abi.Code(answer.Status).String()
		if message := JSON(body).Get("message").String(); message != "" {
			why += ": " + message
		}
		return nil, errors.New("fetch " + object + ": " + why)
	}
	got := &WebResponse{Status: answer.Status, Header: map[string]string{}, Body: body}
	for name, value := range JSON(head).Fields() {
		got.Header[name] = value.String()
	}
	return got, nil
}
