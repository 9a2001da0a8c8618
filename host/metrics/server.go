package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options of a server.
type Options struct {
	Listen string       // host:port
	PProf  bool         // serve profiles, which hold everything that is in memory
	Logger hclog.Logger // nil: no log
}

// Limits of a server that anyone in the network may reach.
const (
	headerTimeout = 10 * time.Second
	closeGrace    = 2 * time.Second
	maxScrapes    = 4 // at once
)

// A Server offers the metrics of a Source.
type Server struct {
	log      hclog.Logger
	listener net.Listener
	http     *http.Server
}

// New opens the address. Nothing is answered before Serve; Close is due in any
// case.
func New(o Options, s Source) (*Server, error) {
	if o.Logger == nil {
		o.Logger = hclog.NewNullLogger()
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	return &Server{log: o.Logger, listener: listener, http: &http.Server{
		Handler:           Handler(s, o),
		ReadHeaderTimeout: headerTimeout,
		ErrorLog:          o.Logger.StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
	}}, nil
}

// Handler answers what a Server does.
func Handler(s Source, o Options) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		newCollector(s), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		ok, reason := s.Ready()
		if ok {
			writeJSON(w, http.StatusOK, map[string]any{"ready": true})
		} else {
			writeJSON(w, http.StatusServiceUnavailable, map[string]any{"ready": false, "reason": reason})
		}
	})
	if o.PProf {
		mux.HandleFunc("GET /debug/pprof/", local(pprof.Index))
		mux.HandleFunc("GET /debug/pprof/profile", local(pprof.Profile))
		mux.HandleFunc("GET /debug/pprof/trace", local(pprof.Trace))
		mux.HandleFunc("GET /debug/pprof/symbol", local(pprof.Symbol))
	}
	return mux
}

// local answers only to a Host that is written as this machine: a web page whose
// name resolves to loopback must not read the host's memory.
func local(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := r.Host
		if h, _, err := net.SplitHostPort(name); err == nil {
			name = h
		}
		if ip, err := netip.ParseAddr(strings.Trim(name, "[]")); name != "localhost" && (err != nil || !ip.IsLoopback()) {
			http.Error(w, "profiles are for 127.0.0.1, [::1] and localhost", http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte("{}")
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client is gone: nothing to do
}

// Addr is the address as host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Serve answers until Close; then it returns nil.
func (s *Server) Serve() error {
	s.log.Info("metrics are served", "address", s.Addr())
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends the server and every answer that takes longer than a moment.
func (s *Server) Close() error {
	ctx, done := context.WithTimeout(context.Background(), closeGrace)
	defer done()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	// Shutdown closes only listeners that Serve has taken over.
	if closed := s.listener.Close(); closed != nil && !errors.Is(closed, net.ErrClosed) && err == nil {
		err = closed
	}
	return err
}
