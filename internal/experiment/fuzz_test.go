package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What others send is parsed by code that has a fuzz target; all are found.
func TestFuzzTargets(t *testing.T) {
	root, err := moduleRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	targets, err := fuzzTargets(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []fuzzTarget{
		{"gateway", "FuzzEnvelope"}, {"gateway", "FuzzStream"}, {"gateway", "FuzzConversation"},
		{"shard", "FuzzLedger"}, {"shard", "FuzzSessionRecord"}, {"shard", "FuzzPositions"}, {"internal/rest", "FuzzAnswer"},
	} {
		if !slices.Contains(targets, want) {
			t.Errorf("%s is not among the %d targets", want, len(targets))
		}
	}
}

func TestFuzzRun(t *testing.T) {
	if _, crash, err := (fuzzTarget{"discord", "FuzzSnowflakeJSON"}).run(t.Context(), repositoryRoot(t), 1); crash != "" || err != nil {
		t.Errorf("a sound target: %q, %v", crash, err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module crashes\n\ngo 1.26\n",
		"crash_test.go": "package crashes\n\nimport \"testing\"\n\nfunc FuzzCrash(f *testing.F) {\n\tf.Add(1)\n" +
			"\tf.Fuzz(func(t *testing.T, n int) {\n\t\tif n != 1 {\n\t\t\tt.Fatal(\"other than one\")\n\t\t}\n\t})\n}\n",
		"broken/broken_test.go": "package broken\n\nimport \"testing\"\n\nfunc FuzzBroken(f *testing.F) { nothing }\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	targets, err := fuzzTargets(dir)
	if err != nil || len(targets) != 2 {
		t.Fatalf("%v, %v", targets, err)
	}
	if _, crash, err := targets[0].run(t.Context(), dir, 5); err != nil || !strings.Contains(crash, "other than one") {
		t.Errorf("%s: crasher %q, %v", targets[0], crash, err)
	}
	if _, crash, err := targets[1].run(t.Context(), dir, 1); err == nil || crash != "" {
		t.Errorf("%s: %q, %v", targets[1], crash, err)
	}
}

func repositoryRoot(t *testing.T) string {
	root, err := moduleRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return root
}
