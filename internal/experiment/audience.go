package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// longestVisit is how long somebody looks at the dashboard, at most.
const longestVisit = 5 * time.Second

// An audience looks at the dashboard as a browser does: the page, the streams of
// its parts, what else they ask for.
type audience struct {
	base   string
	seed   uint64
	client *http.Client
	ctx    context.Context
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup

	visits atomic.Int64 // begun
	frames atomic.Int64 // lines of streams read
}

func newAudience(address string, seed uint64) *audience {
	return &audience{base: "http://" + address, seed: seed, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
}

var errLeave = errors.New("the audience leaves")

// enter lets n people come and go; one more stays, and one asks for everything
// and never reads it.
func (a *audience) enter(ctx context.Context, n int) {
	a.ctx, a.cancel = context.WithCancelCause(ctx)
	for i := range n {
		random := rand.New(rand.NewPCG(a.seed, uint64(i)))
		a.wg.Go(func() {
			for a.ctx.Err() == nil {
				ctx, stop := context.WithTimeout(a.ctx, longestVisit/10+rand.N(longestVisit))
				a.visit(ctx, random)
				stop()
			}
		})
	}
	a.wg.Go(func() { a.visit(a.ctx, nil) })
	a.wg.Go(a.sleep)
}

// leave ends all visits, and waits for it.
func (a *audience) leave() {
	a.cancel(errLeave)
	a.wg.Wait()
}

// err is what went wrong while they were there.
func (a *audience) err() error {
	if err := context.Cause(a.ctx); !errors.Is(err, errLeave) {
		return err
	}
	return nil
}

// visit loads the page, asks what its parts ask for, and follows the streams
// until ctx ends. Who moves about, given random, looks at some of it.
func (a *audience) visit(ctx context.Context, random *rand.Rand) {
	a.visits.Add(1)
	for _, path := range []string{"/", "/dashboard.js", "/v1/history", "/v1/plugin?name=ping", "/v1/rest", "/v1/deadletters"} {
		if _, err := fetch(ctx, a.client, a.base+path); err != nil {
			a.failed(ctx, err)
			return
		}
	}
	var streams sync.WaitGroup
	for _, path := range []string{"/v1/events", "/v1/tail", "/v1/logs?follow=true"} {
		if path == "/v1/events" || random == nil || random.IntN(2) == 0 {
			streams.Go(func() { a.failed(ctx, a.follow(ctx, path)) })
		}
	}
	streams.Wait()
}

// failed ends everything for an error that is not the visit's own end.
func (a *audience) failed(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		a.cancel(err)
	}
}

// follow reads a stream until ctx ends.
func (a *audience) follow(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.base+path, nil)
	if err != nil {
		return err
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	for lines := bufio.NewReader(resp.Body); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return fmt.Errorf("the stream %s ended: %w", path, err)
		}
		if strings.HasPrefix(line, "data: ") {
			a.frames.Add(1)
		}
	}
}

// sleep is a browser whose machine was closed: it asks, and reads no answer.
func (a *audience) sleep() {
	conn, err := (&net.Dialer{}).DialContext(a.ctx, "tcp", strings.TrimPrefix(a.base, "http://"))
	if err != nil {
		a.failed(a.ctx, err)
		return
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "GET /v1/tail?raw=true HTTP/1.1\r\nHost: %s\r\n\r\n", strings.TrimPrefix(a.base, "http://")); err != nil {
		a.failed(a.ctx, err)
		return
	}
	<-a.ctx.Done()
}

// fetch reads an answer to its end.
func fetch(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s: %.200s", url, resp.Status, body)
	}
	return body, err
}

// questions are messages that plugins answer, at a steady pace.
type questions struct {
	cancel context.CancelFunc
	ended  chan struct{}
	n      int // asked; to be read after stop
	err    error
}

func newQuestions(ctx context.Context, s *sim) *questions {
	ctx, cancel := context.WithCancel(ctx)
	q := &questions{cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(q.ended)
		for pause(ctx, time.Second/soakAsks) == nil {
			content := []string{"!ping", "!count"}[q.n/soakGuilds%2]
			if q.err = s.post("/messages", map[string]any{"guild": q.n % soakGuilds, "content": content}, nil); q.err != nil {
				return
			}
			q.n++
		}
	}()
	return q
}

func (q *questions) stop() {
	q.cancel()
	<-q.ended
}
