package config

import (
	"net"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

func (d *decoder) admin(b *hcl.Block, a *Admin) {
	var listen *value
	args := []argument{
		{"listen", custom("address", "`\"unix://DATA_DIR/admin.sock\"`", func(v value) {
			listen = &v
			v.listen(&a.Listen)
		}), "a unix socket, an address on loopback such as `\"127.0.0.1:9400\"`, or `\"https://0.0.0.0:9400\"`"},
		{"ui", boolean(&a.UI), "serve the dashboard at that address; on a unix socket there is none"},
		{"token", custom("secret", "none", func(v value) { v.adminToken(&a.Token) }), "from `env` or `file`, at least 16 characters: requests over TCP carry it as `Authorization: Bearer`; needed beyond loopback"},
		{"cert", d.pathTo(&a.Cert), "file of the certificate of `https://`, in PEM; read again when it changes"},
		{"key", d.pathTo(&a.Key), "file of its key, in PEM"},
	}
	if d.only != nil {
		ignore(args, "token") // a client has its own way to it
	}
	d.body("admin", b.Body, shape{args: args})
	if listen == nil || d.only != nil {
		return
	}
	hostPort, secure := strings.CutPrefix(a.Listen, "https://")
	host, _, _ := net.SplitHostPort(hostPort) // was checked above
	switch {
	case secure && (a.Cert == "" || a.Key == "") && !d.argument(b, "cert") && !d.argument(b, "key"):
		d.errorf(listen.rng, "No certificate", "An address with https:// needs a certificate: set cert and key to its files, in PEM.")
	case secure && (a.Cert == "") != (a.Key == ""):
		d.errorf(listen.rng, "Half a certificate", "cert and key belong together: set both.")
	case secure && !loopback(host) && a.Token.IsZero() && !d.argument(b, "token"):
		d.errorf(listen.rng, "No token", "Whoever reaches the admin API may reload the host: write token = env(\"SHARDHOST_ADMIN_TOKEN\"), or listen on loopback.")
	}
}

// minAdminToken is the shortest token, in bytes, that keeps anyone out.
const minAdminToken = 16

// adminToken takes a token that came from the environment or a file.
func (v value) adminToken(p *Secret) {
	s, ok := v.text()
	s = strings.TrimSpace(s)
	switch {
	case !ok:
	case !v.sensitive:
		v.wrong("A token in a file ends up in version control and in backups. Write token = env(\"SHARDHOST_ADMIN_TOKEN\"), or token = file(\"/run/secrets/admin_token\").")
	case len(s) < minAdminToken:
		v.wrong("It has fewer than %d characters. Take the output of openssl rand -hex 32.", minAdminToken)
	default:
		*p = NewSecret(s)
	}
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
	hostPort, secure := strings.CutPrefix(s, "https://")
	host, port, err := net.SplitHostPort(strings.TrimPrefix(hostPort, "tcp://"))
	n, errPort := strconv.Atoi(port)
	if err != nil || errPort != nil || n < 0 || n > 65535 {
		v.wrong("%s is not an address: write \"127.0.0.1:9400\", or \"unix://./data/admin.sock\".", v.show())
		return
	}
	switch {
	case secure:
		*p = "https://" + net.JoinHostPort(host, port)
	case !loopback(host):
		v.wrong("Without TLS the admin API listens on loopback only, and %s is not. Did you mean \"127.0.0.1:%d\", or \"https://%s\" with cert, key and token?", v.show(), n, strings.TrimPrefix(s, "tcp://"))
	default:
		*p = net.JoinHostPort(host, port)
	}
}
