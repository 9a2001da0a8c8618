package dev

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// project makes a Go module with one plugin and a configuration, outside of
// the repository, and sees to it that nothing is kept in the user's folders.
func project(t *testing.T, answer string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	goCache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", strings.TrimSpace(string(goCache)))
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("GOFLAGS", "-mod=mod") // completes the go.mod below
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.mod"), "module example.com/bot\n\ngo 1.26\n\nrequire github.com/shardhost/shardhost v0.0.0\n\nreplace github.com/shardhost/shardhost => "+repository+"\n")
	write(t, filepath.Join(dir, "go.sum"), read(t, filepath.Join(repository, "go.sum")))
	write(t, filepath.Join(dir, "config.hcl"), `
discord {
  token            = env("SHARDHOST_DEV_TEST_UNSET")
  allow_privileged = ["MESSAGE_CONTENT"]
}
gateway {
  shards {
    count = 2
  }
}
plugin "ping" {
  source = "./ping"
  grant {
    discord {
      allow = ["POST /channels/*/messages"]
    }
  }
}
`)
	savePing(t, dir, answer)
	return dir
}

func savePing(t *testing.T, dir, answer string) {
	t.Helper()
	write(t, filepath.Join(dir, "ping", "main.go"), `package main

import sdk "github.com/shardhost/shardhost/plugins/sdk/go"

func init() {
	sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
		if m.Content != "!ping" {
			return nil
		}
		return c.Reply(m, `+answer+`)
	})
}

func main() {}
`)
}

// The whole of it: build, answer, save, swap, a save that does not build, and
// an end that leaves nothing behind.
func TestRun(t *testing.T) {
	dir := project(t, `"pong"`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &transcript{}
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Options{Configs: []string{filepath.Join(dir, "config.hcl")}, Listen: "127.0.0.1:0", Out: out, Version: "test"})
	}()
	ready := regexp.MustCompile(`ready after [0-9.]+ s: (http://[^/]+/)`)
	within(t, 3*time.Minute, "the bot came online", func() bool {
		select {
		case err := <-ended:
			t.Fatalf("ended with %v\n%s", err, out)
		default:
		}
		return ready.MatchString(out.String())
	})
	url := ready.FindStringSubmatch(out.String())[1]
	events := listenAt(t, url)
	var first hello
	events.want(t, "hello", &first)
	place := post{Guild: first.Guilds[1].ID, Channel: first.Guilds[1].Channels[0].ID, User: "Ada", Content: "!ping"}
	answer := func() string {
		t.Helper()
		if status, body := sendTo(t, url, "messages", place, nil); status != 204 {
			t.Fatalf("%d %s\n%s", status, body, out)
		}
		for {
			var m message
			events.want(t, "message", &m)
			if m.Author.Bot {
				return m.Content
			}
		}
	}
	until := func(what string, f func(state) bool) {
		t.Helper()
		for {
			var st state
			events.want(t, "state", &st)
			if st.Sim.Identifies != 2 {
				t.Fatalf("%s: %d IDENTIFYs were spent\n%s", what, st.Sim.Identifies, out)
			}
			if f(st) {
				return
			}
		}
	}
	if got := answer(); got != "pong" {
		t.Fatalf("the answer is %q", got)
	}
	savePing(t, dir, `"pong, but new"`)
	until("swapped", func(st state) bool { return st.Plugins[0].Generation == 2 && st.Plugins[0].State == "running" })
	if got := answer(); got != "pong, but new" {
		t.Fatalf("after the save the answer is %q", got)
	}
	savePing(t, dir, `nonsense`)
	until("broken", func(st state) bool {
		return st.Plugins[0].State == "build failed" && strings.Contains(st.Plugins[0].Error, "undefined: nonsense") && st.Ready
	})
	if got := answer(); got != "pong, but new" {
		t.Fatalf("after a bad save the answer is %q", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v\n%s", err, out)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		if strings.HasPrefix(f.Name(), "shardhost") {
			t.Errorf("%s was left behind", f.Name())
		}
	}
}

func TestRunConfiguration(t *testing.T) {
	dir := project(t, `"pong"`)
	write(t, filepath.Join(dir, "config.hcl"), "plugin \"ping\" {\n  sauce = \"./ping\"\n}\n")
	err := Run(t.Context(), Options{Configs: []string{filepath.Join(dir, "config.hcl")}, Listen: "127.0.0.1:0"})
	var invalid *ConfigError
	if !errors.As(err, &invalid) || !strings.Contains(invalid.Diagnostics.String(), "sauce") {
		t.Errorf("got %v", err)
	}
	if err := Run(t.Context(), Options{Configs: []string{filepath.Join(dir, "none.hcl")}}); !errors.As(err, &invalid) {
		t.Errorf("without a file: %v", err)
	}
}

func TestRunAddress(t *testing.T) {
	dir := project(t, `"pong"`)
	err := Run(t.Context(), Options{Configs: []string{filepath.Join(dir, "config.hcl")}, Listen: "0.0.0.0:0"})
	if err == nil || !strings.Contains(err.Error(), "not on loopback") {
		t.Errorf("got %v", err)
	}
}

// Ctrl-C while it compiles.
func TestRunIsStopped(t *testing.T) {
	dir := project(t, `"pong"`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &transcript{}
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Options{Configs: []string{filepath.Join(dir, "config.hcl")}, Listen: "127.0.0.1:0", Out: out})
	}()
	within(t, time.Minute, "building", func() bool { return strings.Contains(out.String(), "building ping…") })
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v\n%s", err, out)
	}
	if strings.Contains(out.String(), "does not build") {
		t.Errorf("an interrupted build was told as a failure:\n%s", out)
	}
}
