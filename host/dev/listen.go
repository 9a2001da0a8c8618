package dev

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// DefaultListen is where the page is when nothing else was asked for: always
// the same place, so that an open tab finds it again after a restart.
const DefaultListen = "127.0.0.1:7373"

// listen opens the page's address. When the usual one is taken, by a second
// `shardhost dev` say, any free port will do; an address that a person asked for
// is not changed.
func listen(addr string) (net.Listener, error) {
	asked := addr != ""
	if !asked {
		addr = DefaultListen
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("dev: cannot read the address %q of the page: write 127.0.0.1:PORT", addr)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("dev: the page's address %q is not on loopback: it has no password, so use 127.0.0.1 or [::1]", addr)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil && !asked && errors.Is(err, syscall.EADDRINUSE) {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, fmt.Errorf("dev: the page: %w", err)
	}
	return l, nil
}
