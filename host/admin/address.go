package admin

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
)

// maxSocketPath is the longest path of a unix socket on the systems we know:
// sun_path has 104 bytes on macOS and the BSDs, 108 on Linux, one for the end.
const maxSocketPath = 103

// address is a parsed listen address.
type address struct {
	network string // "unix" or "tcp"
	path    string // unix: the socket's file
	host    string // tcp: host:port, on loopback unless tls is set
	tls     bool   // https
	remote  bool   // tcp: others may reach it
}

// parseAddress reads "unix:///path", "127.0.0.1:9000", "[::1]:0",
// "localhost:9000", one of these with "tcp://" in front, or "https://HOST:PORT",
// which alone may be elsewhere.
func parseAddress(listen string) (address, error) {
	if path, ok := strings.CutPrefix(listen, "unix://"); ok {
		if path == "" || strings.ContainsRune(path, 0) {
			return address{}, fmt.Errorf("admin: %q names no socket: write unix:///path/to/admin.sock", listen)
		}
		return address{network: "unix", path: path}, nil
	}
	if hostPort, ok := strings.CutPrefix(listen, "https://"); ok {
		host, port, err := net.SplitHostPort(strings.TrimSuffix(hostPort, "/"))
		if err != nil {
			return address{}, fmt.Errorf("admin: cannot read the address %q: write https://HOST:PORT", listen)
		}
		return address{network: "tcp", host: net.JoinHostPort(host, port), tls: true, remote: host != "localhost" && !isLoopback(host)}, nil
	}
	hostPort := strings.TrimPrefix(listen, "tcp://")
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return address{}, fmt.Errorf("admin: cannot read the address %q: write unix:///path/to/admin.sock or 127.0.0.1:PORT", listen)
	}
	if host != "localhost" && !isLoopback(host) {
		return address{}, fmt.Errorf("admin: %q is not on loopback: it would have no TLS and no password; listen on unix:///path, 127.0.0.1:%s, or https://%s with a certificate and a token", listen, port, hostPort)
	}
	return address{network: "tcp", host: net.JoinHostPort(host, port)}, nil
}

// isLoopback tells whether host is written as an address of this machine's own.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Zone() == "" && ip.Unmap().IsLoopback()
}

func (a address) String() string {
	if a.network == "unix" {
		return "unix://" + a.path
	}
	if a.tls {
		return "https://" + a.host
	}
	return a.host
}

// socketPath is the path to give to the system: relative to the working
// directory where the absolute one is too long for a socket.
func (a address) socketPath() (string, error) {
	if len(a.path) <= maxSocketPath {
		return a.path, nil
	}
	if dir, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(dir, a.path); err == nil && len(rel) <= maxSocketPath {
			return rel, nil
		}
	}
	return "", fmt.Errorf("admin: the socket's path is %d bytes long, systems allow %d: set admin { listen } to a shorter one: %s", len(a.path), maxSocketPath, a.path)
}

// listen opens the address, removing the socket of a host that is gone.
func (a address) listen() (net.Listener, error) {
	if a.network == "tcp" {
		l, err := net.Listen("tcp", a.host)
		if err != nil {
			return nil, fmt.Errorf("admin: %w", err)
		}
		return l, nil
	}
	path, err := a.socketPath()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(a.path), 0o700); err != nil {
		return nil, fmt.Errorf("admin: the socket's folder cannot be made: %w", err)
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	l, err := listenPrivate(path)
	if err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	return l, nil
}

// removeStale makes room for a socket. Only a socket that nobody answers on is
// removed; anything else at the path is somebody's.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("admin: %w", err)
	}
	if info.Mode().Type() != os.ModeSocket {
		return fmt.Errorf("admin: %s exists and is not a socket: move it away or set admin { listen } to another path", path)
	}
	conn, err := net.Dial("unix", path)
	if err == nil {
		conn.Close()
		return fmt.Errorf("admin: another host already listens on %s: stop it, or give this one its own data_dir", path)
	}
	if !refused(err) {
		return fmt.Errorf("admin: cannot tell whether a host still listens: %w", err)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("admin: the socket of a host that is gone cannot be removed: %w", err)
	}
	return nil
}
