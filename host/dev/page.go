package dev

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/host/admin"
)

//go:embed page
var pageFiles embed.FS

// Limits of what the page may send, and how often it looks for changes.
const (
	maxPost    = 64 << 10 // bytes
	maxContent = 2000     // characters, as Discord's
	maxUser    = 32       // characters, as Discord's
	pagePoll   = 250 * time.Millisecond
	pageAlive  = 15 * time.Second
	pageGrace  = 2 * time.Second
)

// A page is the web page and what stands behind it.
type page struct {
	run   string
	sim   simulation
	state func() state
	notes *notebook
	feed  *feed
	try   func() []string
	poll  time.Duration

	listener net.Listener
	http     *http.Server
	cancel   context.CancelFunc
	served   chan error
}

// open starts to serve the page on a listener, which it then owns.
func (p *page) open(l net.Listener, log hclog.Logger) {
	ctx, cancel := context.WithCancel(context.Background())
	p.listener, p.cancel, p.served = l, cancel, make(chan error, 1)
	if p.poll == 0 {
		p.poll = pagePoll
	}
	p.http = &http.Server{
		Handler:           p.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          log.StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
	}
	go func() { p.served <- p.http.Serve(l) }()
}

// url is where the page is.
func (p *page) url() string { return "http://" + p.listener.Addr().String() + "/" }

// close ends all streams and waits for the answers that are being written.
func (p *page) close() error {
	p.cancel()
	ctx, done := context.WithTimeout(context.Background(), pageGrace)
	defer done()
	err := p.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = p.http.Close()
	}
	if serr := <-p.served; err == nil && !errors.Is(serr, http.ErrServerClosed) {
		err = serr
	}
	return err
}

// handler routes requests. The page has no password: only this machine may ask
// (the listener is on loopback, the Host must say so), and only the page itself
// may send messages (never another origin).
func (p *page) handler() http.Handler {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	shared := http.FileServerFS(admin.UI())
	for _, name := range []string{"theme.css", "dom.js", "icon.svg"} {
		mux.Handle("GET /"+name, shared)
	}
	mux.HandleFunc("GET /events", p.events)
	mux.HandleFunc("POST /messages", p.postMessage)
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "another origin may not write here")
	}))
	return admin.LoopbackOnly(cross.Handler(admin.PageHeaders(mux)), func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusForbidden, "open the page as http://127.0.0.1 or http://localhost")
	})
}

// events streams everything that the page shows: first one hello, then state
// when it has changed, and each message, typing and log as it comes.
func (p *page) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	// Subscribed before the picture is taken, so that nothing falls between;
	// what is in both has an id and is shown once.
	items, cancel := p.feed.subscribe()
	defer cancel()
	now := p.state()
	first, err := json.Marshal(p.hello(now))
	if err != nil {
		return
	}
	last, err := json.Marshal(now)
	if err != nil {
		return
	}
	send := func(name string, data []byte) bool {
		_, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, data)
		return err == nil && out.Flush() == nil
	}
	if !send("hello", first) {
		return
	}
	tick := time.NewTicker(p.poll)
	defer tick.Stop()
	sent := time.Now()
	for {
		select {
		case <-r.Context().Done():
			return
		case it, ok := <-items:
			if !ok || !send(it.name, it.data) {
				return
			}
			sent = time.Now()
		case <-tick.C:
			now, err := json.Marshal(p.state())
			switch {
			case err != nil:
				return
			case !bytes.Equal(now, last):
				if !send("state", now) {
					return
				}
				last, sent = now, time.Now()
			case time.Since(sent) >= pageAlive:
				if !send("alive", []byte("{}")) {
					return
				}
				sent = time.Now()
			}
		}
	}
}

// hello puts the whole picture together.
func (p *page) hello(now state) hello {
	h := hello{Run: p.run, Guilds: p.sim.Guilds(), Messages: []message{}, Log: p.notes.recent(), Try: p.try(), State: now}
	for _, g := range h.Guilds {
		for _, c := range g.Channels {
			h.Messages = append(h.Messages, p.sim.Messages(c.ID)...)
		}
	}
	return h
}

// post is what the page sends.
type post struct {
	Guild   string `json:"guild"`
	Channel string `json:"channel"`
	User    string `json:"user"`
	Content string `json:"content"`
}

func (p *page) postMessage(w http.ResponseWriter, r *http.Request) {
	in, ok := readPost(w, r)
	if !ok {
		return
	}
	if strings.TrimSpace(in.Content) == "" || utf8.RuneCountInString(in.Content) > maxContent {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("a message has 1 to %d characters", maxContent))
		return
	}
	if !p.state().Ready {
		refuse(w, http.StatusServiceUnavailable, "the bot is not online yet, nobody would get the message")
		return
	}
	if err := p.sim.Say(in.Guild, in.Channel, in.User, in.Content); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// readPost reads what the page sent, or says why it cannot.
func readPost(w http.ResponseWriter, r *http.Request) (in post, ok bool) {
	// A form on another page cannot send this type without asking first.
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "send application/json")
		return in, false
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxPost)).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, "the request cannot be read: "+err.Error())
		return in, false
	}
	if strings.TrimSpace(in.User) == "" || utf8.RuneCountInString(in.User) > maxUser {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("a user's name has 1 to %d characters", maxUser))
		return in, false
	}
	return in, true
}

// refuse answers with an error in the form of the admin API.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	body, err := json.Marshal(map[string]map[string]string{"error": {"message": message}})
	if err == nil {
		_, _ = w.Write(body) // the page is gone: nothing to do
	}
}
