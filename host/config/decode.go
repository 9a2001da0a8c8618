package config

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// sourceFile is one parsed file.
type sourceFile struct {
	path string // as given
	dir  string // absolute: its relative paths start here
	file *hcl.File
}

// decoder holds what one Load collects.
type decoder struct {
	opts  Options
	dir   string // of the first file
	files map[string]*hcl.File
	order []sourceFile
	ctx   *hcl.EvalContext
	diags hcl.Diagnostics
	seen  map[string]hcl.Range // blocks that may stand once, by their names
	only  []string             // kinds of blocks that are decoded; nil: all

	// shapes, if set, collects what may stand in blocks: see schema. Then nothing
	// else is done.
	shapes map[string]shape

	subscriptions []subscription
	prefixes      []value // of filters

	// sensitive are the texts that must not stand in any message: what
	// env() and file() returned, and secrets that a file spells out.
	sensitive []string
}

// problem reports an error that has no place in a file.
func (d *decoder) problem(summary, detail string) {
	d.diags = append(d.diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail})
}

func (d *decoder) report(severity hcl.DiagnosticSeverity, rng hcl.Range, summary, detail string) {
	d.diags = append(d.diags, &hcl.Diagnostic{Severity: severity, Summary: summary, Detail: detail, Subject: &rng})
}

func (d *decoder) errorf(rng hcl.Range, summary, format string, args ...any) {
	d.report(hcl.DiagError, rng, summary, fmt.Sprintf(format, args...))
}

func (d *decoder) warnf(rng hcl.Range, summary, format string, args ...any) {
	d.report(hcl.DiagWarning, rng, summary, fmt.Sprintf(format, args...))
}

// dirOf returns the folder that relative paths written at rng start from.
func (d *decoder) dirOf(rng hcl.Range) string {
	for _, f := range d.order {
		if f.path == rng.Filename {
			return f.dir
		}
	}
	return d.dir
}

// path makes a path absolute that was written at rng.
func (d *decoder) path(rng hcl.Range, p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(d.dirOf(rng), p)
}

func location(rng hcl.Range) Location {
	return Location{File: rng.Filename, Line: rng.Start.Line}
}

// shape says what may stand in a body.
type shape struct {
	args   []argument // in the order of the reference
	blocks map[string]blockShape
}

// blockShape is a kind of nested block.
type blockShape struct {
	labels []string
	many   bool
	decode func(*hcl.Block)
}

// body decodes what stands in a body. Unknown arguments and blocks, missing
// arguments and blocks that stand twice are reported; what is left is passed on.
// name is the block's own, "" for a file.
func (d *decoder) body(name string, b hcl.Body, s shape) {
	if d.shapes != nil {
		d.survey(name, s)
		return
	}
	schema := &hcl.BodySchema{}
	for _, arg := range s.args {
		schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: arg.name, Required: arg.required})
	}
	for _, block := range sorted(s.blocks) {
		schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: block, LabelNames: s.blocks[block].labels})
	}
	content, diags := b.Content(schema)
	placing(diags, name, s)
	d.diags = append(d.diags, diags...)
	for _, arg := range s.args {
		attr := content.Attributes[arg.name]
		if attr == nil || arg.set == nil {
			continue
		}
		if v, ok := d.evaluate(attr.Name, attr.Expr); ok && !v.IsNull() {
			arg.set(v)
		}
	}
	for _, block := range content.Blocks {
		bs := s.blocks[block.Type]
		full := block.Type
		if name != "" {
			full = name + "." + full
		}
		if !bs.many && !d.once(full, block.DefRange) {
			continue
		}
		bs.decode(block)
	}
}

// once reports a second block where one may stand.
func (d *decoder) once(name string, rng hcl.Range) bool {
	if first, twice := d.seen[name]; twice {
		d.errorf(rng, "Duplicate block", "The block %s was already written at %s:%d. Blocks are not merged: put everything into one of them.", name, first.Filename, first.Start.Line)
		return false
	}
	d.seen[name] = rng
	return true
}

// evaluate computes an expression. ok is false when that failed, which has
// then been reported.
func (d *decoder) evaluate(name string, expr hcl.Expression) (value, bool) {
	val, diags := expr.Value(d.ctx)
	d.diags = append(d.diags, diags...)
	if diags.HasErrors() || !val.IsWhollyKnown() {
		return value{}, false
	}
	return newValue(d, name, expr, val), true
}

func newValue(d *decoder, name string, expr hcl.Expression, val cty.Value) value {
	plain, marks := val.UnmarkDeep()
	_, sensitive := marks[sensitiveMark]
	return value{Value: plain, marked: val, d: d, name: name, expr: expr, rng: expr.Range(), sensitive: sensitive}
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
