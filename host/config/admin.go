package config

import (
	"net"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

func (d *decoder) admin(b *hcl.Block, a *Admin) {
	d.body("admin", b.Body, shape{args: map[string]setter{
		"listen": func(v value) { v.listen(&a.Listen) },
	}})
}

// listen takes a unix socket, or a TCP address on loopback: whoever reaches
// the admin API may reload the host.
func (v value) listen(p *string) {
	s, ok := v.filled()
	if !ok {
		return
	}
	if path, ok := strings.CutPrefix(s, "unix://"); ok {
		if path == "" {
			v.wrong("The path of the socket is missing: write one such as \"unix://./data/admin.sock\".")
			return
		}
		*p = "unix://" + v.d.path(v.rng, path)
		return
	}
	host, port, err := net.SplitHostPort(strings.TrimPrefix(s, "tcp://"))
	n, errPort := strconv.Atoi(port)
	if err != nil || errPort != nil || n < 0 || n > 65535 {
		v.wrong("%s is not an address: write \"127.0.0.1:9400\", or \"unix://./data/admin.sock\".", v.show())
		return
	}
	if !loopback(host) {
		v.wrong("The admin API listens on loopback only, and %s is not. Did you mean \"127.0.0.1:%d\"?", v.show(), n)
		return
	}
	*p = net.JoinHostPort(host, port)
}
