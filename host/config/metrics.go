package config

import (
	"net"
	"net/netip"
	"strconv"

	"github.com/hashicorp/hcl/v2"
)

// defaultMetrics is where exporters of this kind are looked for.
const defaultMetrics = "127.0.0.1:9464"

func (d *decoder) metrics(b *hcl.Block, m *Metrics) {
	var profiles *value
	d.body("metrics", b.Body, shape{args: []argument{
		{"listen", custom("address", code("%q", defaultMetrics), func(v value) { v.hostPort(&m.Listen) }), "an IP address and a port; `\"0.0.0.0:9464\"` to be reached from elsewhere"},
		{"pprof", boolean(&m.PProf).before(func(v value) { profiles = &v }), "serve Go's profiles below `/debug/pprof/`; only on loopback, because they hold what is in memory"},
	}})
	if m.Listen == "" {
		m.Listen = defaultMetrics
	}
	host, _, err := net.SplitHostPort(m.Listen)
	if err == nil && m.PProf && !loopback(host) {
		d.errorf(profiles.rng, "Profiles for everyone", "Profiles hold what is in the host's memory, the token too, and %s can be reached from elsewhere. Listen on 127.0.0.1, or leave pprof out.", strconv.Quote(m.Listen))
	}
}

// hostPort takes an address of TCP. Without a host it is every address of the
// machine.
func (v value) hostPort(p *string) {
	s, ok := v.filled()
	if !ok {
		return
	}
	host, port, err := net.SplitHostPort(s)
	n, errPort := strconv.Atoi(port)
	ip, errIP := netip.ParseAddr(host)
	switch {
	case err != nil || errPort != nil || n < 0 || n > 65535:
		v.wrong("%s is not an address: write \"127.0.0.1:9464\", or \"0.0.0.0:9464\" to be reached from elsewhere.", v.show())
	case host != "" && host != "localhost" && (errIP != nil || ip.Zone() != ""):
		v.wrong("%s is not an address of this machine: write an IP address and a port, such as \"127.0.0.1:%d\".", v.show(), n)
	default:
		*p = s
	}
}
