package admin

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// minToken is the shortest token in bytes that keeps anyone out.
const minToken = 16

// checkRemote refuses an address that others can reach without TLS and a token.
func checkRemote(addr address, o Options) error {
	switch {
	case o.Token != "" && len(o.Token) < minToken:
		return fmt.Errorf("admin: the token has %d characters: at least %d, such as the output of openssl rand -hex 32", len(o.Token), minToken)
	case !addr.remote:
		return nil
	case o.CertFile == "" || o.KeyFile == "":
		return fmt.Errorf("admin: %s can be reached from elsewhere, and has no TLS: set admin { cert, key }, or listen on 127.0.0.1", addr.host)
	case o.Token == "":
		return fmt.Errorf("admin: %s can be reached from elsewhere, and has no token: set admin { token }, or listen on 127.0.0.1", addr.host)
	}
	return nil
}

// authorize asks for the token on TCP, where there is one. Probes do not have
// it: they learn only whether the host is alive and ready.
func (s *Server) authorize(next http.Handler) http.Handler {
	if s.token == "" || s.addr.network == "unix" {
		return next
	}
	want := sha256.Sum256([]byte(s.token)) // of the same length, whatever is sent
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !bearer { // a browser asks for a name and a password by itself
			_, given, _ = r.BasicAuth()
		}
		sum := sha256.Sum256([]byte(given))
		open := r.URL.Path == "/healthz" || r.URL.Path == "/readyz"
		if !open && subtle.ConstantTimeCompare(sum[:], want[:]) != 1 {
			w.Header()["WWW-Authenticate"] = []string{`Bearer realm="shardhost"`, `Basic realm="shardhost: the password is the token"`}
			writeError(w, &Error{Code: CodeUnauthorized, Message: "this needs the header Authorization: Bearer TOKEN, with the token of admin { token }"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// A certificate is read from its files, and again when they have changed: it is
// renewed while the host runs.
type certificate struct {
	cert, key string

	mu      sync.Mutex
	loaded  *tls.Certificate
	changed time.Time // the newer of the two files, when they were read
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var newest time.Time
	for _, path := range []string{c.cert, c.key} {
		info, err := os.Stat(path)
		if err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	if c.loaded != nil && newest.Equal(c.changed) {
		return c.loaded, nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil && c.loaded != nil {
		return c.loaded, nil // half-written: the next handshake looks again
	}
	if err != nil {
		return nil, fmt.Errorf("admin: the certificate: %w", err)
	}
	c.loaded, c.changed = &pair, newest
	return c.loaded, nil
}

// serverTLS is nil where no certificate is given.
func serverTLS(o Options) (*tls.Config, error) {
	if o.CertFile == "" {
		return nil, nil
	}
	c := &certificate{cert: o.CertFile, key: o.KeyFile}
	if _, err := c.get(nil); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: []string{"http/1.1"}}, nil
}

// Credentials are what a client needs for an https:// address.
type Credentials struct {
	Token  string
	CAFile string // the certificate that signed the host's; "": the system's
}

func clientTLS(c Credentials) (*tls.Config, error) {
	if c.CAFile == "" {
		return &tls.Config{MinVersion: tls.VersionTLS12}, nil
	}
	text, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("admin: " + c.CAFile + " holds no certificate in PEM")
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}, nil
}
