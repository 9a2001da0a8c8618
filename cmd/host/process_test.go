package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process is a shardhost as a process of its own.
type process struct {
	*exec.Cmd
	out    *bufio.Reader
	stderr *bytes.Buffer
}

// limit is how long a test waits for a process.
const limit = 30 * time.Second

// quickExit keeps the race detector from waiting a second at each exit.
const quickExit = "GORACE=atexit_sleep_ms=10"

// start starts one with more in its environment.
func start(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(append(os.Environ(), asProcess+"=1", quickExit), env...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: cmd, out: bufio.NewReader(stdout), stderr: &bytes.Buffer{}}
	cmd.Stderr = p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// line reads the next line of stdout.
func (p *process) line(t *testing.T) string {
	t.Helper()
	timer := time.AfterFunc(limit, func() { p.Process.Kill() })
	defer timer.Stop()
	line, err := p.out.ReadString('\n')
	if err != nil {
		t.Fatalf("no line: %v; stderr %s", err, p.stderr)
	}
	return line
}

// end waits for the process and returns its exit code.
func (p *process) end(t *testing.T) int {
	t.Helper()
	timer := time.AfterFunc(limit, func() { p.Process.Kill() })
	defer timer.Stop()
	io.Copy(io.Discard, p.out)
	p.Wait()
	return p.ProcessState.ExitCode()
}

func TestSim(t *testing.T) {
	for _, test := range []struct {
		name   string
		signal os.Signal
	}{{"interrupt", os.Interrupt}, {"terminate", syscall.SIGTERM}} {
		t.Run(test.name, func(t *testing.T) {
			p := start(t, nil, "sim", "--listen", "127.0.0.1:0", "--guilds", "3", "--shards", "4", "--max-concurrency", "2", "--seed", "7")
			line := p.line(t)
			var sim struct{ REST, Gateway, Control, Token string }
			if err := json.Unmarshal([]byte(line), &sim); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if !strings.HasPrefix(sim.REST, "http://127.0.0.1:") || !strings.HasSuffix(sim.REST, "/api") ||
				!strings.HasPrefix(sim.Gateway, "ws://127.0.0.1:") || !strings.HasSuffix(sim.Control, "/sim") || sim.Token == "" {
				t.Errorf("line %s", line)
			}
			var bot struct {
				Shards int
				Limit  struct {
					MaxConcurrency int `json:"max_concurrency"`
				} `json:"session_start_limit"`
			}
			get(t, sim.REST+"/v10/gateway/bot", sim.Token, &bot)
			if bot.Shards != 4 || bot.Limit.MaxConcurrency != 2 {
				t.Errorf("gateway/bot answers %+v", bot)
			}
			if err := p.Process.Signal(test.signal); err != nil {
				t.Fatal(err)
			}
			if code := p.end(t); code != exitOK || p.stderr.Len() > 0 {
				t.Errorf("exit code %d, stderr %q", code, p.stderr)
			}
		})
	}
}

// stuck is a process that takes the first signal and never ends.
func stuck() {
	ctx, _ := interruptible(context.Background(), &stdio{Out: os.Stdout, Err: os.Stderr})
	fmt.Println("up")
	<-ctx.Done()
	fmt.Println("stopping")
	select {}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	p := start(t, []string{asProcess + "=stuck"})
	p.line(t)
	// Twice within an instant is once: the process says that it is stopping.
	p.Process.Signal(os.Interrupt)
	p.Process.Signal(os.Interrupt)
	if line := p.line(t); line != "stopping\n" {
		t.Fatalf("line %q", line)
	}
	ended := make(chan int)
	go func() { ended <- p.end(t) }()
	tick := time.NewTicker(echo / 2)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.Process.Signal(os.Interrupt)
		case code := <-ended:
			if code != exitFailed || !strings.Contains(p.stderr.String(), "stopped at once") {
				t.Errorf("exit code %d; stderr %s", code, p.stderr)
			}
			return
		}
	}
}

func get(t *testing.T, url, token string, v any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+token)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, resp.Status, err)
	}
}

