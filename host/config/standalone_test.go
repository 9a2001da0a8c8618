package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStandalone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "Some Plugin.wasm")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p, diags := Standalone(file, "")
	if p == nil {
		t.Fatal(diags)
	}
	if p.Source != file || p.Grant.KV == nil || p.Grant.Discord.Allow[0] != "* /**" || p.Events[0] != "*" || p.Name != "some-plugin" {
		t.Errorf("%+v", p)
	}
	p, diags = Standalone(file, "events = [\"MESSAGE_CREATE\"]\ngrant {\n  kv {}\n}\nconfig {\n  a = 1\n}")
	if p == nil {
		t.Fatal(diags)
	}
	if p.Grant.Discord != nil || p.Grant.KV == nil || p.Events[0] != "MESSAGE_CREATE" || string(p.Config) != `{"a":1}` {
		t.Errorf("%+v", p)
	}
	if p, diags = Standalone(file, "lane = 2"); p != nil || !strings.Contains(diags.String(), "line 5") {
		t.Errorf("%+v, %s", p, diags)
	}
	if p, diags = Standalone(`/none/a "${b}.wasm`, ""); p != nil || !strings.Contains(diags.String(), `a "${b}.wasm`) {
		t.Errorf("%+v, %s", p, diags)
	}
}
