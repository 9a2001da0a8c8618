package build

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// CommandRequest asks for a build by a shell command.
type CommandRequest struct {
	Command  string    // for sh -c, or cmd /C on Windows
	Dir      string    // where it runs
	Output   string    // the module that it writes; relative to Dir
	Log      io.Writer // gets what it says, as it comes; nil: nobody
	Withhold []string  // environment variables it must not see, beside DISCORD_TOKEN
}

// Command builds a plugin with a shell command. That it ends well is not
// enough: the module must be there afterwards.
func Command(ctx context.Context, r CommandRequest) (Result, error) {
	start := time.Now()
	fail := func(err error) (Result, error) {
		return Result{}, fmt.Errorf("build with %q in %s: %w", r.Command, r.Dir, err)
	}
	if !filepath.IsAbs(r.Output) {
		r.Output = filepath.Join(r.Dir, r.Output)
	}
	before, err := digest(r.Output)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fail(err)
	}
	cmd := shell(ctx, r.Command)
	cmd.Dir, cmd.Env = r.Dir, environ(r.Withhold)
	said := &talk{log: r.Log}
	cmd.Stdout, cmd.Stderr = said, said
	err = runToEnd(cmd)
	said.flush()
	if ctx.Err() != nil {
		return fail(context.Cause(ctx))
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(said.messages) > 0 {
		return fail(fmt.Errorf("%w: %w", err, newError(r.Dir, said.messages)))
	}
	if err != nil {
		return fail(err)
	}
	after, err := digest(r.Output)
	if errors.Is(err, os.ErrNotExist) {
		return fail(fmt.Errorf("the command ended well but there is no %s: set output to the module that it writes", r.Output))
	}
	if err != nil {
		return fail(err)
	}
	return Result{Path: r.Output, Size: after.size, Duration: time.Since(start), Cached: before == after}, nil
}

// content is what a file holds, in short.
type content struct {
	size int64
	sum  [sha256.Size]byte
}

func digest(path string) (content, error) {
	f, err := os.Open(path)
	if err != nil {
		return content{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return content{}, err
	}
	return content{n, [sha256.Size]byte(h.Sum(nil))}, nil
}
