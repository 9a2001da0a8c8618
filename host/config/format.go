package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format returns the canonical layout of a file: indentation, alignment and
// spaces, nothing else. Text that is not HCL is returned with diagnostics.
func Format(src []byte, name string) ([]byte, Diagnostics) {
	d := &decoder{files: make(map[string]*hcl.File)}
	d.files[name] = &hcl.File{Bytes: src}
	if rng, deep := nesting(src, name); deep {
		d.report(hcl.DiagError, rng, "Nesting too deep", tooDeep())
		return src, d.finish()
	}
	file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	d.files[name], d.diags = file, diags
	if diags.HasErrors() {
		return src, d.finish()
	}
	return hclwrite.Format(src), d.finish()
}
