package journal

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/internal/fetch"
)

// WebClient makes calls of the web; *fetch.Client is one.
type WebClient interface {
	Do(ctx context.Context, r fetch.Request) (fetch.Response, error)
}

// sendWeb brings a call of the web to its end, as sendOne does.
func (o *Outbox) sendWeb(out *Outgoing) bool {
	c := out.Call
	idempotent := c.Method == http.MethodHead || c.Resend
	if out.begun && !o.again(out, idempotent, false) {
		return o.leave(out)
	}
	o.mu.Lock()
	allowed := o.allowed // of now: the grant may have become less
	o.mu.Unlock()
	if o.web == nil {
		return o.fail(out, errors.New("this host makes no calls of the web"))
	}
	answer, err := o.web.Do(o.ctx, fetch.Request{Method: c.Method, URL: c.URL, Header: c.Headers, Body: c.Body, Allowed: allowed})
	switch {
	case o.ctx.Err() != nil && err != nil:
		return false // not known to be over
	case err != nil:
		o.log.Warn("call failed", "route", route(c), "error", err)
		return o.fail(out, err)
	}
	return o.answer(out, int32(answer.Status), WebAnswer(answer.Header, answer.Body))
}

// WebAnswer is the body of a completion: see abi.FetchRequest.
func WebAnswer(header http.Header, body []byte) []byte {
	all := make(map[string]string, len(header))
	for name, values := range header {
		all[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err) // strings always marshal
	}
	return append(append(text, '\n'), body...)
}

// webFailure is what a guest is told of a call that got no answer.
func webFailure(method string, err error) (abi.Code, bool) {
	switch {
	case errors.Is(err, fetch.ErrRefused):
		return abi.Denied, true
	case errors.Is(err, fetch.ErrTooBig):
		return abi.TooBig, true
	case errors.Is(err, fetch.ErrUnsure):
		if method == http.MethodGet || method == http.MethodHead {
			return abi.Internal, true // there was nothing to take effect
		}
		return abi.Uncertain, true
	}
	return 0, false
}
