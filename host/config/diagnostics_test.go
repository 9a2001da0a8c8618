package config

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestDiagnosticsJSON(t *testing.T) {
	_, diags := Load([]string{Stdin}, Options{
		Env:   lookup(map[string]string{"DISCORD_TOKEN": "token"}),
		Stdin: strings.NewReader("discord {\n  token = env(\"DISCORD_TOKEN\")\n}\nlog {\n  level = \"inof\"\n}\n"),
	})
	var b bytes.Buffer
	if err := diags.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	const want = `{
  "format_version": "1.0",
  "valid": false,
  "error_count": 1,
  "warning_count": 0,
  "diagnostics": [
    {
      "severity": "error",
      "summary": "Invalid level",
      "detail": "\"inof\" is not one of trace, debug, info, warn, error. Did you mean \"info\"?",
      "range": {
        "filename": "\u003cstdin\u003e",
        "start": {
          "line": 5,
          "column": 11,
          "byte": 59
        },
        "end": {
          "line": 5,
          "column": 17,
          "byte": 65
        }
      },
      "snippet": {
        "context": "log",
        "code": "  level = \"inof\"",
        "start_line": 5,
        "highlight_start_offset": 10,
        "highlight_end_offset": 16,
        "values": []
      }
    }
  ]
}
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
}

func TestNothingWrongInJSON(t *testing.T) {
	out, err := json.Marshal(Diagnostics{})
	if want := `{"format_version":"1.0","valid":true,"error_count":0,"warning_count":0,"diagnostics":[]}`; err != nil || string(out) != want {
		t.Errorf("got %s, %v", out, err)
	}
}

func TestAdd(t *testing.T) {
	cfg, diags, _ := load(t, "discord {\n  token = env(\"DISCORD_TOKEN\")\n}\n  plugin \"p\" {\n  source = \"./p.wasm\"\n}\n", Options{SkipSources: true})
	if cfg == nil {
		t.Fatal(diags)
	}
	diags.Add(SeverityWarning, cfg.Plugins[0].At, "Odd module", "It is odd.")
	diags.Add(SeverityError, Location{File: "elsewhere.hcl", Line: 7}, "Broken", "It is broken.")
	diags.Add(SeverityError, Location{}, "Out of disk", "Make room.")
	if diags.Errors() != 2 || diags.Warnings() != 1 || !diags.HasErrors() {
		t.Errorf("%d errors, %d warnings", diags.Errors(), diags.Warnings())
	}
	text := diags.String()
	for _, want := range []string{"line 4, in plugin \"p\":\n   4:   plugin \"p\" {\n\nIt is odd.", "on elsewhere.hcl line 7:\n  (source code not available)\n\nIt is broken.", "Error: Out of disk\n\nMake room."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if _, err := json.Marshal(diags); err != nil {
		t.Error(err)
	}
}

func TestColourAndWidth(t *testing.T) {
	_, diags, _ := load(t, "log {\n  level = \"inof\"\n}\n", Options{})
	var b strings.Builder
	if err := diags.WriteText(&b, TextOptions{Width: 30, Color: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\x1b[31mError\x1b[0m") {
		t.Errorf("no colour in %q", b.String())
	}
	if !strings.Contains(b.String(), "trace,\ndebug") {
		t.Errorf("not broken into lines:\n%s", b.String())
	}
}

func TestFormat(t *testing.T) {
	for _, test := range []struct{ name, in, want, err string }{
		{"aligned", "log{\nlevel=\"info\"\n   format    = \"json\" # x\n}\n", "log {\n  level  = \"info\"\n  format = \"json\" # x\n}\n", ""},
		{"not HCL", "log {\n", "log {\n", "Unclosed configuration block"},
		{"too deep", "x = " + strings.Repeat("(", 1000), "x = " + strings.Repeat("(", 1000), "Nesting too deep"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, diags := Format([]byte(test.in), "x.hcl")
			if string(out) != test.want {
				t.Errorf("got\n%s\nwant\n%s", out, test.want)
			}
			if err := diags.Err(); (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("error %v, want %q", err, test.err)
			}
		})
	}
}
