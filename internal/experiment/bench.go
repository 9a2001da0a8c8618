package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/shardhost/shardhost/host/admin"
)

// A bench is the folder of one experiment, and the binary of the host.
type bench struct {
	dir    string
	binary string // "": to be built when it is needed
}

func newBench(binary string) (*bench, error) {
	dir, err := os.MkdirTemp("", "shardhost-experiment-")
	if err != nil {
		return nil, err
	}
	return &bench{dir: dir, binary: binary}, nil
}

// build builds the host's binary from the module that the command runs in.
func (b *bench) build() error {
	if b.binary != "" {
		return nil
	}
	binary := filepath.Join(b.dir, "shardhost")
	if err := goBuild(context.Background(), binary, nil, "./cmd/host"); err != nil {
		return err
	}
	b.binary = binary
	return nil
}

// goBuild builds a package of this module, named relative to its root.
func goBuild(ctx context.Context, output string, env []string, args ...string) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-o", output}, args...)...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build of %s: %w\n%s", args[len(args)-1], err, out)
	}
	return nil
}

func (b *bench) close() { os.RemoveAll(b.dir) }

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

// A process is a running command, whose end is waited for once.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}
	err   error
	log   *os.File
}

// start runs the host's binary with arguments; what it says goes to a file.
func (b *bench) start(name string, stdout io.Writer, env []string, args ...string) (*process, error) {
	if err := b.build(); err != nil {
		return nil, err
	}
	return b.startBinary(b.binary, name, stdout, env, args...)
}

func (b *bench) startBinary(binary, name string, stdout io.Writer, env []string, args ...string) (*process, error) {
	cmd := exec.Command(binary, args...)
	cmd.Stdout = stdout
	cmd.Env = append(os.Environ(), env...)
	return b.launched(cmd, name)
}

// launched starts a command; what it says goes to a file.
func (b *bench) launched(cmd *exec.Cmd, name string) (*process, error) {
	log, err := os.OpenFile(filepath.Join(b.dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, ended: make(chan struct{}), log: log}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	go func() {
		p.err = p.cmd.Wait()
		log.Close()
		close(p.ended)
	}()
	return p, nil
}

// stop asks the process to end and waits for it.
func (p *process) stop() error {
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
		return p.err
	case <-time.After(30 * time.Second):
		p.kill()
		return errors.New("it did not end within 30 s of SIGTERM")
	}
}

// kill ends it at once, as a crash does.
func (p *process) kill() {
	p.cmd.Process.Kill()
	<-p.ended
}

// rss is the process's resident memory in KiB.
func (p *process) rss() (int, error) { return p.memory("VmRSS:") }

// memory is a line of what the system says about a process's memory, in KiB.
func (p *process) memory(name string) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strconv.Atoi(strings.Fields(rest)[0])
		}
	}
	return 0, errors.New("the system does not tell the memory of a process")
}

// A sim is a simulated Discord as a process.
type sim struct {
	*process
	REST    string `json:"rest"`
	Gateway string `json:"gateway"`
	Control string `json:"control"`
	Token   string `json:"token"`
}

func (b *bench) sim(args ...string) (*sim, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	p, err := b.start("sim", w, nil, append([]string{"sim"}, args...)...)
	w.Close()
	if err != nil {
		return nil, err
	}
	s := &sim{process: p}
	line, err := bufio.NewReader(r).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, s)
	}
	if err != nil {
		p.kill()
		return nil, fmt.Errorf("sim did not say where it is: %w", err)
	}
	return s, nil
}

// get and post call the sim's controls.
func (s *sim) get(path string, answer any) error {
	resp, err := http.Get(s.Control + path)
	if err != nil {
		return err
	}
	return decode(resp, path, answer)
}

func (s *sim) post(path string, body, answer any) error {
	doc, err := json.Marshal(body)
	if err != nil {
		return err
	}
	resp, err := http.Post(s.Control+path, "application/json", bytes.NewReader(doc))
	if err != nil {
		return err
	}
	return decode(resp, path, answer)
}

func decode(resp *http.Response, path string, answer any) error {
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %s: %s", path, resp.Status, body)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(body, answer)
}

// simStats is GET /sim/stats.
type simStats struct {
	Sessions        int `json:"sessions"`
	Identifies      int `json:"identifies"`
	Resumes         int `json:"resumes"`
	EventsSent      int `json:"events_sent"`
	MessagesCreated int `json:"messages_created"`
}

// A hostProcess is the host as a process, with a configuration of its own.
type hostProcess struct {
	*process
	admin *admin.Client
}

// host starts run with a configuration and waits until every shard is ready.
func (b *bench) host(ctx context.Context, s *sim, hcl string) (*hostProcess, error) {
	h, err := b.launch(s, hcl)
	if err != nil {
		return nil, err
	}
	return h, h.ready(ctx, b)
}

// launch starts run with a configuration, on the data of the one before.
func (b *bench) launch(s *sim, hcl string) (*hostProcess, error) {
	return b.launchWith(s, `  allow_privileged = ["MESSAGE_CONTENT"]`, hcl)
}

// data is the folder of the host's data.
func (b *bench) data() string { return filepath.Join(b.dir, "data") }

// launchWith takes what else stands in the block discord.
func (b *bench) launchWith(s *sim, arguments, hcl string) (*hostProcess, error) {
	if err := b.configure(s, arguments, hcl); err != nil {
		return nil, err
	}
	p, err := b.start("host", nil, []string{"DISCORD_TOKEN=" + s.Token}, "run", "-c", b.config())
	if err != nil {
		return nil, err
	}
	return &hostProcess{process: p, admin: admin.Dial(b.socket())}, nil
}

func (b *bench) config() string { return filepath.Join(b.dir, "config.hcl") }

func (b *bench) socket() string { return "unix://" + filepath.Join(b.dir, "admin.sock") }

// configure writes the host's configuration.
func (b *bench) configure(s *sim, arguments, hcl string) error {
	text := fmt.Sprintf(`
host {
  data_dir = %q
}
admin {
  listen = %q
}
discord {
  token = env("DISCORD_TOKEN")
%s
  api {
    base_url = %q
  }
}
%s`, b.data(), b.socket(), arguments, s.REST, hcl)
	return os.WriteFile(b.config(), []byte(text), 0o600)
}

// ready returns once every shard is ready; after an error the process is gone.
func (h *hostProcess) ready(ctx context.Context, b *bench) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			h.kill()
			return ctx.Err()
		case <-h.ended:
			log, _ := os.ReadFile(filepath.Join(b.dir, "host.log"))
			return fmt.Errorf("the host ended: %v\n%s", h.err, log)
		case <-tick.C:
		}
		if st, err := h.admin.Status(ctx); err == nil && st.Ready && st.PID == h.cmd.Process.Pid {
			return nil
		}
	}
}

// examplePlugin is a plugin block for one of the examples.
func examplePlugin(ctx context.Context, name string) (string, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`
plugin %q {
  source = %q
  grant {
    discord {
      allow = ["POST /channels/*/messages"]
    }
    kv {}
    timers {}
  }
}
`, name, filepath.Join(root, "plugins", "examples", name)), nil
}
