package conformance

import (
	"flag"
	"fmt"
	"os"
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
