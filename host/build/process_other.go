//go:build !unix

package build

import (
	"context"
	"os/exec"
	"runtime"
	"time"
)

// grace is how long the output of a build that was stopped is waited for.
const grace = 5 * time.Second

func shell(ctx context.Context, command string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		return exec.CommandContext(ctx, "cmd", "/C", command)
	}
	return exec.CommandContext(ctx, "sh", "-c", command)
}

func runToEnd(cmd *exec.Cmd) error {
	cmd.WaitDelay = grace
	return cmd.Run()
}
