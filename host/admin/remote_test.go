package admin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeCertificate makes a certificate for this machine.
func writeCertificate(t *testing.T, dir, name string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: bytes}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

const goodToken = "0123456789abcdef0123456789abcdef"

func TestRemoteNeedsTLSAndToken(t *testing.T) {
	cert, key := writeCertificate(t, t.TempDir(), "a")
	for _, test := range []struct {
		name string
		o    Options
		want string // "": it is taken
	}{
		{"all", Options{Listen: "https://0.0.0.0:0", CertFile: cert, KeyFile: key, Token: goodToken}, ""},
		{"loopback without a token", Options{Listen: "https://127.0.0.1:0", CertFile: cert, KeyFile: key}, ""},
		{"no TLS", Options{Listen: "0.0.0.0:0", Token: goodToken}, "not on loopback"},
		{"no certificate", Options{Listen: "https://0.0.0.0:0", Token: goodToken}, "admin { cert, key }"},
		{"no certificate on loopback", Options{Listen: "https://127.0.0.1:0"}, "needs a certificate"},
		{"no token", Options{Listen: "https://0.0.0.0:0", CertFile: cert, KeyFile: key}, "admin { token }"},
		{"short token", Options{Listen: "https://0.0.0.0:0", CertFile: cert, KeyFile: key, Token: "short"}, "openssl rand"},
		{"certificate without https", Options{Listen: "127.0.0.1:0", CertFile: cert, KeyFile: key}, "for https:// only"},
		{"no such certificate", Options{Listen: "https://127.0.0.1:0", CertFile: cert + "x", KeyFile: key}, "certificate"},
		{"no port", Options{Listen: "https://127.0.0.1"}, "https://HOST:PORT"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := New(test.o, &fakeHost{})
			if err == nil {
				defer s.Close()
			}
			if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v", err)
			}
			if err != nil && strings.Contains(err.Error(), goodToken) {
				t.Errorf("the token is in the error: %v", err)
			}
		})
	}
}

func TestTokenOverTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := writeCertificate(t, dir, "a")
	h := &fakeHost{status: sample()}
	s, err := New(Options{Listen: "https://0.0.0.0:0", CertFile: cert, KeyFile: key, Token: goodToken}, h)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.Addr(), "https://"))
	if err != nil {
		t.Fatal(s.Addr(), err)
	}
	at := "https://127.0.0.1:" + port
	if st, err := DialWith(at, Credentials{Token: goodToken, CAFile: cert}).Status(t.Context()); err != nil || st.PID != 7 {
		t.Errorf("%+v, %v", st, err)
	}
	var refused *Error
	for name, c := range map[string]Credentials{"no token": {CAFile: cert}, "wrong token": {Token: goodToken + "x", CAFile: cert}, "part of it": {Token: goodToken[:31], CAFile: cert}} {
		if _, err := DialWith(at, c).Status(t.Context()); !errors.As(err, &refused) || refused.Code != CodeUnauthorized {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := DialWith(at, Credentials{Token: goodToken}).Status(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate that nobody signed: %v", err)
	}
	if _, err := DialWith(at, Credentials{CAFile: key}).Status(t.Context()); err == nil || !strings.Contains(err.Error(), "holds no certificate") {
		t.Errorf("a CA file without a certificate: %v", err)
	}
	// A browser asks for a name and a password: the token is the password.
	for password, want := range map[string]int{goodToken: http.StatusOK, goodToken + "x": http.StatusUnauthorized, "": http.StatusUnauthorized} {
		req, err := http.NewRequest(http.MethodGet, at+"/v1/status", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth("anyone", password)
		resp, err := DialWith(at, Credentials{CAFile: cert}).http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want || want != http.StatusOK && len(resp.Header.Values("WWW-Authenticate")) != 2 {
			t.Errorf("password %q: %d %q", password, resp.StatusCode, resp.Header.Values("WWW-Authenticate"))
		}
	}
	// Probes have no token, and learn nothing else.
	probe := DialWith(at, Credentials{CAFile: cert})
	if resp, err := probe.do(t.Context(), http.MethodGet, "/healthz", nil); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("healthz: %v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
	// A renewed certificate is used without a restart.
	newCert, newKey := writeCertificate(t, dir, "b")
	later := time.Now().Add(time.Minute)
	for from, to := range map[string]string{newCert: cert, newKey: key} {
		if err := errors.Join(os.Rename(from, to), os.Chtimes(to, later, later)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := DialWith(at, Credentials{Token: goodToken, CAFile: cert}).Status(t.Context()); err != nil {
		t.Errorf("after the renewal: %v", err)
	}
}
