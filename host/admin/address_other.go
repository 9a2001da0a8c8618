//go:build !unix

package admin

import (
	"net"
	"os"
)

// listenPrivate listens on a unix socket; the folder's access list decides who
// may open it.
func listenPrivate(path string) (net.Listener, error) { return net.Listen("unix", path) }

// refused tells whether a dial failed because nobody listens. These systems
// have no portable name for it: what is not a permission problem counts.
func refused(err error) bool { return !os.IsPermission(err) && !os.IsTimeout(err) }
