package admin

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// Limits of a request. The API is local; they keep a confused client from
// holding the host's memory.
const (
	maxBody       = 64 << 10
	headerTimeout = 10 * time.Second
	closeGrace    = 5 * time.Second
)

// Options of a server.
type Options struct {
	Listen string // "unix:///path/admin.sock", host:port on loopback, or "https://host:port"; port 0 picks one
	Token  string // that requests over TCP must carry; needed for https:// beyond loopback

	CertFile, KeyFile string // of https://, in PEM; read again when they change

	Logger hclog.Logger  // nil: no log
	UI     bool          // serve the dashboard at /; on TCP only, no browser speaks to a unix socket
	Poll   time.Duration // how often /v1/events looks for changes; default 500ms
}

// A Server offers a Backend over HTTP.
type Server struct {
	backend  Backend
	log      hclog.Logger
	poll     time.Duration
	ui       bool
	samples  keeper // of the dashboard
	addr     address
	token    string
	listener net.Listener
	http     *http.Server
	ctx      context.Context    // of every request, and of what the server does by itself
	cancel   context.CancelFunc // ends it
}

// New opens the address. Nothing is answered before Serve; Close is due in
// any case.
func New(o Options, b Backend) (*Server, error) {
	addr, err := parseAddress(o.Listen)
	if err != nil {
		return nil, err
	}
	if err := checkRemote(addr, o); err != nil {
		return nil, err
	}
	secure, err := serverTLS(o)
	switch {
	case err != nil:
		return nil, err
	case addr.tls && secure == nil:
		return nil, fmt.Errorf("admin: %s needs a certificate: set admin { cert, key }", o.Listen)
	case !addr.tls && secure != nil:
		return nil, fmt.Errorf("admin: a certificate is for https:// only, and %s is none", o.Listen)
	}
	listener, err := addr.listen()
	if err != nil {
		return nil, err
	}
	if secure != nil {
		listener = tls.NewListener(listener, secure)
	}
	if addr.network == "tcp" {
		addr.host = listener.Addr().String()
	}
	if o.Logger == nil {
		o.Logger = hclog.NewNullLogger()
	}
	if o.Poll <= 0 {
		o.Poll = 500 * time.Millisecond
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{backend: b, log: o.Logger, poll: o.Poll, ui: o.UI && addr.network == "tcp", ctx: ctx, addr: addr, token: o.Token, listener: listener, cancel: cancel}
	s.http = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: headerTimeout,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          o.Logger.StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
	}
	return s, nil
}

// Addr is the address in the form that Dial takes.
func (s *Server) Addr() string { return s.addr.String() }

