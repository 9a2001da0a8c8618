package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
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

func start(t *testing.T, args ...string) *process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(os.Environ(), asProcess+"=1")
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
			p := start(t, "sim", "--listen", "127.0.0.1:0", "--guilds", "3", "--shards", "4", "--max-concurrency", "2", "--seed", "7")
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
