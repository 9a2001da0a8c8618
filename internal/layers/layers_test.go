package layers

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/shardhost/shardhost"

// order is every part of the module from the bottom to the top. A package
// belongs to the longest entry that it lies under, and imports only its own
// part and those above it in this list.
var order = []string{
	".", // the SDKs' sources
	"abi",
	"discord",
	"internal/redact",
	"internal/cachedir",
	"internal/histogram",
	"internal/trace",
	"internal/systemd",
	"discordtest",
	"plugins/sdk",
	"plugins/examples",
	"internal/store",
	"internal/rest",
	"internal/fetch",
	"gateway",
	"shard",
	"host/language",
	"host/config",
	"host/recording",
	"host/slash",
	"host/build",
	"host/wasm",
	"host/effect",
	"host/journal",
	"host/plugin",
	"host/golden",
	"host/scaffold",
	"host/metrics",
	"host/admin",
	"host",
	"host/doctor",
	"host/dev",
	"cmd/host",
	"internal/experiment",
	"internal/layers",
}

// owners are the parts that may import a library which is their business.
var owners = map[string][]string{
	"github.com/tetratelabs/wazero": {"host/wasm"},
	"github.com/hashicorp/hcl":      {"host/config"},
	"github.com/zclconf/go-cty":     {"host/config"},
	"github.com/gorilla/websocket":  {"gateway", "discordtest", "internal/experiment"}, // the last for a bare loop to compare with
	"go.etcd.io/bbolt":              {"internal/store"},
	"github.com/spf13/cobra":        {"cmd/host"},
	"github.com/prometheus":         {"host/metrics"},
	"go.opentelemetry.io":           {"internal/trace", "host"}, // the last to read in a test what was sent
}

// maxLines is the longest that a file may be: one file, one concept.
const maxLines = 700

// pkg is what go list tells.
type pkg struct {
	ImportPath   string
	Dir          string
	Doc          string
	Imports      []string
	GoFiles      []string
	TestGoFiles  []string
	XTestGoFiles []string
}

// packages lists all packages of the module.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Imports,GoFiles,TestGoFiles,XTestGoFiles", "./...")
	cmd.Dir = filepath.Join("..", "..")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	var all []pkg
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// under tells whether a path is the prefix or lies below it.
func under(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// part returns the place in the order of a package of the module, or -1.
func part(path string) int {
	best := -1
	for i, p := range order {
		if (under(path, module+"/"+p) || p == "." && path == module) && (best < 0 || len(p) > len(order[best])) {
			best = i
		}
	}
	return best
}

func TestImportsGoDownwards(t *testing.T) {
	seen := make(map[int]bool)
	for _, p := range packages(t) {
		own := part(p.ImportPath)
		if own < 0 {
			t.Errorf("%s has no place in the order: add it to the list in this test", p.ImportPath)
			continue
		}
		seen[own] = true
		for _, imp := range p.Imports {
			if !under(imp, module) {
				continue
			}
			if other := part(imp); other > own {
				t.Errorf("%s imports %s, which stands above it", p.ImportPath, imp)
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d parts have packages: what was listed?", len(seen))
	}
}

// TestTheREADMEHasTheOrder compares the table of packages in README.md, which is
// read from top to bottom, with the order.
func TestTheREADMEHasTheOrder(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	above, rows := len(order), 0
	for line := range strings.Lines(string(text)) {
		row, ok := strings.CutPrefix(line, "| [`")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(row, "`")
		place := slices.Index(order, name)
		if place < 0 {
			t.Errorf("README.md has the package %s, which the order has not", name)
			continue
		}
		if place > above {
			t.Errorf("README.md has %s below %s", name, order[above])
		}
		above, rows = place, rows+1
	}
	if rows < 10 {
		t.Errorf("only %d rows of README.md name packages: what was read?", rows)
	}
}

// TestTheContractImportsNothing keeps abi fit for guests, which are compiled
// with it.
func TestTheContractImportsNothing(t *testing.T) {
	for _, p := range packages(t) {
		if p.ImportPath != module+"/abi" {
			continue
		}
		for _, imp := range p.Imports {
			if strings.Contains(imp, ".") || imp == "net/http" || imp == "reflect" {
				t.Errorf("abi imports %s", imp)
			}
		}
		return
	}
	t.Error("there is no package abi")
}

func TestLibrariesStayWithTheirOwners(t *testing.T) {
	for _, p := range packages(t) {
		for _, imp := range p.Imports {
			for library, parts := range owners {
				if !strings.HasPrefix(imp, library) {
					continue
				}
				if !slices.ContainsFunc(parts, func(own string) bool { return under(p.ImportPath, module+"/"+own) }) {
					t.Errorf("%s imports %s, which is the business of %s", p.ImportPath, imp, strings.Join(parts, " and "))
				}
			}
		}
	}
}

func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && len(strings.Fields(p.Doc)) < 4 {
			t.Errorf("%s has no package comment, or one that says nothing: %q", p.ImportPath, p.Doc)
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	for _, p := range packages(t) {
		for _, name := range slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles) {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(text, []byte("\n")); n > maxLines {
				t.Errorf("%s/%s has %d lines, more than %d: it holds more than one concept", p.ImportPath, name, n, maxLines)
			}
		}
	}
}
