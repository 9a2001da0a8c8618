package fetch

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCovers(t *testing.T) {
	for _, test := range []struct {
		name, pattern, address string
		want                   bool
	}{
		{"the same", "https://api.example.com", "https://api.example.com/v1?x=1", true},
		{"in other letters", "https://api.example.com", "https://API.Example.com", true},
		{"another scheme", "https://api.example.com", "http://api.example.com", false},
		{"another port", "https://api.example.com", "https://api.example.com:8443", false},
		{"the default port", "https://api.example.com:443", "https://api.example.com", true},
		{"below a domain", "https://*.example.com", "https://a.b.example.com", true},
		{"the domain itself", "https://*.example.com", "https://example.com", false},
		{"a domain that ends alike", "https://*.example.com", "https://badexample.com", false},
		{"any host", "https://*", "https://example.org", true},
		{"below a path", "https://example.com/v1/", "https://example.com/v1/users", true},
		{"a path that begins alike", "https://example.com/v1", "https://example.com/v10", false},
		{"no path", "https://example.com/v1", "https://example.com", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			u, err := Parse(test.address)
			if err != nil {
				t.Fatal(err)
			}
			if got := (Allowed{Addresses: []string{test.pattern}}).Covers(u); got != test.want {
				t.Errorf("%s covers %s: %v", test.pattern, test.address, got)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, address := range []string{
		"", "example.com", "ftp://example.com", "https://", "https://me:secret@example.com", "https://example.com/a/../b",
		"https://example.com/a/%2e%2E/b", "https://example.com/a%2fb", "https://example.com/a%5Cb", "http://[::1", "https://example.com/\x00",
	} {
		if u, err := Parse(address); err == nil {
			t.Errorf("%q is taken for %v", address, u)
		}
	}
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1::1": true, "127.0.0.1": false, "10.1.2.3": false, "192.168.0.1": false, "169.254.169.254": false,
		"0.0.0.0": false, "100.64.0.1": false, "::1": false, "fd00::1": false, "fe80::1": false, "::ffff:127.0.0.1": false, "64:ff9b::7f00:1": false,
		"224.0.0.1": false, "255.255.255.255": false, "2002:7f00:1::": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %v", address, got)
		}
	}
}

// server answers by path, and says what it was asked.
func server(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/inside":
			http.Redirect(w, r, "/plain", http.StatusFound)
		case "/outside":
			http.Redirect(w, r, "https://example.com/", http.StatusFound)
		case "/around":
			http.Redirect(w, r, "/around", http.StatusFound)
		case "/large":
			_, _ = w.Write(make([]byte, MaxAnswer+1))
		case "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("less"))
		default:
			w.Header().Set("X-Seen", r.Method+" "+r.Header.Get("X-Mine"))
			w.WriteHeader(http.StatusTeapot)
			_, _ = w.Write([]byte("short and stout"))
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestDo(t *testing.T) {
	s := server(t)
	here := Allowed{Addresses: []string{s.URL}, Private: true}
	for _, test := range []struct {
		name, path string
		allowed    Allowed
		status     int
		err        error
	}{
		{"an answer", "/plain", here, http.StatusTeapot, nil},
		{"a redirect that is allowed", "/inside", here, http.StatusTeapot, nil},
		{"a redirect that is not", "/outside", here, http.StatusFound, nil},
		{"redirects without end", "/around", here, http.StatusFound, nil},
		{"too much", "/large", here, 0, ErrTooBig},
		{"an answer that is cut", "/cut", here, 0, ErrUnsure},
		{"not allowed", "/plain", Allowed{Addresses: []string{"https://example.com"}, Private: true}, 0, ErrRefused},
		{"a private address", "/plain", Allowed{Addresses: []string{s.URL}}, 0, ErrRefused},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := New()
			defer c.Close()
			r, err := c.Do(t.Context(), Request{Method: "PUT", URL: s.URL + test.path + "?key=hidden", Header: map[string]string{"X-Mine": "yes"}, Allowed: test.allowed})
			if !errors.Is(err, test.err) || r.Status != test.status {
				t.Fatalf("got %d, %v", r.Status, err)
			}
			if err != nil && strings.Contains(err.Error(), "hidden") {
				t.Errorf("the error shows the query: %v", err)
			}
			if r.Status == http.StatusTeapot && test.path == "/plain" && (r.Header.Get("X-Seen") != "PUT yes" || string(r.Body) != "short and stout") {
				t.Errorf("got %v, %q", r.Header, r.Body)
			}
		})
	}
}

// FuzzParse: what is allowed stays below what allows it.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"https://example.com/v1/a", "https://example.com/v1/../b", "https://example.com:443/v1", "https://example.com%00.org/v1", "//example.com/v1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		u, err := Parse(address)
		if err != nil || !(Allowed{Addresses: []string{"https://example.com/v1"}}).Covers(u) {
			return
		}
		again, err := url.Parse(u.String())
		if err != nil || again.Scheme != "https" || !strings.EqualFold(again.Hostname(), "example.com") || !strings.HasPrefix(again.ResolveReference(&url.URL{}).EscapedPath(), "/v1") {
			t.Errorf("%q was allowed: it is %v, %v", address, again, err)
		}
	})
}
