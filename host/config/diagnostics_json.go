package config

import (
	"bytes"
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
			j.Snippet = d.snippet(*diag.Subject)
		}
		r.Diagnostics = append(r.Diagnostics, j)
	}
	return json.Marshal(r)
}

func position(p hcl.Pos) jsonPos { return jsonPos{p.Line, p.Column, p.Byte} }

// snippet returns the lines that a range touches.
func (d Diagnostics) snippet(rng hcl.Range) *jsonSnippet {
	file := d.files[rng.Filename]
	if file == nil || rng.Start.Byte > len(file.Bytes) || rng.End.Byte > len(file.Bytes) || rng.End.Byte < rng.Start.Byte {
		return nil
	}
	start := bytes.LastIndexByte(file.Bytes[:rng.Start.Byte], '\n') + 1
	end := len(file.Bytes)
	if i := bytes.IndexByte(file.Bytes[rng.End.Byte:], '\n'); i >= 0 {
		end = rng.End.Byte + i
	}
	s := &jsonSnippet{
		Code:      string(file.Bytes[start:end]),
		StartLine: rng.Start.Line,
		Start:     rng.Start.Byte - start,
		End:       rng.End.Byte - start,
		Values:    []struct{}{},
	}
	if nav, ok := file.Nav.(interface{ ContextString(int) string }); ok {
		if context := nav.ContextString(rng.Start.Byte); context != "" {
			s.Context = &context
		}
	}
	return s
}
