package build

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// minGo is the first Go that builds plugins: it has go:wasmexport and reactors.
// https://go.dev/doc/go1.24#wasm
const minGo = 24

// golang builds with the go command.
type golang struct{}

func (golang) build(ctx context.Context, r Request, output, work string) error {
	g, err := newGoTool(ctx, r)
	if err != nil {
		return err
	}
	g.env = append(g.env, "GOTMPDIR="+work)
	return g.build(ctx, output, r)
}

// sources are the folders of the plugin's packages outside of the standard
// library and the module cache, the files they embed, and their go.mod and
// go.sum.
func (golang) sources(ctx context.Context, r Request) ([]string, error) {
	g, err := newGoTool(ctx, r)
	if err != nil {
		return nil, err
	}
	const format = `{{with .Module}}{{if or .Main (and .Replace (not .Replace.Version))}}` +
		`{{$.Dir}}{{"\n"}}{{.GoMod}}{{"\n"}}{{range $.EmbedFiles}}{{$.Dir}}/{{.}}{{"\n"}}{{end}}{{end}}{{end}}`
	out, err := g.run(ctx, "list", "-e", "-deps", "-f", format, ".")
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var paths []string
	add := func(path string) {
		if path != "" && !seen[path] {
			seen[path] = true
			paths = append(paths, filepath.FromSlash(path))
		}
	}
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		add(line)
		if mod, ok := strings.CutSuffix(line, "go.mod"); ok {
			add(mod + "go.sum")
		}
	}
	return paths, nil
}

// goTool is the go command, ready to build for wasip1 in one folder.
type goTool struct {
	path string
	dir  string
	env  []string
}

func newGoTool(ctx context.Context, r Request) (*goTool, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return nil, missing("there is no go command in PATH: install Go 1.%d or later from https://go.dev/dl", minGo)
	}
	g := &goTool{path: path, dir: r.Source, env: environ(r.Withhold, "GOOS", "GOARCH", "GOFLAGS", "CGO_ENABLED", "GOWASM", "GOEXPERIMENT", "GOTMPDIR", "PWD")}
	if r.CacheDir != "" {
		cache, err := filepath.Abs(r.CacheDir)
		if err != nil {
			return nil, err
		}
		g.env = append(g.env, "GOCACHE="+cache)
	}
	var settings struct{ GOVERSION, GOFLAGS, GOMOD string }
	out, err := g.run(ctx, "env", "-json", "GOVERSION", "GOFLAGS", "GOMOD")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(out, &settings); err != nil {
		return nil, fmt.Errorf("read the settings of %s: %w", path, err)
	}
	if tooOld(settings.GOVERSION) {
		return nil, missing("%s is %s, and plugins need Go 1.%d or later: install it from https://go.dev/dl", path, settings.GOVERSION, minGo)
	}
	if settings.GOMOD == "" || settings.GOMOD == os.DevNull {
		return nil, errors.New("the folder is not in a Go module: run go mod init NAME and go get github.com/shardhost/shardhost/plugins/sdk/go in it")
	}
	g.env = append(g.env, "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0",
		"GOFLAGS="+strings.Join(keepFlags(os.Getenv("GOFLAGS"), settings.GOFLAGS), " "))
	return g, nil
}

// tooOld tells whether a version such as go1.23.4 is before minGo. What it
// cannot read is of a developer who knows.
func tooOld(version string) bool {
	var minor int
	if _, err := fmt.Sscanf(version, "go1.%d", &minor); err != nil {
		return false
	}
	return minor < minGo
}

// keepFlags chooses those flags of GOFLAGS, the environment's or else the ones
// of go env -w, that say where packages come from. Others, such as -race, are
// meant for native builds and break this one.
func keepFlags(lists ...string) []string {
	// Never empty, because then the list of go env -w would count. Nothing of
	// the version control system is in the module, so it need not be asked.
	kept := []string{"-buildvcs=false"}
	for _, list := range lists {
		if list == "" {
			continue
		}
		for _, flag := range strings.Fields(list) {
			name, _, _ := strings.Cut(strings.TrimLeft(flag, "-"), "=")
			switch name {
			case "mod", "modfile", "modcacherw", "tags", "overlay", "p":
				kept = append(kept, flag)
			}
		}
		break
	}
	return kept
}

// run returns what the go command writes to its standard output.
func (g *goTool) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, g.path, args...)
	cmd.Dir, cmd.Env = g.dir, g.env
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := runToEnd(cmd)
	if err == nil {
		return out.Bytes(), nil
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if complaint.Len() > 0 {
		return nil, fmt.Errorf("go %s: %s", args[0], strings.TrimSpace(complaint.String()))
	}
	return nil, fmt.Errorf("go %s: %w", args[0], err)
}

// build compiles into the file output.
func (g *goTool) build(ctx context.Context, output string, r Request) error {
	cmd := exec.CommandContext(ctx, g.path, "build", "-v", "-trimpath", "-buildmode=c-shared", "-ldflags=-s -w", "-o", output, ".")
	cmd.Dir, cmd.Env = g.dir, g.env
	said := &talk{log: r.Log, packages: true, progress: r.Progress}
	err := listen(ctx, cmd, said)
	if err == nil || ctx.Err() != nil || len(said.messages) == 0 {
		return err
	}
	if strings.Contains(said.messages[0], "requires exactly one main package") {
		return errors.New("the folder holds no package main: a plugin is one, with an empty func main")
	}
	return newError(r.Source, said.messages)
}

// version is such as go1.26.8.
func (golang) version(ctx context.Context, r Request) (string, error) {
	g, err := newGoTool(ctx, r)
	if err != nil {
		return "", err
	}
	out, err := g.run(ctx, "env", "GOVERSION")
	return strings.TrimSpace(string(out)), err
}
