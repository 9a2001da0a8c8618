package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// load writes a configuration into a folder of its own and loads it.
func load(t *testing.T, text string, opts Options) (*Config, Diagnostics, string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "config.hcl")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if opts.Env == nil {
		opts.Env = lookup(map[string]string{"DISCORD_TOKEN": "a-token-for-tests"})
	}
	cfg, diags := Load([]string{path}, opts)
	return cfg, diags, dir
}

func TestFullConfiguration(t *testing.T) {
	env := lookup(map[string]string{"DISCORD_TOKEN": " Bot the-token \n", "MOD_API_KEY": "the-key"})
	path := filepath.Join("testdata", "full", "config.hcl")
	got, diags := Load([]string{path}, Options{Env: env})
	if got == nil || diags.Warnings() != 0 {
		t.Fatal(diags)
	}
	dir, err := filepath.Abs(filepath.Join("testdata", "full"))
	if err != nil {
		t.Fatal(err)
	}
	in := func(p string) string { return filepath.Join(dir, p) }
	at := func(line int) Location { return Location{path, line} }
	want := &Config{
		Dir:  dir,
		Host: Host{DataDir: in("state"), ShutdownGrace: 90 * time.Second},
		Log:  Log{Level: "debug", Format: "json", Redact: []string{"content", "email"}},
		Discord: Discord{
			Token: NewSecret("the-token"), IntentsAuto: true, AllowPrivileged: []string{"MESSAGE_CONTENT", "GUILD_MEMBERS"},
			API:      API{BaseURL: "http://127.0.0.1:8080/api", Timeout: 5 * time.Second},
			Presence: &Presence{Status: "dnd", Activity: "streaming", Name: "with wasm", URL: "https://www.twitch.tv/shardhost"},
			At:       at(23),
		},
		Gateway: Gateway{Compress: "zlib-stream", IdentifyReserve: 0.125, IdentifyBreaker: 50, ShardCount: 64, ShardIDs: []int{0, 1, 2, 3, 32}, At: at(41)},
		Plugins: []Plugin{
			{
				Name: "moderation", Source: in("moderation.wasm"), SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
				Events: []string{"MESSAGE_CREATE", "GUILD_MEMBER_*"}, Lanes: 8,
				Filter:  Filter{Guilds: []uint64{81384788765712384, 41771983423143937}, IgnoreBots: true, Guild: true, Prefix: "!"},
				Config:  json.RawMessage(`{"from_env":"eu","limit":{"ban":5.5,"warn":3},"log_channel":"155361364909621248","nothing":null,"strict":true,"words":["spam","eggs"]}`),
				Secrets: map[string]Secret{"api_key": NewSecret("the-key"), "pem": NewSecret("not really a key")},
				Grant: Grant{
					Discord: &DiscordGrant{Allow: []string{"POST /channels/*/messages", "* /guilds/**"}, Rate: Rate{10, time.Second}, Guilds: []uint64{81384788765712384}},
					HTTP:    &HTTPGrant{Allow: []string{"https://api.example.com", "https://*.example.org:8443/v1"}},
					KV:      &KVGrant{Quota: 3 << 29}, Timers: &TimersGrant{Max: 20},
					Gateway: &GatewayGrant{Allow: []string{"presence", "members"}}, Bus: &BusGrant{Publish: []string{"levels.*", "alerts"}, Subscribe: []string{"levels.*.up"}},
					At: at(79),
				},
				Limits:  Limits{Memory: 32 << 20, Deadline: 100 * time.Millisecond, Init: 2 * time.Second, Instructions: 250e6, Mailbox: 512, MailboxBytes: 16 << 20, Inflight: 16, Park: 2 * time.Minute, Parked: 32, Overflow: "block", OverflowBy: map[string]string{"TYPING_START": "drop_oldest", "PRESENCE_*": "drop_newest"}, ModuleSize: 8e6, LogLines: Rate{5, time.Second}, AutoDeferAfter: 2 * time.Second, Metrics: 20},
				Failure: Failure{Retry: 0, Max: 3, Within: 30 * time.Second, Backoff: 250 * time.Millisecond, DeadLetters: 20, DeadLetterBytes: 2 << 20},
				Reload:  Reload{Watch: true, Drain: time.Second, Probation: 90 * time.Second, CanaryLanes: 2, CanaryFor: 10 * time.Second, Rehearse: 20},
				Recycle: Recycle{MaxMemory: 24 << 20, MaxAge: 12 * time.Hour, MaxEvents: 1000000}, Checkpoint: Checkpoint{Every: 5 * time.Minute, MaxSize: 1 << 20}, At: at(52),
			},
			plugin("from-source", in("src"), at(156)),
			plugin("made", in("out/plugin.wasm"), at(160)),
		},
		Admin:   Admin{Listen: "unix://" + in("run/admin.sock"), Token: NewSecret("0123456789abcdef"), Cert: in("admin.pem"), Key: in("admin.key"), UI: true},
		Metrics: Metrics{Listen: "127.0.0.1:9464", PProf: true},
		Tracing: Tracing{
			Endpoint: "https://otel.example.com:4318/otlp/v1/traces", Sample: 0.025, Service: "my-bot", Headers: map[string]Secret{"x-team-key": NewSecret("the-key")},
		},
		Store: Store{Type: "file", Flush: 5 * time.Millisecond},
	}
	want.Plugins[2].Build = &Build{Command: "make plugin.wasm", Watch: []string{"*.c"}, Output: in("out/plugin.wasm")}
	if p := &got.Plugins[0]; p.Line("limits.memory") != at(104) || p.Line("grant.timers.max") != at(92) || p.Line("limits.nothing") != at(103) || p.Line("grant.http.nothing") != p.Grant.At || p.Line("elsewhere") != p.At {
		t.Errorf("limits stand in lines %v", p.Lines)
	}
	for i := range got.Plugins {
		got.Plugins[i].Lines = nil
	}
	if f := got.Files; len(f) != 1 || f[0].Name != path || !strings.Contains(f[0].Text, `plugin "moderation" {`) {
		t.Errorf("files %+v", f)
	}
	got.Files = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	for i, folder := range []bool{false, true, false} {
		if got.Plugins[i].FromSource() != folder {
			t.Errorf("plugin %s: folder %v", got.Plugins[i].Name, !folder)
		}
	}
}

