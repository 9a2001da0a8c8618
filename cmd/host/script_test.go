package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/admin"
)

// asProcess makes the test binary behave as shardhost, or as a process that
// does not end in good order.
const asProcess = "SHARDHOST_TEST_PROCESS"

func TestMain(m *testing.M) {
	switch os.Getenv(asProcess) {
	case "1":
		main()
	case "stuck":
		stuck()
	}
	testscript.Main(leakChecked{m}, map[string]func(){"shardhost": main})
}

// leakChecked fails when goroutines are left after the tests.
type leakChecked struct{ *testing.M }

func (m leakChecked) Run() int {
	code := m.M.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		os.Stderr.WriteString(err.Error() + "\n")
		code = 1
	}
	return code
}

// TestScripts runs testdata/script. Each has modules in $MODULES, the admin API
// of a pretended host at $ADMIN, and a Discord of its own at $SIM with
// $SIM_TOKEN and $SIM_GUILD.
func TestScripts(t *testing.T) {
	modules := writeModules(t)
	goCache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "live": live, "say": say, "until": repeat, "column": column, "chatter": chatter},
		Setup: func(env *testscript.Env) error {
			env.Setenv("MODULES", modules)
			env.Setenv("NO_COLOR", "1")
			env.Setenv("GOCACHE", strings.TrimSpace(string(goCache)))
			env.Vars = append(env.Vars, quickExit)
			// Not in the script's own folder: a socket's path is short.
			dir, err := os.MkdirTemp("", "shardhost")
			if err != nil {
				return err
			}
			env.Defer(func() { os.RemoveAll(dir) })
			server, err := admin.New(admin.Options{Listen: "unix://" + filepath.Join(dir, "admin.sock")}, pretended{})
			if err != nil {
				return err
			}
			served := make(chan error, 1)
			go func() { served <- server.Serve() }()
			env.Defer(func() {
				server.Close()
				if err := <-served; err != nil {
					t.Error(err)
				}
			})
			env.Setenv("ADMIN", server.Addr())
			sim := discordtest.NewServer(discordtest.Options{Guilds: 1, NoRateLimits: true})
			env.Defer(sim.Close)
			host := new(*liveHost)
			env.Values[simKey{}], env.Values[liveKey{}] = sim, host
			env.Defer(func() {
				if *host != nil {
					(*host).end(syscall.SIGTERM)
				}
			})
			env.Setenv("LIVE", "unix://"+filepath.Join(dir, "live.sock"))
			env.Setenv("SIM", sim.REST)
			env.Setenv("SIM_TOKEN", sim.Token)
			env.Setenv("SIM_GUILD", sim.Guilds()[0].ID.String())
			return nil
		},
	})
}

// exits runs a program and compares its exit code: exits CODE PROGRAM ARG...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code, err = exit.ExitCode(), nil
	}
	ts.Check(err)
	if want := args[0]; strconv.Itoa(code) != want {
		ts.Fatalf("exit code %d, want %s", code, want)
	}
}

// writeModules makes a folder with good and bad modules.
func writeModules(t *testing.T) string {
	dir := t.TempDir()
	echo := conformance.Echo()
	large := append(slices.Clone(echo), 0, 0x84, 0x20, 3, 'p', 'a', 'd') // a custom section of 4 KiB
	large = append(large, make([]byte, 4096)...)
	trapping := guest.New()
	trapping.Plugin(guest.Plugin{Frame: guest.Unreachable})
	for name, module := range map[string][]byte{
		"echo.wasm":      echo,
		"counter.wasm":   conformance.Counter("n"), // needs kv
		"trapping.wasm":  trapping.Module(),
		"large.wasm":     large,
		"truncated.wasm": echo[:len(echo)/2],
		"foreign.wasm":   []byte("\x00asm\x01\x00\x00\x00"),
		"text.wasm":      []byte("<!doctype html>\n<title>404</title>\n"),
		"empty.wasm":     nil,
		"roll.wasm":      declaring(`{"name":"roll","description":"Throw a die","options":[{"type":4,"name":"sides","description":"How many"}]}`),
		"dice.wasm":      declaring(`{"name":"roll","description":"Throw two","type":1}`, `{"name":"Report","type":3}`),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), module, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// declaring is a module with slash commands.
func declaring(commands ...string) []byte {
	b := guest.New()
	b.Custom(abi.ManifestSection, []byte(`{"events":["INTERACTION_CREATE"],"commands":[`+strings.Join(commands, ",")+`]}`))
	b.Plugin(guest.Plugin{})
	return b.Module()
}

// pretended is a host with two shards and one plugin.
type pretended struct {
	admin.Letters
	admin.Watching
	admin.Logging
}

func (pretended) Status() admin.Status {
	return admin.Status{
		Version: "v1.2.3", PID: 42, Started: time.Now().Add(-time.Hour),
		Shards: []admin.Shard{
			{ID: 0, Of: 2, State: "ready", Session: "abc", Sequence: 12, Position: 11, LatencyMS: 1.25, Guilds: 3, Events: 12},
			{ID: 1, Of: 2, State: "resuming", Sequence: -1, Position: -1, LastError: "closed by the service"},
		},
		Plugins:    []admin.Plugin{{Name: "ping", Generation: 3, State: "running", Lanes: 2, Handled: 10, Failed: 1, Dropped: 0, Memory: 3 << 20, Probation: &admin.Probation{Until: time.Now().Add(20*time.Second + 300*time.Millisecond), Newest: 3, Failures: 1, Kept: 2, Canary: 1}}},
		Identifies: admin.Identifies{Used: 2, Limit: 1000, ResetAt: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)},
	}
}

