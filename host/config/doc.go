// Package config turns HCL files into a typed, checked Config, or into
// diagnostics that say what is wrong, where, and what to write instead.
//
//	cfg, diags := config.Load([]string{"config.hcl"}, config.Options{})
//	if diags.HasErrors() {
//		diags.WriteText(os.Stderr, config.TextOptions{Width: 100})
//	}
//
// Loading has one pass for each concern: files are read and parsed (load.go),
// variables and locals evaluated (locals.go), blocks decoded (a file for each
// block, on top of decode.go and value.go), and what only shows when the
// blocks are seen together is checked last (cross.go). A pass never stops at
// the first error, so that a person gets all of them at once.
//
// Nothing that came out of env(), file() or the argument token is ever printed:
// such values carry a mark through every expression, and the source lines that
// a diagnostic quotes are masked where a secret was written into them (mask.go).
//
// It is the only package that imports hcl.
package config