// plugin is one with the documented defaults.
func plugin(name, source string, at Location) Plugin {
	return Plugin{
		Name: name, Source: source, Lanes: 1, Config: json.RawMessage("{}"), Secrets: map[string]Secret{}, Grant: Grant{At: at},
		Limits: Limits{
			Memory: 64 << 20, Deadline: 250 * time.Millisecond, Init: 5 * time.Second, Instructions: 2e9, Mailbox: 4096, MailboxBytes: 32 << 20,
			Inflight: 64, Park: 15 * time.Minute, Parked: 256, Overflow: "block", ModuleSize: 64 << 20, LogLines: Rate{50, time.Second}, Metrics: 100,
		},
		Failure: Failure{
			Retry: 2, Max: 5, Within: time.Minute, Backoff: time.Second, DeadLetters: 1000, DeadLetterBytes: 64 << 20,
		},
		Reload:     Reload{Drain: 5 * time.Second, Probation: 30 * time.Second, CanaryFor: 30 * time.Second},
		Checkpoint: Checkpoint{MaxSize: 64 << 20},
		At:         at,
	}
}

func TestDefaults(t *testing.T) {
	got, diags, dir := load(t, "discord {\n  token = env(\"DISCORD_TOKEN\")\n}\n", Options{})
	if got == nil {
		t.Fatal(diags)
	}
	want := &Config{
		Dir:     dir,
		Host:    Host{DataDir: filepath.Join(dir, "data"), ShutdownGrace: 20 * time.Second},
		Log:     Log{Level: "info", Format: "auto"},
		Discord: Discord{Token: NewSecret("a-token-for-tests"), IntentsAuto: true, API: API{BaseURL: "https://discord.com/api", Timeout: 15 * time.Second}, At: got.Discord.At},
		Gateway: Gateway{Compress: "zstd-stream", IdentifyReserve: 0.2, IdentifyBreaker: 20},
		Admin:   Admin{Listen: "unix://" + filepath.Join(dir, "data", "admin.sock"), UI: true},
		Store:   Store{Type: "file", Flush: 2 * time.Millisecond},
	}
	got.Files = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestOverrides(t *testing.T) {
	const text = "host {\n  data_dir = \"./data\"\n}\ndiscord {\n  token = env(\"NOT_SET\")\n}\nplugin \"p\" {\n  source = \"./missing.wasm\"\n}\n"
	cfg, diags, dir := load(t, text, Options{SkipSources: true, Watch: true, Overrides: Overrides{
		Token: "given", BaseURL: "http://127.0.0.1:1/api", DataDir: "/var/lib/x", AdminListen: "127.0.0.1:0",
	}})
	if cfg == nil {
		t.Fatal(diags)
	}
	if cfg.Discord.Token.Reveal() != "given" || cfg.Discord.API.BaseURL != "http://127.0.0.1:1/api" || cfg.Host.DataDir != "/var/lib/x" || cfg.Admin.Listen != "127.0.0.1:0" {
		t.Errorf("%+v", cfg)
	}
	if !cfg.Plugins[0].Reload.Watch || cfg.Plugins[0].Source != filepath.Join(dir, "missing.wasm") {
		t.Errorf("%+v", cfg.Plugins[0])
	}
	if cfg, diags, _ := load(t, "# nothing\n", Options{Overrides: Overrides{Token: "given"}}); cfg == nil {
		t.Errorf("with a token from outside no block is needed: %v", diags)
	}
}

func TestWhereItIsReadFrom(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.hcl":       "discord {\n  token = env(\"DISCORD_TOKEN\")\n}\n",
		"b.hcl":       "log {\n  level = \"warn\"\n}\n",
		".hidden.hcl": "not hcl",
		"notes.txt":   "not hcl",
		"sub/host":    "",
		"two/c.hcl":   "host {\n  data_dir = \"x\"\n}\n",
		"none/readme": "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, test := range []struct {
		name  string
		paths []string
		stdin string
		data  string // data_dir, when it loads
		err   string
	}{
		{"a file", []string{"a.hcl"}, "", "data", ""},
		{"a folder", []string{"."}, "", "data", ""},
		{"a file and a folder", []string{"a.hcl", "two"}, "", "two/x", ""},
		{"standard input", []string{"-"}, "discord {\n  token = env(\"DISCORD_TOKEN\")\n}\n", "data", ""},
		{"standard input with an error", []string{"-"}, "discord {\n", "", "<stdin>:1"},
		{"no path", nil, "", "", "No path to a configuration"},
		{"nothing there", []string{"x.hcl"}, "", "", "There is no x.hcl"},
		{"a folder without files", []string{"none"}, "", "", "The folder none has no *.hcl file"},
		{"a file twice", []string{"a.hcl", "a.hcl"}, "", "", "a.hcl was already read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg, diags := Load(test.paths, Options{Env: lookup(map[string]string{"DISCORD_TOKEN": "token"}), Stdin: strings.NewReader(test.stdin)})
			err := diags.Err()
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v, want one with %q", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			// The folder may be a link to where it really is.
			if want, _ := filepath.Abs(test.data); cfg.Host.DataDir != want {
				t.Errorf("data in %s, want %s", cfg.Host.DataDir, want)
			}
		})
	}
}

func TestVariables(t *testing.T) {
	const text = "variable \"level\" {\n  default = \"warn\"\n}\ndiscord {\n  token = env(\"DISCORD_TOKEN\")\n}\nlog {\n  level = var.level\n}\n"
	env := map[string]string{"DISCORD_TOKEN": "token"}
	for _, test := range []struct {
		name  string
		vars  map[string]string
		env   string
		level string
		err   string
	}{
		{"the default", nil, "", "warn", ""},
		{"from the environment", nil, "error", "error", ""},
		{"given", map[string]string{"level": "trace"}, "error", "trace", ""},
		{"given a wrong value", map[string]string{"level": "loud"}, "", "", "not one of"},
		{"given one that does not exist", map[string]string{"lvl": "trace"}, "", "", "the variable lvl"},
	} {
		t.Run(test.name, func(t *testing.T) {
			delete(env, "SHARDHOST_VAR_level")
			if test.env != "" {
				env["SHARDHOST_VAR_level"] = test.env
			}
			cfg, diags, _ := load(t, text, Options{Env: lookup(env), Vars: test.vars})
			if test.err != "" {
				if err := diags.Err(); err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v, want one with %q", err, test.err)
				}
				return
			}
			if cfg == nil || cfg.Log.Level != test.level {
				t.Errorf("%+v\n%v", cfg, diags)
			}
		})
	}
}

