package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/shardhost/shardhost/host/language"
)

// Request asks for the build of a plugin from its source.
type Request struct {
	Source   string    // a folder, or the file of a script
	Output   string    // the module to write
	CacheDir string    // where compilers keep what they may use again; "": a folder of their own
	Log      io.Writer // gets what the compiler says, as it comes; nil: nobody

	// Withhold names environment variables that the build must not see, beside
	// DISCORD_TOKEN.
	Withhold []string

	// Progress is called as parts are compiled, from one goroutine. Those in
	// the cache are not reported.
	Progress func(Progress)
}

// Progress says what a build is doing.
type Progress struct {
	Package  string // the package or crate that is compiled
	Packages int    // how many that makes so far
}

// Result is a finished build.
type Result struct {
	Path     string // of the module, absolute
	Size     int64  // in bytes
	Duration time.Duration
	Cached   bool // the module is the one that was there, which was not touched
}

// ErrMissing says that a build needs a compiler that is not installed, or an
// older one is. The text that is wrapped with it says how to get it.
var ErrMissing = errors.New("a compiler is missing")

// missing is an ErrMissing with words for people only.
func missing(format string, args ...any) error {
	return &missingError{fmt.Sprintf(format, args...) + ", or set source to a finished .wasm file"}
}

type missingError struct{ text string }

func (e *missingError) Error() string        { return e.text }
func (e *missingError) Is(target error) bool { return target == ErrMissing }

// maker makes modules of source in one language.
type maker interface {
	// build writes the module to output. work is an empty folder, gone
	// afterwards. Nothing may be written into the source.
	build(ctx context.Context, r Request, output, work string) error

	// sources lists what the module is made of, beyond the source's own folder.
	sources(ctx context.Context, r Request) ([]string, error)

	// version finds the compiler and says which it is.
	version(ctx context.Context, r Request) (string, error)
}

// makerOf is what builds a language.
func makerOf(l language.Language) (maker, error) {
	switch l.Name {
	case "go":
		return golang{}, nil
	case "assemblyscript":
		return assemblyscript{}, nil
	case "c", "cpp":
		return clang{}, nil
	case "zig":
		return zigbuild{}, nil
	case "rust":
		return rust{}, nil
	case "js", "ts":
		return script{}, nil
	}
	return nil, fmt.Errorf("%s is not built by the host: write a build block with the command that makes the module", l.Title)
}

// find finds what builds a source.
func find(r Request) (maker, error) {
	if _, err := os.Stat(r.Source); err != nil {
		return nil, fmt.Errorf("there is no source: %w", err)
	}
	l, ok := language.Of(r.Source)
	if !ok {
		return nil, fmt.Errorf("nothing in it tells that it is %s: name the folder of the plugin", language.Titles())
	}
	return makerOf(l)
}

// Source builds a plugin from its source, in the language that it is written in.
func Source(ctx context.Context, r Request) (Result, error) {
	start := time.Now()
	fail := func(err error) (Result, error) {
		if _, ok := errors.AsType[*Error](err); ok {
			return Result{}, err
		}
		return Result{}, fmt.Errorf("build of %s: %w", r.Source, err)
	}
	m, err := find(r)
	if err != nil {
		return fail(err)
	}
	output, err := filepath.Abs(r.Output)
	if err != nil {
		return fail(err)
	}
	if err := os.MkdirAll(filepath.Dir(output), 0o755); err != nil {
		return fail(fmt.Errorf("make the folder of the module: %w", err))
	}
	fresh, err := tempName(output)
	if err != nil {
		return fail(err)
	}
	defer os.Remove(fresh)
	// A compiler that is stopped leaves its work files behind.
	work, err := os.MkdirTemp("", "shardhost-build-*")
	if err != nil {
		return fail(fmt.Errorf("make a folder for work files: %w", err))
	}
	defer os.RemoveAll(work)
	if err := m.build(ctx, r, fresh, work); err != nil {
		return fail(err)
	}
	size, cached, err := publish(fresh, output)
	if err != nil {
		return fail(err)
	}
	return Result{Path: output, Size: size, Duration: time.Since(start), Cached: cached}, nil
}

// Sources lists what a plugin's module is made of beyond the folder of its
// source, for Watch.
func Sources(ctx context.Context, r Request) ([]string, error) {
	m, err := find(r)
	if err != nil {
		return nil, fmt.Errorf("sources of %s: %w", r.Source, err)
	}
	paths, err := m.sources(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("sources of %s: %w", r.Source, err)
	}
	return paths, nil
}

// Toolchain finds the compiler that builds a plugin, and returns which it is,
// such as go1.26.8. The error says what is missing.
func Toolchain(ctx context.Context, source string) (version string, err error) {
	r := Request{Source: source}
	m, err := find(r)
	if err != nil {
		return "", err
	}
	return m.version(ctx, r)
}
