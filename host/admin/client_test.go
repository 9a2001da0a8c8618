package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

func TestClient(t *testing.T) {
	diagnostics := json.RawMessage(`{"valid":false}`)
	host := &fakeHost{status: sample(), reload: func(_ context.Context, r ReloadRequest) (ReloadReport, error) {
		switch {
		case r.AllowIdentify:
			return ReloadReport{}, errors.New("the disk is full")
		case r.DryRun:
			return ReloadReport{}, &Error{Code: CodeConfig, Message: "1 error in config.hcl", Text: "Error: …\n  on config.hcl line 3", Diagnostics: diagnostics}
		}
		return ReloadReport{Changed: true, Plugins: []PluginReload{{Name: "ping", Action: ActionSwapped, From: 1, To: 2, PauseMS: 0.5}}}, nil
	}}
	for _, listen := range []string{socket(t), "127.0.0.1:0"} {
		network, _, _ := strings.Cut(listen, ":")
		t.Run(network, func(t *testing.T) {
			c := Dial(start(t, listen, host).Addr())
			st, err := c.Status(t.Context())
			if err != nil || st.Plugins[0].Name != "ping" || st.FormatVersion != 1 || !st.Ready {
				t.Fatalf("status: %+v, %v", st, err)
			}
			report, err := c.Reload(t.Context(), ReloadRequest{})
			if err != nil || len(report.Plugins) != 1 || report.Plugins[0].To != 2 || !report.Changed {
				t.Fatalf("reload: %+v, %v", report, err)
			}
			var refused *Error
			_, err = c.Reload(t.Context(), ReloadRequest{DryRun: true})
			if !errors.As(err, &refused) || refused.Code != CodeConfig || string(refused.Diagnostics) != string(diagnostics) || !strings.Contains(refused.Text, "line 3") {
				t.Fatalf("the configuration's errors arrive as %#v", err)
			}
			_, err = c.Reload(t.Context(), ReloadRequest{AllowIdentify: true})
			if !errors.As(err, &refused) || refused.Code != CodeFailed || refused.Message != "the disk is full" {
				t.Fatalf("an ordinary error arrives as %#v", err)
			}
		})
	}
}

func TestNoHost(t *testing.T) {
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	stale := filepath.Join(t.TempDir(), "s")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: stale})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	for _, c := range []struct{ name, listen string }{
		{"no socket", socket(t)},
		{"stale socket", "unix://" + stale},
		{"closed port", gone.Addr().String()},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Dial(c.listen).Status(t.Context())
			if !errors.Is(err, ErrNoHost) || !strings.Contains(err.Error(), c.listen) || !strings.Contains(err.Error(), "shardhost run") {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestClientComplains(t *testing.T) {
	other := func(status int, body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(s.Close)
		return s.Listener.Addr().String()
	}
	for _, c := range []struct{ name, listen, want string }{
		{"address that cannot be read", "nonsense", "cannot read the address"},
		{"address that is not local", "192.0.2.1:80", "not on loopback"},
		{"another server's page", other(200, "<html>"), "does not answer as a host"},
		{"another server's error", other(502, "<html>"), "is not a host: it answered HTTP 502"},
		{"another server's JSON error", other(404, `{"error":"x"}`), "is not a host: it answered HTTP 404"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Dial(c.listen).Status(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
		})
	}
}
