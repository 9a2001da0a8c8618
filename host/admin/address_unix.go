//go:build unix

package admin

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
)

// listenPrivate listens on a unix socket that only this user may open. On
// Linux the mode is set before the file exists, so that there is no moment in
// which others could connect; elsewhere right after.
func listenPrivate(path string) (net.Listener, error) {
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		// Systems that refuse fchmod on a socket leave it to the chmod below.
		return c.Control(func(fd uintptr) { _ = syscall.Fchmod(int(fd), 0o600) })
	}}
	l, err := config.Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// refused tells whether a dial failed because nobody listens.
func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
