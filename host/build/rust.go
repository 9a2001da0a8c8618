package build

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// rust builds with cargo, in the release profile of the plugin's Cargo.toml.
type rust struct{}

// rustTarget is what plugins are built for: WebAssembly without a system.
const rustTarget = "wasm32-unknown-unknown"

// rustStack is the guest's shadow stack in bytes. rustc's own, of 1 MiB, would be
// most of what a lane holds.
const rustStack = "-Clink-arg=-zstack-size=65536"

// rustFlags are added to those of the author's configuration, for every crate:
// copying by one instruction instead of a loop under the meter.
const rustFlags = "target." + rustTarget + ".rustflags=['-Ctarget-feature=+bulk-memory']"

func (rust) build(ctx context.Context, r Request, output, _ string) error {
	tool, err := findRust(ctx, r)
	if err != nil {
		return err
	}
	target, err := cargoTarget(r)
	if err != nil {
		return err
	}
	lock := filepath.Join(r.Source, "Cargo.lock")
	_, hadLock := os.Stat(lock)
	// cargo rustc hands its last arguments to the plugin's own crate only, and
	// leaves the flags of the author's configuration in force.
	cmd := exec.CommandContext(ctx, tool.cargo, "rustc", "--release", "--lib", "--target", rustTarget, "--target-dir", target,
		"--config", rustFlags, "--message-format", "json", "--", rustStack)
	cmd.Dir, cmd.Env = r.Source, tool.env
	said := &cargoTalk{talk: talk{log: r.Log}, progress: r.Progress}
	cmd.Stdout, cmd.Stderr = said, &said.talk
	err = runToEnd(cmd)
	said.flush()
	if errors.Is(hadLock, os.ErrNotExist) && !pins(lock) {
		_ = os.Remove(lock)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return said.failure(r.Source, err)
	}
	if said.module == "" {
		return errors.New(`cargo made no module: Cargo.toml needs the lines [lib] and crate-type = ["cdylib", "rlib"]`)
	}
	return copyFile(said.module, output)
}

// pins tells whether a lock file holds more than the folders that are there
// anyway: then it belongs to the source, and cargo must find it again.
func pins(lock string) bool {
	text, err := os.ReadFile(lock)
	return err == nil && bytes.Contains(text, []byte("\nsource = "))
}

// sources reads what rustc has noted of the last build: the files of crates in
// other folders, and those that the source includes.
func (rust) sources(_ context.Context, r Request) ([]string, error) {
	target, err := cargoTarget(r)
	if err != nil {
		return nil, err
	}
	notes, err := filepath.Glob(filepath.Join(target, rustTarget, "release", "*.d"))
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, note := range notes {
		text, err := os.ReadFile(note)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(text)) {
			_, files, _ := strings.Cut(strings.TrimSpace(line), ": ")
			for _, file := range strings.Fields(strings.ReplaceAll(files, `\ `, "\x00")) {
				paths = append(paths, strings.ReplaceAll(file, "\x00", " "))
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

func (rust) version(ctx context.Context, r Request) (string, error) {
	tool, err := findRust(ctx, r)
	if err != nil {
		return "", err
	}
	return r.ask(ctx, tool.rustc, "--version")
}

// cargoTarget is the folder in which cargo works, one for each source: plugins of
// one name would overwrite each other's modules.
func cargoTarget(r Request) (string, error) {
	dir, err := r.cache("rust")
	if err != nil {
		return "", err
	}
	source, err := filepath.Abs(r.Source)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(source))
	return filepath.Join(dir, filepath.Base(source)+"-"+hex.EncodeToString(sum[:6])), nil
}

// rustTool is a Rust that builds plugins.
type rustTool struct {
	cargo, rustc string
	env          []string
}

// findRust finds the first Rust in PATH that can build plugins: machines have
// several, of rustup and of the system, and not all of them have the target.
func findRust(ctx context.Context, r Request) (*rustTool, error) {
	env := environ(r.Withhold)
	if rustc := os.Getenv("RUSTC"); rustc != "" {
		cargo, err := program("cargo")
		if err != nil {
			return nil, missing("there is no cargo in PATH: install Rust from https://rustup.rs")
		}
		return &rustTool{cargo, rustc, env}, targetOf(ctx, r, rustc)
	}
	var found string
	var lacks error
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		rustc, err := exec.LookPath(filepath.Join(dir, "rustc"))
		if err != nil {
			continue
		}
		if found == "" {
			found = rustc
		}
		err = targetOf(ctx, r, rustc)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			lacks = cmp.Or(lacks, err)
			continue
		}
		cargo, err := exec.LookPath(filepath.Join(dir, "cargo"))
		if err != nil {
			if cargo, err = program("cargo"); err != nil {
				return nil, missing("there is a rustc but no cargo in PATH: install it, on Debian with apt install cargo")
			}
		}
		return &rustTool{cargo, rustc, append(env, "RUSTC="+rustc)}, nil
	}
	if found == "" {
		return nil, missing("there is no Rust in PATH: install it from https://rustup.rs and run rustup target add %s; on Debian run apt install cargo libstd-rust-dev-wasm32 lld", rustTarget)
	}
	return nil, lacks
}

