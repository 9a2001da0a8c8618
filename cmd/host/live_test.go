package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/admin"
)

// What scripts can do besides running commands, with a real host against a
// simulated Discord.

// simKey is where a script's simulated Discord is found.
type simKey struct{}

// liveHost is a `shardhost run` as a process.
type liveHost struct {
	cmd    *exec.Cmd
	stderr lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// live starts a host with the script's config.hcl, whose admin API is to listen
// at $LIVE, and returns when it is ready: live. With an argument it ends it
// first, by that signal: live KILL|TERM.
func live(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: live [KILL|TERM]")
	}
	h, _ := ts.Value(liveKey{}).(**liveHost)
	if len(args) == 1 {
		signal := map[string]os.Signal{"KILL": syscall.SIGKILL, "TERM": syscall.SIGTERM}[args[0]]
		ts.Check((*h).end(signal))
	}
	exe, err := os.Executable()
	ts.Check(err)
	*h = &liveHost{cmd: exec.Command(exe, "run", "-c", "config.hcl")}
	(*h).cmd.Dir = ts.MkAbs(".")
	(*h).cmd.Env = append(os.Environ(), asProcess+"=1", quickExit, "SIM="+ts.Getenv("SIM"), "SIM_TOKEN="+ts.Getenv("SIM_TOKEN"), "LIVE="+ts.Getenv("LIVE"))
	(*h).cmd.Stderr = &(*h).stderr
	ts.Check((*h).cmd.Start())
	client := admin.Dial(ts.Getenv("LIVE"))
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if status, err := client.Status(context.Background()); err == nil && status.Ready {
			return
		}
		if time.Since(began) > limit {
			ts.Fatalf("the host is not ready:\n%s", (*h).stderr.String())
		}
	}
}

type liveKey struct{}

// end ends the host and waits for it.
func (h *liveHost) end(signal os.Signal) error {
	if err := h.cmd.Process.Signal(signal); err != nil {
		return err
	}
	timer := time.AfterFunc(limit, func() { h.cmd.Process.Kill() })
	defer timer.Stop()
	h.cmd.Wait() // its exit code is not what is looked at
	return nil
}

// say writes messages into the first channel of the first guild: say TEXT...
func say(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: say TEXT...")
	}
	sim := ts.Value(simKey{}).(*discordtest.Server)
	for _, text := range args {
		_, err := sim.SendMessage(sim.Guilds()[0].Channels[0].ID, text)
		ts.Check(err)
	}
}

// repeat runs a program again and again until its output matches:
// until REGEXP PROGRAM ARG...
func repeat(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until REGEXP PROGRAM ARG...")
	}
	want := regexp.MustCompile("(?m)" + args[0])
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		err := ts.Exec(args[1], args[2:]...)
		if out := ts.ReadFile("stdout"); err == nil && want.MatchString(out) {
			return
		} else if time.Since(began) > limit {
			ts.Fatalf("%s never printed %q, last: %v\n%s\n%s", strings.Join(args[1:], " "), args[0], err, out, ts.ReadFile("stderr"))
		}
	}
}

// column puts a word of the last output's line into a variable:
// column NAME REGEXP N takes the Nth word of the first line that matches.
func column(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 || len(args[2]) != 1 {
		ts.Fatalf("usage: column NAME REGEXP N")
	}
	want := regexp.MustCompile(args[1])
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		if words := strings.Fields(line); want.MatchString(line) && len(words) >= int(args[2][0]-'0') {
			ts.Setenv(args[0], words[args[2][0]-'1'])
			return
		}
	}
	ts.Fatalf("no line matches %q", args[1])
}

// chatter writes a message into the first channel of the first guild again and
// again, until the script ends: chatter TEXT
func chatter(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: chatter TEXT")
	}
	sim := ts.Value(simKey{}).(*discordtest.Server)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	ts.Defer(func() { stop(); <-ended })
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			if _, err := sim.SendMessage(sim.Guilds()[0].Channels[0].ID, args[0]); err != nil {
				return
			}
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
	}()
}
