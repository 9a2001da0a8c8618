package plugin

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/internal/fetch"
)

const webDocument = `{"url":"https://api.example.com/v1/say?key=k","method":"POST","headers":{"X-Key":"k"},"body":"hello"`

// TestFetch: a call of the web leaves after the commit, and its answer comes back
// with the headers.
func TestFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var calls []fetch.Request
		w.web = func(r fetch.Request) (fetch.Response, error) {
			calls = append(calls, r)
			return fetch.Response{Status: 201, Header: http.Header{"X-Made": {"a", "b"}}, Body: []byte("two\nlines")}, nil
		}
		w.open(scripted{})
		w.store.fail(true)
		w.send(1, script{}.fetch(7, webDocument+`,"context":`+quoteJSON(string(script{}.add("answered", 1).trapOnce().fail("shown")))+"}").expect(0))
		time.Sleep(time.Hour)
		w.settle()
		if len(calls) != 0 {
			t.Fatalf("calls left before the commit: %+v", calls)
		}
		w.store.fail(false)
		time.Sleep(time.Hour)
		w.settle()
		if len(calls) != 1 || calls[0].Method != "POST" || calls[0].URL != "https://api.example.com/v1/say?key=k" || calls[0].Header["X-Key"] != "k" || string(calls[0].Body) != "hello" {
			t.Fatalf("the calls are %+v", calls)
		}
		l := w.letters()
		if len(l) != 1 {
			t.Fatalf("%d dead letters; log:\n%s", len(l), w.log)
		}
		f, _, err := abi.Parse(l[0].Frame)
		if err != nil || f.Status != 201 || f.Tag != 7 || string(f.Body) != "{\"x-made\":\"a, b\"}\ntwo\nlines" {
			t.Errorf("the completion was %+v, %q, %v", f, f.Body, err)
		}
		if strings.Contains(w.log.String(), "key=k") {
			t.Error("the log shows the query")
		}
	})
}

func TestFetchIsGranted(t *testing.T) {
	for _, test := range []struct {
		name, document string
		want           abi.Code
	}{
		{"another path", `{"url":"https://api.example.com/v2"}`, abi.Denied},
		{"another host", `{"url":"https://example.com/v1"}`, abi.Denied},
		{"in the clear", `{"url":"http://api.example.com/v1"}`, abi.Denied},
		{"a way around", `{"url":"https://api.example.com/v1/../v2"}`, abi.Invalid},
		{"no address", `{"url":"api.example.com"}`, abi.Invalid},
		{"another method", `{"url":"https://api.example.com/v1","method":"CONNECT"}`, abi.Invalid},
		{"a header of the connection", `{"url":"https://api.example.com/v1","headers":{"Host":"x"}}`, abi.Invalid},
		{"two headers in one", `{"url":"https://api.example.com/v1","headers":{"X":"a\r\nY: b"}}`, abi.Invalid},
		{"a header that is none", `{"url":"https://api.example.com/v1","headers":{"X Y":"a"}}`, abi.Invalid},
		{"too many headers", `{"url":"https://api.example.com/v1","headers":{` + manyHeaders() + `}}`, abi.TooBig},
		{"no JSON", `{"url"`, abi.Invalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.web = func(r fetch.Request) (fetch.Response, error) {
					t.Errorf("%s was called", r.URL)
					return fetch.Response{}, nil
				}
				w.open(scripted{})
				w.send(1, script{}.fetch(7, test.document).expect(int64(test.want)).put("ok", "1"))
				w.settle()
				w.wantKV("ok", "1")
			})
		})
	}
}

// TestFetchAfterACrash: what may have taken effect is not sent again unless the
// guest has said so, or nothing can come of it.
func TestFetchAfterACrash(t *testing.T) {
	for _, test := range []struct {
		name, method, more string
		want               int // calls in all
	}{
		{"GET", "GET", "", 2},
		{"POST", "POST", "", 1},
		{"POST that may be sent again", "POST", `,"on_uncertain":"resend"`, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				calls := 0
				w.web = func(fetch.Request) (fetch.Response, error) {
					if calls++; calls == 1 {
						w.store.fail(true) // the answer is lost
					}
					return fetch.Response{Status: 200}, nil
				}
				w.open(scripted{})
				w.send(1, script{}.fetch(0, fmt.Sprintf(`{"url":"https://api.example.com/v1","method":%q%s}`, test.method, test.more)).expect(0))
				w.settle()
				w.kill()
				w.store.fail(false)
				w.open(scripted{})
				time.Sleep(time.Minute)
				w.settle()
				if calls != test.want {
					t.Errorf("%d calls, want %d; log:\n%s", calls, test.want, w.log)
				}
				if left := w.keys("out/p/"); len(left) != 0 {
					t.Errorf("records left: %q", left)
				}
			})
		})
	}
}

func TestFetchFails(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want abi.Code
	}{
		{"refused", fmt.Errorf("%w: private", fetch.ErrRefused), abi.Denied},
		{"too big", fetch.ErrTooBig, abi.TooBig},
		{"no answer", fmt.Errorf("%w: timeout", fetch.ErrUnsure), abi.Uncertain},
		{"something else", errors.New("broken"), abi.Internal},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.web = func(fetch.Request) (fetch.Response, error) { return fetch.Response{}, test.err }
				w.open(scripted{})
				w.send(1, script{}.fetch(7, webDocument+`,"context":`+quoteJSON(string(script{}.fail("shown")))+"}").expect(0))
				time.Sleep(time.Minute)
				w.settle()
				l := w.letters()
				if len(l) != 1 {
					t.Fatalf("%d dead letters; log:\n%s", len(l), w.log)
				}
				f, _, err := abi.Parse(l[0].Frame)
				if err != nil || f.Status != int32(test.want) || !strings.HasPrefix(string(f.Body), "{}\n{\"message\":") {
					t.Errorf("the completion was %d %q, %v", f.Status, f.Body, err)
				}
			})
		})
	}
}

func manyHeaders() string {
	var all []string
	for i := range 65 {
		all = append(all, fmt.Sprintf(`"X-%d":""`, i))
	}
	return strings.Join(all, ",")
}
