package doctor_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/doctor"
	"github.com/shardhost/shardhost/internal/store"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A patient is a configuration with its surroundings.
type patient struct {
	sim  discordtest.Options
	hcl  string
	over config.Overrides
	opts doctor.Options
	data string // the data directory, which is there and private
}

const members = "discord {\n  allow_privileged = [\"GUILD_MEMBERS\"]\n}\n"

func TestExamine(t *testing.T) {
	for _, test := range []struct {
		name   string
		sicken func(t *testing.T, p *patient)
		check  string
		status doctor.Status
		want   string // of detail and fix
	}{
		{"healthy", nil, "", doctor.OK, ""},
		{"first start", func(_ *testing.T, p *patient) { p.over.DataDir = filepath.Join(p.data, "new") }, "data directory", doctor.OK, "will be made"},
		{"token refused", func(_ *testing.T, p *patient) { p.over.Token = "wrong" }, "token", doctor.Fail, "page Bot"},
		{"nobody there", func(_ *testing.T, p *patient) { p.over.BaseURL = "http://127.0.0.1:9/api" }, "discord", doctor.Fail, "look at the network"},
		{"another service", func(t *testing.T, p *patient) {
			s := httptest.NewServer(http.NotFoundHandler())
			t.Cleanup(s.Close)
			p.over.BaseURL = s.URL
		}, "gateway", doctor.Fail, "status 404"},
		{"intents allowed and off", func(_ *testing.T, p *patient) {
			p.hcl, p.sim.DisallowedIntents = members, discord.IntentGuildMembers
		}, "intents", doctor.Warn, "/bot"},
		{"intents listed and off", func(_ *testing.T, p *patient) {
			p.hcl, p.sim.DisallowedIntents = "discord {\n  intents = [\"GUILDS\", \"GUILD_MEMBERS\"]\n  allow_privileged = [\"GUILD_MEMBERS\"]\n}\n", discord.IntentGuildMembers
		}, "intents", doctor.Fail, "GUILD_MEMBERS switched off"},
		{"intents on", func(_ *testing.T, p *patient) { p.hcl = members }, "intents", doctor.OK, "switched on: GUILD_MEMBERS"},
		{"clock slow", func(_ *testing.T, p *patient) { p.opts.Now = func() time.Time { return time.Now().Add(-time.Hour) } }, "clock", doctor.Fail, "Discord's by -"},
		{"clock a little fast", func(_ *testing.T, p *patient) {
			p.opts.Now = func() time.Time { return time.Now().Add(10 * time.Second) }
		}, "clock", doctor.Warn, "set-ntp"},
		{"budget spent", func(_ *testing.T, p *patient) { p.sim.IdentifyLimit = -1 }, "identify budget", doctor.Fail, "0 of "},
		{"too few shards", func(_ *testing.T, p *patient) {
			p.sim.Shards, p.hcl = 4, "gateway {\n  shards {\n    count = 2\n  }\n}\n"
		}, "shards", doctor.Warn, "Discord recommends 4"},
		{"others may enter", func(t *testing.T, p *patient) { must(t, os.Chmod(p.data, 0o755)) }, "data directory", doctor.Warn, "chmod 700"},
		{"no folder", func(t *testing.T, p *patient) {
			p.over.DataDir = filepath.Join(p.data, "file")
			must(t, os.WriteFile(p.over.DataDir, nil, 0o600))
		}, "data directory", doctor.Fail, "is no folder"},
		{"store in use", func(t *testing.T, p *patient) {
			f, err := store.OpenFile(filepath.Join(p.data, "shardhost.db"), store.FileOptions{})
			must(t, err)
			t.Cleanup(func() { f.Close() })
		}, "store", doctor.OK, "a running host has it"},
		{"store at rest", func(t *testing.T, p *patient) {
			f, err := store.OpenFile(filepath.Join(p.data, "shardhost.db"), store.FileOptions{})
			must(t, err)
			must(t, f.Close())
		}, "store", doctor.OK, "read and written"},
		{"store damaged", func(t *testing.T, p *patient) {
			must(t, os.WriteFile(filepath.Join(p.data, "shardhost.db"), []byte(strings.Repeat("no store", 4096)), 0o600))
		}, "store", doctor.Fail, "put a backup in its place"},
		{"no go", func(t *testing.T, p *patient) {
			t.Setenv("PATH", t.TempDir())
			must(t, os.WriteFile(filepath.Join(p.data, "main.go"), []byte("package main\n"), 0o600))
			p.hcl = fmt.Sprintf("plugin \"p\" {\n  source = %q\n}\n", p.data)
		}, "go", doctor.Fail, "install the compiler"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &patient{data: filepath.Join(t.TempDir(), "data"), sim: discordtest.Options{Guilds: 1}, opts: doctor.Options{Version: "test"}}
			must(t, os.Mkdir(p.data, 0o700))
			p.over.DataDir = p.data
			if test.sicken != nil {
				test.sicken(t, p)
			}
			findings := p.examine(t)
			for _, f := range findings {
				if f.Status != doctor.OK && f.Detail == "" || f.Status == doctor.Fail && f.Fix == "" && f.Check != "gateway" {
					t.Errorf("%+v says nothing to do", f)
				}
				if test.check == "" && f.Status != doctor.OK && f.Check != "disk" { // of this machine
					t.Errorf("%+v", f)
				}
				if f.Check == test.check {
					if f.Status != test.status || !strings.Contains(f.Detail+" "+f.Fix, test.want) {
						t.Errorf("%+v, want %s with %q", f, test.status, test.want)
					}
					return
				}
			}
			if test.check != "" {
				t.Errorf("there is no check %s: %+v", test.check, findings)
			}
			if left, err := filepath.Glob(filepath.Join(p.data, ".doctor*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func (p *patient) examine(t *testing.T) []doctor.Finding {
	t.Helper()
	sim := discordtest.NewServer(p.sim)
	t.Cleanup(sim.Close)
	if p.over.Token == "" {
		p.over.Token = sim.Token
	}
	if p.over.BaseURL == "" {
		p.over.BaseURL = sim.REST
	}
	cfg, diags := config.Load([]string{config.Stdin}, config.Options{Stdin: strings.NewReader(p.hcl), Overrides: p.over})
	if cfg == nil {
		t.Fatal(diags)
	}
	findings, err := doctor.Examine(t.Context(), cfg, p.opts)
	must(t, err)
	if text := fmt.Sprint(findings); strings.Contains(text, p.over.Token) && p.over.Token != "wrong" {
		t.Errorf("the token is in the findings: %s", text)
	}
	if n := sim.Stats().Identifies; n != 0 {
		t.Errorf("%d IDENTIFYs were spent", n)
	}
	return findings
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
