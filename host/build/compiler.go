package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// compile runs a compiler in a folder. What it complains of is an Error with
// paths relative to dir. env is added to the host's environment, without the
// token.
func (r Request) compile(ctx context.Context, dir string, env []string, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Env = dir, append(environ(r.Withhold), env...)
	said := &talk{log: r.Log}
	err := listen(ctx, cmd, said)
	if err != nil && ctx.Err() == nil && len(said.messages) > 0 {
		return newError(dir, said.messages)
	}
	return err
}

// listen runs a compiler to its end and hears what it says. The error is the
// cause of ctx's end if that came first.
func listen(ctx context.Context, cmd *exec.Cmd, said *talk) error {
	cmd.Stdout, cmd.Stderr = said, said
	err := runToEnd(cmd)
	said.flush()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return fmt.Errorf("%s: %w", filepath.Base(cmd.Path), err)
}

// ask runs a compiler for what it says of itself.
func (r Request) ask(ctx context.Context, command ...string) (string, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = environ(r.Withhold)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := runToEnd(cmd); err != nil {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, strings.TrimSpace(complaint.String()))
	}
	return strings.TrimSpace(out.String()), nil
}

// cache is a folder for what a compiler may use again, one for each language.
func (r Request) cache(language string) (string, error) {
	dir := r.CacheDir
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			user = os.TempDir() // no home: a service account, a container
		}
		dir = filepath.Join(user, "shardhost", "build")
	}
	dir, err := filepath.Abs(filepath.Join(dir, language))
	if err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o755)
}

// program finds the first of some programs that is installed.
func program(names ...string) (string, error) {
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, exec.ErrNotFound) {
			return "", err
		}
	}
	return "", ErrMissing
}