// Serve answers until Close; then it returns nil.
func (s *Server) Serve() error {
	s.log.Info("admin API listens", "address", s.Addr())
	if s.ui {
		ctx, stop := context.WithCancel(s.ctx)
		var sampling sync.WaitGroup
		sampling.Go(func() { s.samples.run(ctx, s.backend.Status) })
		defer sampling.Wait()
		defer stop()
	}
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends event streams and a reload under way, waits for the answers that
// are being written, and removes the socket.
func (s *Server) Close() error {
	s.cancel()
	ctx, done := context.WithTimeout(context.Background(), closeGrace)
	defer done()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	// Shutdown closes only listeners that Serve has taken over.
	if cerr := s.listener.Close(); cerr != nil && !errors.Is(cerr, net.ErrClosed) && err == nil {
		err = cerr
	}
	return err
}

// routes are the handlers by path and method. Each is described in operations.
func (s *Server) routes() map[string]map[string]http.HandlerFunc {
	routes := map[string]map[string]http.HandlerFunc{
		"/v1/status":   {http.MethodGet: s.status},
		"/v1/events":   {http.MethodGet: s.events},
		"/v1/reload":   {http.MethodPost: s.reload},
		"/v1/rollback": {http.MethodPost: s.rollback},
		"/v1/plugin":   {http.MethodGet: s.plugin},

		"/v1/plugin/enable":  {http.MethodPost: s.enable},
		"/v1/plugin/disable": {http.MethodPost: s.disable},

		"/v1/rest":   {http.MethodGet: s.rest},
		"/v1/config": {http.MethodGet: s.configuration},

		"/v1/record": {http.MethodGet: s.record},
		"/v1/tail":   {http.MethodGet: s.tail},
		"/v1/logs":   {http.MethodGet: s.logs},

		"/v1/deadletters":        {http.MethodGet: s.deadLetters},
		"/v1/deadletter":         {http.MethodGet: s.deadLetter},
		"/v1/deadletters/replay": {http.MethodPost: s.replayLetters},
		"/v1/deadletters/drop":   {http.MethodPost: s.dropLetters},

		"/healthz": {http.MethodGet: s.health},
		"/readyz":  {http.MethodGet: s.ready},

		"/openapi.json": {http.MethodGet: s.description},
	}
	if s.ui {
		routes["/v1/history"] = map[string]http.HandlerFunc{http.MethodGet: s.history}
	}
	return routes
}

// handler routes the requests, behind the checks of Host and origin.
func (s *Server) handler() http.Handler {
	routes := s.routes()
	route := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods, ok := routes[r.URL.Path]
		if !ok {
			writeError(w, &Error{Code: CodeNotFound, Message: "no such route: " + r.URL.Path})
			return
		}
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		handle, ok := methods[method]
		if !ok {
			for allowed := range methods {
				w.Header().Set("Allow", allowed)
			}
			writeError(w, &Error{Code: CodeMethod, Message: r.URL.Path + " does not take " + r.Method})
			return
		}
		handle(w, r)
	})
	if !s.ui {
		return s.guard(s.authorize(route))
	}
	return s.guard(s.authorize(dashboard(route)))
}

func (s *Server) status(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.snapshot())
}

// snapshot is the backend's status with what the server fills in. Lists are
// never null in JSON.
func (s *Server) snapshot() Status {
	st := s.backend.Status()
	st.FormatVersion = FormatVersion
	st.Ready, st.Reason = s.backend.Ready()
	if st.Shards == nil {
		st.Shards = []Shard{}
	}
	if st.Plugins == nil {
		st.Plugins = []Plugin{}
	}
	return st
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	ok, reason := s.backend.Ready()
	status := http.StatusOK
	if !ok {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, struct {
		Ready  bool   `json:"ready"`
		Reason string `json:"reason,omitempty"`
	}{ok, reason})
}

func (s *Server) reload(w http.ResponseWriter, r *http.Request) {
	req, err := readRequest[ReloadRequest](http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		writeError(w, err)
		return
	}
	report, err := s.backend.Reload(r.Context(), req)
	if err != nil {
		s.log.Warn("reload refused", "error", err)
		writeError(w, err)
		return
	}
	report.FormatVersion = FormatVersion
	if report.Plugins == nil {
		report.Plugins = []PluginReload{}
	}
	writeJSON(w, http.StatusOK, report)
}

// readRequest reads a request body: one JSON object, or nothing for the zero
// request. A key it does not know is an error, because a misspelt dry_run must
// not reload.
func readRequest[T any](body io.Reader) (req T, err error) {
	var none T
	dec := json.NewDecoder(body)
	dec.DisallowUnknownFields()
	err = dec.Decode(&req)
	if errors.Is(err, io.EOF) {
		return none, nil
	}
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the JSON object")
		}
	}
	if err != nil {
		return none, &Error{Code: CodeBadRequest, Message: "the request cannot be read: " + err.Error()}
	}
	return req, nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		// Backend values are plain structs; only a NaN latency comes here.
		status, body = http.StatusInternalServerError, []byte(`{"error":{"code":"failed","message":"the answer cannot be written as JSON"}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client is gone: nothing to do
}

func writeError(w http.ResponseWriter, err error) {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Code: CodeFailed, Message: err.Error()}
	}
	writeJSON(w, e.status(), struct {
		Error *Error `json:"error"`
	}{e})
}
