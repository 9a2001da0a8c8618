package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A fuzzTarget is a native fuzz target of this repository.
type fuzzTarget struct{ dir, name string }

var fuzzDeclaration = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)

// fuzz runs every fuzz target of the repository for so many seconds, one after
// another. n picks the first n of them, 0: all.
func fuzz(ctx context.Context, _ *bench, o options) (report, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return report{}, err
	}
	targets, err := fuzzTargets(root)
	if err != nil {
		return report{}, err
	}
	if o.n > 0 {
		targets = targets[:min(o.n, len(targets))]
	}
	r := report{figures: map[string]any{"targets": len(targets)}}
	executions, crashers := 0, 0
	for _, t := range targets {
		n, crash, err := t.run(ctx, root, o.seconds)
		if err != nil {
			return r, err
		}
		executions += n
		fmt.Fprintf(os.Stderr, "%-40s %12d executions\n", t, n)
		if crash != "" {
			crashers++
			fmt.Fprintln(os.Stderr, crash)
			r.expect(false, "%s has found a crasher", t)
		}
	}
	r.figures["executions"], r.figures["crashers"] = executions, crashers
	return r, nil
}

func (t fuzzTarget) String() string { return t.dir + " " + t.name }

// fuzzTargets finds the targets below a folder, in the order of their names.
func fuzzTargets(root string) ([]fuzzTarget, error) {
	var targets []fuzzTarget
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || path != root && strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		for _, found := range fuzzDeclaration.FindAllSubmatch(text, -1) {
			targets = append(targets, fuzzTarget{filepath.ToSlash(dir), string(found[1])})
		}
		return err
	})
	slices.SortFunc(targets, func(a, b fuzzTarget) int { return strings.Compare(a.String(), b.String()) })
	return targets, err
}

// run fuzzes one target. A crasher is what go test says about it; other errors
// are those of building and starting it.
func (t fuzzTarget) run(ctx context.Context, root string, seconds int) (executions int, crasher string, err error) {
	// Minimizing a crasher may take a minute more.
	ctx, cancel := context.WithTimeout(ctx, time.Duration(seconds)*time.Second+10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", fmt.Sprintf("%ds", seconds), "-parallel", "1", ".")
	cmd.Dir = filepath.Join(root, filepath.FromSlash(t.dir))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	executions, began := fuzzProgress(out)
	var failed *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return executions, "", ctx.Err()
	case errors.As(err, &failed) && (began || bytes.Contains(out, []byte("--- FAIL: "+t.name))):
		return executions, strings.TrimSpace(string(out)), nil
	case err != nil:
		return executions, "", fmt.Errorf("%s: %w\n%s", t, err, out)
	}
	return executions, "", nil
}

var fuzzExecutions = regexp.MustCompile(`^fuzz: elapsed: .*, execs: (\d+)`)

// fuzzProgress reads how many inputs were executed, and whether any was.
func fuzzProgress(out []byte) (executions int, began bool) {
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if m := fuzzExecutions.FindStringSubmatch(lines.Text()); m != nil {
			executions, _ = strconv.Atoi(m[1]) // digits
			began = true
		}
	}
	return executions, began
}
