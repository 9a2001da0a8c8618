package admin

import (
	"net/http"
	"strings"
	"testing"
)

func TestSwitch(t *testing.T) {
	s := start(t, socket(t), &fakeHost{})
	c := Dial(s.Addr())
	on, err := c.Enable(t.Context(), EnableRequest{Plugin: "ping"})
	if err != nil || on != (Switched{FormatVersion: FormatVersion, Plugin: "ping", Enabled: true, Changed: true, Generation: 1}) {
		t.Errorf("enabled: %+v, %v", on, err)
	}
	off, err := c.Disable(t.Context(), "ping")
	if err != nil || off != (Switched{FormatVersion: FormatVersion, Plugin: "ping", Changed: true}) {
		t.Errorf("disabled: %+v, %v", off, err)
	}
	tcp := start(t, "127.0.0.1:0", &fakeHost{})
	for name, body := range map[string]string{"nothing": "", "no name": "{}", "a misspelt key": `{"plugin":"ping","allow_identfy":true}`, "a list": "[]"} {
		for _, path := range []string{"/v1/plugin/enable", "/v1/plugin/disable"} {
			if status, text := ask(t, tcp, http.MethodPost, path, body, nil); status != http.StatusBadRequest || !strings.Contains(text, `{\"plugin\": \"NAME\"}`) {
				t.Errorf("%s with %s: %d %s", path, name, status, text)
			}
		}
	}
	if status, _ := ask(t, tcp, http.MethodGet, "/v1/plugin/disable", "", nil); status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", status)
	}
}
