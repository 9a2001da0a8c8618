package config

import (
	"encoding/json"
	"io"

	"github.com/hashicorp/hcl/v2"
)

// The shape of the JSON form is that of `terraform validate -json`, which
// editors and CI systems already read.
// See https://developer.hashicorp.com/terraform/cli/commands/validate#json-output-format.
type jsonReport struct {
	FormatVersion string           `json:"format_version"`
	Valid         bool             `json:"valid"`
	ErrorCount    int              `json:"error_count"`
	WarningCount  int              `json:"warning_count"`
	Diagnostics   []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Severity Severity     `json:"severity"`
	Summary  string       `json:"summary"`
	Detail   string       `json:"detail"`
	Range    *jsonRange   `json:"range,omitempty"`
	Snippet  *jsonSnippet `json:"snippet,omitempty"`
}

type jsonRange struct {
	Filename string  `json:"filename"`
	Start    jsonPos `json:"start"`
	End      jsonPos `json:"end"`
}

type jsonPos struct {
	Line   int `json:"line"`   // from 1
	Column int `json:"column"` // in characters, from 1
	Byte   int `json:"byte"`   // from 0
}

type jsonSnippet struct {
	Context   *string    `json:"context"` // the block, e.g. plugin "hello"
	Code      string     `json:"code"`    // whole lines
	StartLine int        `json:"start_line"`
	Start     int        `json:"highlight_start_offset"` // bytes in Code
	End       int        `json:"highlight_end_offset"`
	Values    []struct{} `json:"values"` // always empty: values are not printed
}

// WriteJSON writes one JSON document with all diagnostics.
func (d Diagnostics) WriteJSON(w io.Writer) error {
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// MarshalJSON is the document that WriteJSON writes.
func (d Diagnostics) MarshalJSON() ([]byte, error) {
	r := jsonReport{
		FormatVersion: "1.0",
		Valid:         !d.HasErrors(),
		ErrorCount:    d.Errors(),
		WarningCount:  d.Warnings(),
		Diagnostics:   []jsonDiagnostic{},
	}
	for _, diag := range d.diags {
		j := jsonDiagnostic{Severity: SeverityError, Summary: diag.Summary, Detail: diag.Detail}
		if diag.Severity == hcl.DiagWarning {
			j.Severity = SeverityWarning
		}
		if diag.Subject != nil {
			j.Range = &jsonRange{diag.Subject.Filename, position(diag.Subject.Start), position(diag.Subject.End)}
			j.Snippet = jsonSnippetOf(d.snippet(diag))
		}
		r.Diagnostics = append(r.Diagnostics, j)
	}
	return json.Marshal(r)
}

func jsonSnippetOf(s *snippet) *jsonSnippet {
	if s == nil {
		return nil
	}
	j := &jsonSnippet{Code: s.code, StartLine: s.line, Start: s.start, End: s.end, Values: []struct{}{}}
	if s.context != "" {
		j.Context = &s.context
	}
	return j
}

func position(p hcl.Pos) jsonPos { return jsonPos{p.Line, p.Column, p.Byte} }
