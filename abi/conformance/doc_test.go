package conformance

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/abi"
)

var update = flag.Bool("update", false, "write the table of functions into docs/abi.md")

const document = "../../docs/abi.md"

// functionTable is the table of host functions in docs/abi.md.
func functionTable() string {
	var b strings.Builder
	b.WriteString("| function | type | grant | since |\n|---|---|---|---|\n")
	for _, f := range abi.Functions {
		grant := "always"
		if f.Grant != "" {
			grant = "`" + f.Grant + "`"
		}
		fmt.Fprintf(&b, "| `%s` | `(%s) -> %s` | %s | %d.%d |\n", f.Name, f.Params, f.Results, grant, abi.Version, f.Since)
	}
	return b.String()
}

//go:generate go test -run TestDocument -update

// TestDocument keeps the table of functions in docs/abi.md fresh.
func TestDocument(t *testing.T) {
	raw, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(raw), "<!-- functions:")
	comment, rest, ok2 := strings.Cut(rest, "-->\n")
	_, tail, ok3 := strings.Cut(rest, "<!-- /functions -->")
	if !ok || !ok2 || !ok3 {
		t.Fatalf("%s has lost the marks of its table of functions", document)
	}
	want := head + "<!-- functions:" + comment + "-->\n" + functionTable() + "<!-- /functions -->" + tail
	if want == string(raw) {
		return
	}
	if !*update {
		t.Fatalf("the table of functions in %s is not that of abi.Functions: run go generate ./abi/conformance", document)
	}
	if err := os.WriteFile(document, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestDocumentNamesEverything finds the names of the contract in its
// specification.
func TestDocumentNamesEverything(t *testing.T) {
	raw, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	names := []string{
		abi.Module, abi.ManifestSection, abi.ExportMemory, abi.ExportInitialize, abi.ExportMarker, abi.ExportBuffer, abi.ExportInit,
		abi.ExportBatch, abi.ExportSave, abi.ExportLoad, abi.ExportStop, abi.ExportManifest,
	}
	for _, name := range names {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("%s does not mention %s", document, name)
		}
	}
	for c := abi.Invalid; c >= abi.Uncertain; c-- {
		if row := fmt.Sprintf("| %d | %s |", c, c); !strings.Contains(text, row) {
			t.Errorf("%s does not have the row %q", document, row)
		}
	}
}

// withoutMemory are the functions that are given none.
var withoutMemory = []string{"log_level", "done", "cancel", "timer", "timer_off", "park", "enter", "finish"}

// TestEveryFunctionHasCases walks the contract: a new function needs its cases.
func TestEveryFunctionHasCases(t *testing.T) {
	names := map[string]bool{}
	for _, c := range Cases() {
		if names[c.Name] {
			t.Errorf("two cases are called %q", c.Name)
		}
		names[c.Name] = true
	}
	for _, f := range abi.Functions {
		if (pointers(f) == nil) != slices.Contains(withoutMemory, f.Name) {
			t.Errorf("say in pointerParams or in withoutMemory which parameters of %s are addresses", f.Name)
		}
		var want []string
		if f.Since > abi.Minor {
			want = append(want, "a later function "+f.Name)
		} else {
			want = append(want, "calls "+f.Name)
			if f.Grant != "" {
				want = append(want, "not granted "+f.Name)
			}
			for _, at := range pointers(f) {
				want = append(want, fmt.Sprintf("bad pointer %d of %s", at, f.Name))
			}
		}
		for _, name := range want {
			if !names[name] {
				t.Errorf("there is no case %q", name)
			}
		}
	}
}

// TestPointersAreParameters keeps the table of pointers in step with the
// functions.
func TestPointersAreParameters(t *testing.T) {
	for _, p := range pointerParams {
		f, ok := abi.LookupFunction(p.name)
		if !ok {
			t.Errorf("the contract has no function %s", p.name)
			continue
		}
		for _, at := range p.params {
			if at >= len(f.Params) || f.Params[at] != 'i' {
				t.Errorf("parameter %d of %s (%s) is no pointer", at, f.Name, f.Params)
			}
		}
	}
}
