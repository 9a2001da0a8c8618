package conformance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/shardhost/shardhost/abi"
)

// What is written is the whole kit: every file is there, no two cases share
// one, and the frames are as many as it says.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kit")
	if err := Write(dir); err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join(dir, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index FileIndex
	if err := json.Unmarshal(doc, &index); err != nil {
		t.Fatal(err)
	}
	cases := Cases()
	if len(index.Cases) != len(cases) || index.Version != FilesVersion {
		t.Fatalf("version %d with %d cases, want %d", index.Version, len(index.Cases), len(cases))
	}
	seen := map[string]bool{}
	for i, f := range index.Cases {
		c := &cases[i]
		if seen[f.Module] {
			t.Errorf("two cases have the file %s", f.Module)
		}
		seen[f.Module] = true
		module, err := os.ReadFile(filepath.Join(dir, f.Module))
		if err != nil || !slices.Equal(module, c.Module()) {
			t.Errorf("%s: the module is another, %v", f.Name, err)
		}
		frames, err := os.ReadFile(filepath.Join(dir, f.Frames))
		if err != nil {
			t.Error(err)
		}
		n := 0
		for ; len(frames) > 0; n++ {
			if _, frames, err = abi.Parse(frames); err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
		if n != f.Count || f.Times < 1 {
			t.Errorf("%s: %d frames, %d times, want %d", f.Name, n, f.Times, f.Count)
		}
		if (f.Verdict == "answers") != c.Answers || (f.Verdict == "refused") != (!c.Answers && c.Fails == Checked) || (f.Verdict == "ends") != (len(f.Kinds) > 0) {
			t.Errorf("%s: the verdict is %q of kinds %q", f.Name, f.Verdict, f.Kinds)
		}
	}
	for i, c := range FieldCases() {
		if i >= len(index.Fields) || string(index.Fields[i].Body) != c.Body || !slices.Equal(index.Fields[i].Table, c.Table()) {
			t.Errorf("the case %q of the table of fields is another", c.Name)
		}
	}
	if err := Write(dir); err == nil {
		t.Error("a folder with files was written to")
	}
}
