//go:build unix

package build

import (
	"context"
	"os/exec"
	"syscall"
	"time"
)

// grace is how long a build that is told to stop may take to do so.
const grace = 5 * time.Second

func shell(ctx context.Context, command string) *exec.Cmd {
	return exec.CommandContext(ctx, "/bin/sh", "-c", command)
}

// runToEnd runs a command and leaves none of its children behind. They are a
// process group of their own, which also keeps Ctrl-C at the terminal from
// them: the host alone decides. The end of the context ends them all.
func runToEnd(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stopped := false
	cmd.Cancel = func() error {
		stopped = true
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
	}
	cmd.WaitDelay = grace
	err := cmd.Run()
	if stopped {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // those that would not listen
	}
	return err
}
