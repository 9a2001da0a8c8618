package discordtest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentNamesEverything keeps docs/sim.md complete: what a person can
// ask for or run into stands in it.
func TestDocumentNamesEverything(t *testing.T) {
	document, err := os.ReadFile("../docs/sim.md")
	if err != nil {
		t.Fatal(err)
	}
	source := func(name string) string {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for _, tt := range []struct{ what, file, pattern, in string }{
		{"rule", "violation.go", `Rule = "([^"]+)"`, "`%`"},
		{"fault", "fault.go", `FaultKind = "([^"]+)"`, "`%`"},
		{"moment", "fault.go", `Moment = "([^"]+)"`, "`%`"},
		{"control", "controls.go", `handle\("([A-Z]+ /sim/[a-z]+)"`, "`%"},
		{"control", "controls.go", `HandleFunc\("([A-Z]+ /sim/[a-z]+)"`, "`%"},
		{"counter", "record.go", `^	[A-Z]\w+ +\w+ +.json:"(\w+)"`, "%"},
	} {
		found := regexp.MustCompile(`(?m)`+tt.pattern).FindAllStringSubmatch(source(tt.file), -1)
		if len(found) == 0 {
			t.Errorf("no %s is found in %s", tt.what, tt.file)
		}
		for _, name := range found {
			if !strings.Contains(string(document), strings.ReplaceAll(tt.in, "%", name[1])) {
				t.Errorf("docs/sim.md does not name the %s %s", tt.what, name[1])
			}
		}
	}
}
