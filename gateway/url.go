package gateway

import (
	"fmt"
	"net/url"
)

// Version is the version of the gateway's API, Encoding that of its payloads.
// A session can only be resumed with the version and encoding it began with.
const (
	Version  = "10"
	Encoding = "json"
)

// AddGatewayParams returns the URL of a gateway with the parameters that every
// connection needs: version and encoding. What its query already says, other
// than those two, is kept. A URL that cannot be parsed is returned as it is;
// dialing it will say what is wrong.
func AddGatewayParams(gatewayURL string) string {
	u, err := url.Parse(gatewayURL)
	if err != nil {
		return gatewayURL
	}
	query := u.Query()
	query.Set("v", Version)
	query.Set("encoding", Encoding)
	u.RawQuery = query.Encode()
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

// dialURL returns what to dial for a gateway's URL, or an error that names what
// is wrong with it.
func dialURL(gatewayURL, compress string) (*url.URL, error) {
	u, err := url.Parse(AddGatewayParams(gatewayURL))
	if err != nil {
		return nil, fmt.Errorf("gateway URL: %w", err)
	}
	if u.Scheme != "ws" && u.Scheme != "wss" {
		return nil, fmt.Errorf("gateway URL %q: scheme must be wss or ws", gatewayURL)
	}
	if u.Host == "" {
		return nil, fmt.Errorf("gateway URL %q: no host", gatewayURL)
	}
	if u.User != nil {
		return nil, fmt.Errorf("gateway URL on %s: must not hold a user or password", u.Host)
	}
	query := u.Query()
	switch compress {
	case CompressZlib, CompressZstd:
		query.Set("compress", compress)
	default:
		// Transport and payload compression exclude each other, and a codec
		// that was not asked for would make the stream unreadable.
		query.Del("compress")
	}
	u.RawQuery = query.Encode()
	return u, nil
}

// resumable tells whether a resume URL may be used instead of home: it must be
// one, and must not send the token in clear text where home would not.
func resumable(home, resume string) bool {
	r, err := dialURL(resume, CompressNone)
	if err != nil {
		return false
	}
	h, err := dialURL(home, CompressNone)
	return err == nil && (r.Scheme == "wss" || h.Scheme == "ws")
}