func TestFunctions(t *testing.T) {
	for _, test := range []struct{ name, expr, want string }{
		{"env", `env("REGION")`, `"eu"`},
		{"env with a default", `env("NOT_SET", "us")`, `"us"`},
		{"file without its line end", `file("config.hcl") != ""`, `true`},
		{"jsondecode", `jsondecode("{\"a\":[1,null]}").a`, `[1,null]`},
		{"jsondecode of a marked value", `jsondecode(env("JSON"))`, `{"k":"v"}`},
		{"jsonencode", `jsonencode({a = 1})`, `"{\"a\":1}"`},
		{"format", `format("%s-%03d", env("REGION"), 7)`, `"eu-007"`},
		{"join and split", `join("/", split(",", "a,b"))`, `"a/b"`},
		{"coalesce", `coalesce(null, "x")`, `"x"`},
		{"try", `try(env("NOT_SET"), "fallback")`, `"fallback"`},
		{"can", `can(env("NOT_SET"))`, `false`},
		{"large numbers stay exact", `18446744073709551615`, `18446744073709551615`},
	} {
		t.Run(test.name, func(t *testing.T) {
			env := lookup(map[string]string{"REGION": "eu", "JSON": `{"k":"v"}`})
			text := "plugin \"p\" {\n  source = \"./p.wasm\"\n  config {\n    x = " + test.expr + "\n  }\n}\n"
			cfg, diags, _ := load(t, text, Options{Env: env, SkipSources: true, Overrides: Overrides{Token: "x"}})
			if cfg == nil {
				t.Fatal(diags)
			}
			if got, want := string(cfg.Plugins[0].Config), `{"x":`+test.want+`}`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestAbspathStartsAtTheFile(t *testing.T) {
	cfg, diags, dir := load(t, "plugin \"p\" {\n  source = \"./p.wasm\"\n  config {\n    x = abspath(\"../y\")\n  }\n}\n", Options{SkipSources: true, Overrides: Overrides{Token: "x"}})
	if cfg == nil {
		t.Fatal(diags)
	}
	want, _ := json.Marshal(map[string]string{"x": filepath.Join(filepath.Dir(dir), "y")})
	if string(cfg.Plugins[0].Config) != string(want) {
		t.Errorf("got %s, want %s", cfg.Plugins[0].Config, want)
	}
}

func TestAdminAddress(t *testing.T) {
	const others = "discord {\n  token = env(\"NOT_SET\")\n}\nplugin \"p\" {\n  source = env(\"NOT_SET\")\n}\n"
	for _, test := range []struct{ name, text, want, err string }{
		{"written", "admin {\n  listen = \"127.0.0.1:9400\"\n}\n" + others, "127.0.0.1:9400", ""},
		{"in the data directory", "host {\n  data_dir = \"/var/lib/x\"\n}\n" + others, "unix:///var/lib/x/admin.sock", ""},
		{"wrong", "admin {\n  listen = \"everywhere\"\n}\n" + others, "", "not an address"},
		{"not HCL", "admin {\n", "", "Unclosed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.hcl")
			if err := os.WriteFile(path, []byte(test.text), 0o644); err != nil {
				t.Fatal(err)
			}
			got, diags := AdminAddress([]string{path}, Options{Env: lookup(nil)})
			if err := diags.Err(); got != test.want || (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func manyLocals(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  a%d = local.a%d\n", i, i+1)
	}
	return b.String()
}

func TestTooMuch(t *testing.T) {
	for _, test := range []struct{ name, text, err string }{
		{"a large file", strings.Repeat("# comment\n", 60000), "larger than 512 KiB"},
		{"deep brackets", "log {\n  level = " + strings.Repeat("(", 300) + "\n}\n", "Nesting too deep"},
		{"many operators", "log {\n  level = " + strings.Repeat("!", 2000) + "true\n}\n", "Nesting too deep"},
		{"deep templates", "log {\n  level = " + strings.Repeat(`"${`, 300) + "\n}\n", "Nesting too deep"},
		{"many splats", "log {\n  level = local.x" + strings.Repeat("[*]", 20000) + "\n}\n", "Nesting too deep"},
		{"operators over lines", "log {\n  level = (" + strings.Repeat("!\n", 1000) + "true)\n}\n", "Nesting too deep"},
		{"many locals", "locals {\n" + manyLocals(1001) + "}\n", "There are 1001 locals"},
		{"one error after the other", strings.Repeat("x = 1\n", 1000), "899 more are not shown"},
		{"ids without end", "gateway {\n  shards {\n    ids = \"" + strings.Repeat("0-65000,", 5000) + "1\"\n  }\n}\n", "named twice"},
		{"a chain of conditions", "log {\n  level = " + strings.Repeat("true ? 1 : ", 2000) + "2\n}\n", "Nesting too deep"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, diags, _ := load(t, test.text, Options{})
			if err := diags.Err(); err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("error %.200v, want one with %q", err, test.err)
			}
		})
	}
}
