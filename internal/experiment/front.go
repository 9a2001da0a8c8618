package main

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// frontOptions say how good the network in front of the REST API is.
type frontOptions struct {
	delay time.Duration // an answer arrives so much later, at most
	lose  int           // one of so many answers never arrives; 0: all do
}

// A front stands before a server's REST API as a network does: what a request
// asks for has happened for a while when its answer arrives, if it does.
type front struct {
	frontOptions
	url       string
	http      http.Server
	transport http.Transport
	wg        sync.WaitGroup
	lost      atomic.Int64

	mu     sync.Mutex
	random *rand.Rand
	starts [2]time.Time // when GET /gateway/bot came, the last two times
}

func newFront(base string, seed uint64, o frontOptions) (*front, error) {
	target, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &front{frontOptions: o, url: "http://" + l.Addr().String() + target.Path, random: rand.New(rand.NewPCG(seed, 0x66726f6e74))}
	f.http.Handler = &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host },
		Transport:      &f.transport,
		ModifyResponse: f.answer,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // the connection breaks
	}
	f.wg.Go(func() { _ = f.http.Serve(l) })
	return f, nil
}

var errLost = errors.New("the answer is lost")

// startSpacing is how far apart every third request for GET /gateway/bot must
// be, which a start makes: two are allowed in five seconds.
const startSpacing = 5200 * time.Millisecond

// mayStart is when the host may be started again.
func (f *front) mayStart() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.starts[0].Add(startSpacing)
}

// answer holds an answer back, or loses it.
func (f *front) answer(r *http.Response) error {
	f.mu.Lock()
	if r.Request.Method == http.MethodGet {
		f.starts = [2]time.Time{f.starts[1], time.Now()}
		f.mu.Unlock()
		return nil // what a start needs arrives
	}
	delay := time.Duration(f.random.Int64N(int64(f.delay)))
	lose := f.lose > 0 && f.random.IntN(f.lose) == 0
	f.mu.Unlock()
	if err := pause(r.Request.Context(), delay); err != nil {
		return err
	}
	if lose {
		f.lost.Add(1)
		return errLost
	}
	return nil
}

func (f *front) close() {
	_ = f.http.Close()
	f.wg.Wait()
	f.transport.CloseIdleConnections()
}
