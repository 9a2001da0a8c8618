package build

import (
	"slices"
	"strings"
	"testing"
)

func TestNewError(t *testing.T) {
	said := `# example.com/plugin
./main.go:4:2: undefined: x
/elsewhere/lib.go:7: too old
	have (int)
	want (string)
C:\src\main.c:1:2: error: no

go: updates to go.mod needed`
	want := []Diagnostic{
		{"main.go", 4, 2, "undefined: x"},
		{"/elsewhere/lib.go", 7, 0, "too old\nhave (int)\nwant (string)"},
		{`C:\src\main.c`, 1, 2, "error: no"},
		{"", 0, 0, "go: updates to go.mod needed"},
	}
	got := newError("dir", strings.Split(said, "\n"))
	if !slices.Equal(got.Diagnostics, want) {
		t.Errorf("got %+v", got.Diagnostics)
	}
	text := "build of dir failed:\n  main.go:4:2: undefined: x\n  /elsewhere/lib.go:7: too old\n    have (int)\n    want (string)\n  C:\\src\\main.c:1:2: error: no\n  go: updates to go.mod needed"
	if got.Error() != text {
		t.Errorf("it reads\n%s\nwant\n%s", got, text)
	}
	many := newError("dir", slices.Repeat([]string{"a.go:1: no"}, 30))
	if lines := strings.Count(many.Error(), "\n"); lines != maxShown+1 || !strings.HasSuffix(many.Error(), "and 10 more") {
		t.Errorf("30 complaints read\n%s", many)
	}
}

func FuzzTalk(f *testing.F) {
	f.Add("runtime\n# x\n./a.go:1:2: no\n\tmore\n", 3)
	f.Add(strings.Repeat("x", 10000), 1)
	f.Fuzz(func(t *testing.T, text string, step int) {
		step = max(1, step)
		said := &talk{packages: step%2 == 0, progress: func(Progress) {}}
		for at := 0; at < len(text); at += step {
			if n, err := said.Write([]byte(text[at:min(at+step, len(text))])); err != nil || n == 0 {
				t.Fatalf("Write gave %d, %v", n, err)
			}
		}
		said.flush()
		if len(said.messages) > 0 {
			_ = newError("dir", said.messages).Error()
		}
	})
}