// simulated starts a simulated Discord as a process, and returns the
// environment of a host that is to use it.
func simulated(t *testing.T) (sim *process, env []string) {
	t.Helper()
	sim = start(t, nil, "sim", "--guilds", "2", "--shards", "1")
	var addr struct{ REST, Token string }
	if err := json.Unmarshal([]byte(sim.line(t)), &addr); err != nil {
		t.Fatal(err)
	}
	return sim, []string{"BASE=" + addr.REST, "DISCORD_TOKEN=" + addr.Token}
}

// startHost writes a configuration without plugins and starts a host with it.
func startHost(t *testing.T, env []string) (p *process, config string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "shardhost") // short: a socket is in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	config = filepath.Join(dir, "config.hcl")
	text := "discord {\n  token = env(\"DISCORD_TOKEN\")\n  api {\n    base_url = env(\"BASE\")\n  }\n}\n"
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return start(t, env, "run", "-c", config), config
}

// until runs a command as a process until it exits with 0.
func until(t *testing.T, args ...string) string {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		p := start(t, nil, args...)
		var out bytes.Buffer
		io.Copy(&out, p.out)
		if p.end(t) == exitOK {
			return out.String()
		}
		if time.Now().After(deadline) {
			t.Fatalf("%v: %s", args, p.stderr)
		}
	}
}

func TestRunAgainstSim(t *testing.T) {
	sim, env := simulated(t)
	host, config := startHost(t, env)
	out := until(t, "status", "--json", "-c", config)
	var status struct {
		FormatVersion int `json:"format_version"`
		Identifies    struct{ Limit int }
	}
	if err := json.Unmarshal([]byte(out), &status); err != nil || status.FormatVersion != formatVersion {
		t.Errorf("%v in %s", err, out)
	}
	until(t, "reload", "-c", config)
	if err := host.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := host.end(t); code != exitOK {
		t.Errorf("exit code %d; stderr\n%s", code, host.stderr)
	}
	for _, secret := range env[1:] {
		if _, value, _ := strings.Cut(secret, "="); strings.Contains(host.stderr.String()+out, value) {
			t.Error("the token is in the log or the status")
		}
	}
	sim.Process.Signal(os.Interrupt)
	sim.end(t)
}

// TestSystemd has a service manager listen.
func TestSystemd(t *testing.T) {
	dir, err := os.MkdirTemp("", "shardhost") // short: a socket is in it
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	next := func() string {
		buf := make([]byte, 4096)
		if err := l.SetReadDeadline(time.Now().Add(limit)); err != nil {
			t.Fatal(err)
		}
		n, err := l.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return string(buf[:n])
	}
	sim, env := simulated(t)
	host, _ := startHost(t, append(env, "NOTIFY_SOCKET="+l.LocalAddr().String(), "WATCHDOG_USEC=100000"))
	if got := next(); !strings.HasPrefix(got, "READY=1\n") {
		t.Errorf("first %q", got)
	}
	for seen := map[string]bool{}; !seen["STATUS=every shard is ready"] || !seen["WATCHDOG=1"]; {
		seen[next()] = true
	}
	host.Process.Signal(syscall.SIGTERM)
	for next() != "STOPPING=1" {
	}
	if code := host.end(t); code != exitOK {
		t.Errorf("exit code %d; stderr\n%s", code, host.stderr)
	}
	sim.Process.Signal(os.Interrupt)
	sim.end(t)
}

func TestRunRefused(t *testing.T) {
	sim, env := simulated(t)
	for _, test := range []struct {
		name string
		env  []string
		code int
		text string
	}{
		{"wrong token", []string{env[0], "DISCORD_TOKEN=wrong-token-of-a-test"}, exitRefused, "401"},
		{"nobody there", []string{"BASE=http://127.0.0.1:9/api", "DISCORD_TOKEN=wrong-token-of-a-test"}, exitTemporary, "127.0.0.1:9"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, _ := startHost(t, test.env)
			if code := p.end(t); code != test.code || !strings.Contains(p.stderr.String(), test.text) {
				t.Errorf("exit code %d, want %d; stderr\n%s", code, test.code, p.stderr)
			}
			if strings.Contains(p.stderr.String(), "wrong-token-of-a-test") {
				t.Errorf("the token is in the log:\n%s", p.stderr)
			}
		})
	}
	sim.Process.Signal(os.Interrupt)
	sim.end(t)
}