func (pretended) Plugin(name string) (admin.PluginDetail, error) {
	return admin.PluginDetail{Name: name}, nil
}

func (pretended) REST() admin.REST                   { return admin.REST{} }
func (pretended) Configuration() admin.Configuration { return admin.Configuration{} }

func (pretended) Ready() (bool, string) { return false, "shard 1 is resuming" }

func (pretended) Rollback(_ context.Context, req admin.RollbackRequest) (admin.Rollback, error) {
	if req.Plugin != "ping" {
		return admin.Rollback{}, &admin.Error{Code: admin.CodeNotFound, Message: "no plugin runs here under that name"}
	}
	return admin.Rollback{Plugin: "ping", Generation: 3, To: 2, PauseMS: 0.5}, nil
}

func (pretended) Enable(context.Context, admin.EnableRequest) (admin.Switched, error) {
	return admin.Switched{}, &admin.Error{Code: admin.CodeIdentify, Message: "that costs 2 IDENTIFYs; enable it with --allow-identify to have it"}
}

func (pretended) Disable(context.Context, admin.DisableRequest) (admin.Switched, error) {
	return admin.Switched{}, &admin.Error{Code: admin.CodeBusy, Message: "another reload is under way: wait for it"}
}

// Reload answers by what is forced.
func (pretended) Reload(_ context.Context, req admin.ReloadRequest) (admin.ReloadReport, error) {
	for _, name := range req.Force {
		switch name {
		case "broken":
			return admin.ReloadReport{}, &admin.Error{
				Code: admin.CodeConfig, Message: "the configuration has 1 error; nothing was changed",
				Text: "Error: Invalid level\n\n  on config.hcl line 2", Diagnostics: []byte(`{"valid":false}`),
			}
		case "busy":
			return admin.ReloadReport{}, &admin.Error{Code: admin.CodeBusy, Message: "another reload is under way: wait for it"}
		case "sessions":
			return admin.ReloadReport{
				DryRun: true, Changed: true, Plan: "0a1b2c", Identifies: 4, Plugins: []admin.PluginReload{
					{Name: "ping", Action: admin.ActionSwapped, From: 3, To: 4, Changes: []string{"module", "grant"}},
					{Name: "fresh", Action: admin.ActionAdded, To: 1}, {Name: "old", Action: admin.ActionRemoved, From: 2},
				},
				Sessions: admin.SessionReload{Replaced: true, ShardsFrom: 2, ShardsTo: 4, Added: []string{"GUILD_MEMBERS"}, Seconds: 20, Left: 990},
			}, nil
		case "shards":
			return admin.ReloadReport{
				DryRun: req.DryRun, Changed: true, Plan: "3d4e5f", Identifies: 4, Plugins: []admin.PluginReload{{Name: "ping", Action: admin.ActionUnchanged, From: 3, To: 3}},
				Sessions: admin.SessionReload{ShardsFrom: 16, ShardsTo: 16, Taken: []int{4, 5, 6, 9}, GivenAway: []int{0}, Seconds: 20, Left: 990},
			}, nil
		case "spent":
			return admin.ReloadReport{}, &admin.Error{Code: admin.CodeBudget, Message: "the budget begins anew at 03:04"}
		case "costly":
			return admin.ReloadReport{}, &admin.Error{Code: admin.CodeIdentify, Message: "it would cost 2 IDENTIFYs"}
		}
	}
	return admin.ReloadReport{
		DryRun: req.DryRun, Changed: len(req.Force) > 0, DurationMS: 12,
		Plugins: []admin.PluginReload{
			{Name: "ping", Action: admin.ActionSwapped, From: 3, To: 4, PauseMS: 0.25},
			{Name: "remind", Action: admin.ActionUnchanged, From: 1, To: 1},
			{Name: "worse", Action: admin.ActionRolledBack, From: 1, To: 1, Reason: "state not loaded\nhere"},
		},
		Warnings: []string{"the block log has changed: that takes effect at the next start"},
	}, nil
}
