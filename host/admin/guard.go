package admin

import (
	"net"
	"net/http"
)

// guard refuses what a web page could have sent.
//
// A page on another origin can make a browser send requests to loopback, and a
// name of its own that resolves to 127.0.0.1 makes those same-origin. So what
// changes something must not be cross-origin, and on TCP the Host must be
// written as this machine.
func (s *Server) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, &Error{Code: CodeForbidden, Message: "a request from another origin may not change anything here"})
	}))
	protected := cross.Handler(next)
	if s.addr.network == "unix" || s.addr.remote {
		// No browser speaks to a unix socket, and its Host means nothing. Elsewhere
		// the certificate names the host, and no page has the token.
		return protected
	}
	return LoopbackOnly(protected, func(w http.ResponseWriter, r *http.Request) {
		writeError(w, &Error{Code: CodeForbidden, Message: "this server answers only to 127.0.0.1, [::1] and localhost, not to the Host that was asked for"})
	})
}

// LoopbackOnly passes on the requests whose Host is localhost or a loopback
// address, with any port, and leaves the others to deny.
func LoopbackOnly(next http.Handler, deny http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopbackHost(r.Host) {
			deny(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// loopbackHost reads a Host header: host, host:port, [v6] or [v6]:port.
func loopbackHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	} else if n := len(host); n > 2 && host[0] == '[' && host[n-1] == ']' {
		host = host[1 : n-1]
	}
	return host == "localhost" || isLoopback(host)
}
