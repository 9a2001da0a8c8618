package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Severity is how bad a diagnostic is.
type Severity string

// The severities, as they stand in JSON.
const (
	SeverityError   Severity = "error"   // the configuration is refused
	SeverityWarning Severity = "warning" // it is accepted
)

// Diagnostics are the errors and warnings of one Load, in the order of files
// and lines. Nothing in them is secret.
type Diagnostics struct {
	diags hcl.Diagnostics
	files map[string]*hcl.File // with secrets masked
	order []string             // files in the order they were read
}

// finish makes what was collected printable.
func (d *decoder) finish() Diagnostics {
	out := Diagnostics{files: make(map[string]*hcl.File)}
	secrets := d.sensitive
	for name, file := range d.files {
		hide := mask
		if isJSON(name, file.Bytes) {
			hide = maskJSON
		}
		src, written := hide(file.Bytes)
		secrets = append(secrets, written...)
		out.files[name] = &hcl.File{Body: file.Body, Bytes: src, Nav: file.Nav}
	}
	for _, f := range d.order {
		out.order = append(out.order, f.path)
	}
	clean := redactor(secrets)
	functions := sorted(d.functions(d.dir))
	open := slices.ContainsFunc(d.diags, func(diag *hcl.Diagnostic) bool { return diag.Summary == "Unterminated template string" })
	for _, diag := range d.diags {
		if open && diag.Summary == "Invalid multi-line string" {
			continue // it follows from the missing quote
		}
		explain(diag, functions)
		reword(diag)
		out.diags = append(out.diags, &hcl.Diagnostic{
			Severity: diag.Severity,
			Summary:  clean.Replace(diag.Summary),
			Detail:   clean.Replace(diag.Detail),
			Subject:  diag.Subject,
			Context:  diag.Context,
			// Expression and EvalContext are left out: with them the writer
			// prints values of variables.
		})
	}
	out.sort()
	if more := len(out.diags) - maxDiagnostics; more > 0 {
		out.diags = append(out.diags[:maxDiagnostics:maxDiagnostics], &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "More errors and warnings", Detail: fmt.Sprintf("%d more are not shown.", more),
		})
	}
	return out
}

// maxDiagnostics bounds what is kept: a file with more is not one that a person
// mends line by line.
const maxDiagnostics = 100

func (d *Diagnostics) sort() {
	place := func(diag *hcl.Diagnostic) (file, line, column int) {
		if diag.Subject == nil {
			return -1, 0, 0
		}
		return slices.Index(d.order, diag.Subject.Filename), diag.Subject.Start.Line, diag.Subject.Start.Column
	}
	slices.SortStableFunc(d.diags, func(a, b *hcl.Diagnostic) int {
		af, al, ac := place(a)
		bf, bl, bc := place(b)
		for _, diff := range []int{af - bf, al - bl, ac - bc, int(a.Severity) - int(b.Severity), strings.Compare(a.Detail, b.Detail)} {
			if diff != 0 {
				return diff
			}
		}
		return 0
	})
	d.diags = slices.CompactFunc(d.diags, func(a, b *hcl.Diagnostic) bool {
		return a.Severity == b.Severity && a.Summary == b.Summary && a.Detail == b.Detail &&
			(a.Subject == nil) == (b.Subject == nil) && (a.Subject == nil || *a.Subject == *b.Subject)
	})
}

// Add puts in a diagnostic that others found about what stands at a place: a
// module that is broken, say. A place that is zero, or in a file that was not
// read, is printed without a snippet.
func (d *Diagnostics) Add(severity Severity, at Location, summary, detail string) {
	diag := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail}
	if severity == SeverityWarning {
		diag.Severity = hcl.DiagWarning
	}
	if at.File != "" {
		diag.Subject = d.line(at)
	}
	d.diags = append(d.diags, diag)
	d.sort()
}

// line returns the range of a line's text.
func (d *Diagnostics) line(at Location) *hcl.Range {
	rng := &hcl.Range{Filename: at.File, Start: hcl.Pos{Line: at.Line, Column: 1}, End: hcl.Pos{Line: at.Line, Column: 1}}
	file := d.files[at.File]
	if file == nil {
		return rng
	}
	start := 0
	for i, text := range bytes.SplitAfter(file.Bytes, []byte("\n")) {
		if i == at.Line-1 {
			body := bytes.TrimSpace(text)
			indent := bytes.Index(text, body)
			rng.Start = hcl.Pos{Line: at.Line, Column: indent + 1, Byte: start + indent}
			rng.End = hcl.Pos{Line: at.Line, Column: indent + len(body) + 1, Byte: start + indent + len(body)}
			break
		}
		start += len(text)
	}
	return rng
}

// HasErrors tells whether the configuration is refused.
func (d Diagnostics) HasErrors() bool { return d.Errors() > 0 }

// Errors counts the errors.
func (d Diagnostics) Errors() int { return d.count(hcl.DiagError) }

// Warnings counts the warnings.
func (d Diagnostics) Warnings() int { return d.count(hcl.DiagWarning) }

func (d Diagnostics) count(severity hcl.DiagnosticSeverity) int {
	n := 0
	for _, diag := range d.diags {
		if diag.Severity == severity {
			n++
		}
	}
	return n
}

// Err returns the errors as one error of a line each, or nil.
func (d Diagnostics) Err() error {
	var lines []string
	for _, diag := range d.diags {
		if diag.Severity != hcl.DiagError {
			continue
		}
		line := diag.Summary + ": " + diag.Detail
		if diag.Subject != nil {
			line = fmt.Sprintf("%s:%d: %s", diag.Subject.Filename, diag.Subject.Start.Line, line)
		}
		lines = append(lines, line)
	}
	if lines == nil {
		return nil
	}
	return fmt.Errorf("config: %s", strings.Join(lines, "\n"))
}

// String is the text form without colour.
func (d Diagnostics) String() string {
	var b strings.Builder
	d.WriteText(&b, TextOptions{})
	return b.String()
}
