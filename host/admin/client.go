package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"syscall"
	"time"
)

// maxAnswer is the longest answer a client reads, in bytes.
const maxAnswer = 64 << 20

// ErrNoHost is returned, wrapped with the address, when nobody listens there.
var ErrNoHost = errors.New("no host is running")

// A Client calls the API of a running host. Its methods return an *Error where
// the host refused, and an error that wraps ErrNoHost where there is none.
type Client struct {
	addr  address
	err   error // the address cannot be read
	token string
	http  *http.Client
}

// Dial makes a client of the host at an address as Options.Listen takes it.
// The connection is made by the calls, and so are complaints about the address.
func Dial(listen string) *Client { return DialWith(listen, Credentials{}) }

// DialWith is Dial with what an https:// address needs. The token goes nowhere
// without TLS but to this machine.
func DialWith(listen string, with Credentials) *Client {
	addr, err := parseAddress(listen)
	c := &Client{addr: addr, err: err, token: with.Token}
	secure, err := clientTLS(with)
	if c.err == nil {
		c.err = err
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	c.http = &http.Client{Transport: &http.Transport{
		TLSClientConfig:   secure,
		DisableKeepAlives: true, // a call a process: nothing to keep, nothing to close
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			if c.addr.network == "tcp" {
				return dialer.DialContext(ctx, "tcp", c.addr.host)
			}
			path, err := c.addr.socketPath()
			if err != nil {
				return nil, err
			}
			return dialer.DialContext(ctx, "unix", path)
		},
	}}
	return c
}

// Status asks what the host is doing.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var st Status
	err := c.call(ctx, http.MethodGet, "/v1/status", nil, &st)
	return st, err
}

// Reload has the host read its configuration again.
func (c *Client) Reload(ctx context.Context, req ReloadRequest) (ReloadReport, error) {
	var report ReloadReport
	err := c.call(ctx, http.MethodPost, "/v1/reload", req, &report)
	return report, err
}

// do makes one request.
func (c *Client) do(ctx context.Context, method, path string, in any) (*http.Response, error) {
	if c.err != nil {
		return nil, c.err
	}
	var body io.Reader
	if in != nil {
		doc, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("admin: %w", err)
		}
		body = bytes.NewReader(doc)
	}
	host := c.addr.host
	if c.addr.network == "unix" {
		host = "localhost"
	}
	scheme := "http://"
	if c.addr.tls {
		scheme = "https://"
	}
	req, err := http.NewRequestWithContext(ctx, method, scheme+host+path, body)
	if err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" && c.addr.network == "tcp" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.explain(err)
	}
	return resp, nil
}

// call makes one request and decodes its answer into out.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	resp, err := c.do(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("admin: the host at %s broke off its answer: %w", c.addr, err)
	}
	if resp.StatusCode >= 300 {
		return c.refusal(resp.StatusCode, answer)
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("admin: what listens at %s does not answer as a host of this version does: %w", c.addr, err)
	}
	return nil
}

// explain turns a failed connection into what a person can act on.
func (c *Client) explain(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("admin: %w at %s: start one with `shardhost run`, or name the configuration of the one you mean", ErrNoHost, c.addr)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("admin: the host at %s belongs to another user: run this command as that user", c.addr)
	}
	return fmt.Errorf("admin: cannot reach the host at %s: %w", c.addr, err)
}

// refusal reads an answer that is not 2xx.
func (c *Client) refusal(status int, answer []byte) error {
	var doc struct {
		Error *Error `json:"error"`
	}
	if err := json.Unmarshal(answer, &doc); err != nil || doc.Error == nil || doc.Error.Message == "" {
		return fmt.Errorf("admin: what listens at %s is not a host: it answered HTTP %d", c.addr, status)
	}
	return doc.Error
}