// targetOf says what a rustc lacks to build plugins.
func targetOf(ctx context.Context, r Request, rustc string) error {
	libraries, err := r.ask(ctx, rustc, "--print", "target-libdir", "--target", rustTarget)
	if err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(libraries, "libcore-*.rlib"))
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return nil
	}
	how := "run rustup target add " + rustTarget
	if runtime.GOOS == "linux" {
		how += ", or where Rust is Debian's, apt install cargo libstd-rust-dev-wasm32 lld"
	}
	return missing("%s has no standard library for WebAssembly: %s", rustc, how)
}

// cargoTalk reads what cargo says with --message-format json: the modules it has
// made, and the compiler's complaints.
// https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages
type cargoTalk struct {
	talk     // of standard error: words of cargo itself
	progress func(Progress)
	state    Progress
	rest     []byte
	module   string
	errors   []Diagnostic
}

// A cargoMessage is one line of cargo's.
type cargoMessage struct {
	Reason       string   `json:"reason"`
	ManifestPath string   `json:"manifest_path"`
	Filenames    []string `json:"filenames"`
	Fresh        bool     `json:"fresh"`
	Target       struct {
		Name string `json:"name"`
	} `json:"target"`
	Message struct {
		Level    string `json:"level"`
		Message  string `json:"message"`
		Rendered string `json:"rendered"`
		Spans    []struct {
			File    string `json:"file_name"`
			Line    int    `json:"line_start"`
			Column  int    `json:"column_start"`
			Primary bool   `json:"is_primary"`
			Label   string `json:"label"`
		} `json:"spans"`
	} `json:"message"`
}

// Write takes standard output.
func (t *cargoTalk) Write(p []byte) (int, error) {
	t.rest = append(t.rest, p...)
	for {
		line, rest, found := bytes.Cut(t.rest, []byte("\n"))
		if !found {
			return len(p), nil
		}
		t.message(line)
		t.rest = rest
	}
}

func (t *cargoTalk) message(line []byte) {
	var m cargoMessage
	if json.Unmarshal(line, &m) != nil {
		return // what a build script prints
	}
	switch m.Reason {
	case "compiler-artifact":
		if i := slices.IndexFunc(m.Filenames, func(name string) bool { return strings.HasSuffix(name, ".wasm") }); i >= 0 {
			t.module = m.Filenames[i]
		}
		if !m.Fresh {
			t.state = Progress{Package: m.Target.Name, Packages: t.state.Packages + 1}
			if t.progress != nil {
				t.progress(t.state)
			}
		}
	case "compiler-message":
		if t.log != nil {
			_, _ = io.WriteString(t.log, m.Message.Rendered)
		}
		if m.Message.Level != "error" || strings.HasPrefix(m.Message.Message, "aborting due to") {
			return
		}
		d := Diagnostic{Message: m.Message.Message}
		for _, span := range m.Message.Spans {
			if span.Primary {
				d.File, d.Line, d.Column = span.File, span.Line, span.Column
				if span.Label != "" {
					d.Message += ": " + span.Label
				}
				break
			}
		}
		// rustc runs in the folder of its own crate.
		if d.File != "" && !filepath.IsAbs(d.File) {
			d.File = filepath.Join(filepath.Dir(m.ManifestPath), d.File)
		}
		t.errors = append(t.errors, d)
	}
}

// failure is why cargo has failed.
func (t *cargoTalk) failure(source string, err error) error {
	words := strings.Join(t.messages, "\n")
	if len(t.errors) > 0 {
		if strings.Contains(t.errors[0].Message, "linker `rust-lld` not found") {
			return missing("Rust's linker for WebAssembly is missing: on Debian run apt install lld")
		}
		dir, abs := filepath.Abs(source)
		for i, d := range t.errors {
			if rel, outside := filepath.Rel(dir, d.File); abs == nil && outside == nil && filepath.IsLocal(rel) {
				t.errors[i].File = rel
			}
		}
		return &Error{Dir: source, Diagnostics: t.errors}
	}
	if words == "" {
		return fmt.Errorf("cargo: %w", err)
	}
	return newError(source, t.messages)
}

// copyFile copies a module out of a folder that the compiler uses again.
func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("read the module: %w", err)
	}
	if err := os.WriteFile(to, text, 0o644); err != nil {
		return fmt.Errorf("write the module: %w", err)
	}
	return nil
}
