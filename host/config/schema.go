package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// schemaLabel is the label of blocks that only stand for their kind.
const schemaLabel = "NAME"

// schema is what may stand in each block, by names such as plugin.limits; "" is
// a file.
func schema() map[string]shape {
	d := newDecoder(Options{Env: func(string) (string, bool) { return "", false }, SkipSources: true}, nil)
	d.shapes = make(map[string]shape)
	kinds := d.rootBlocks(defaults())
	d.variable(emptyBlock("variable"), make(map[string]cty.Value))
	d.body("", hcl.EmptyBody(), shape{blocks: kinds})
	return d.shapes
}

// survey notes the shape of a block, and of the blocks in it.
func (d *decoder) survey(name string, s shape) {
	d.shapes[kindOf(name)] = s
	for _, inner := range sorted(s.blocks) {
		if decode := s.blocks[inner].decode; decode != nil {
			decode(emptyBlock(inner))
		}
	}
}

// kindOf is a block's name without labels: plugin.limits.
func kindOf(name string) string {
	if root, _, _ := strings.Cut(name, "."); root == "variable" {
		return root // its label stands behind a dot
	}
	before, rest, labelled := strings.Cut(name, ` "`)
	if !labelled {
		return name
	}
	_, after, _ := strings.Cut(rest, `"`)
	return before + after
}

func emptyBlock(kind string) *hcl.Block {
	return &hcl.Block{Type: kind, Labels: []string{schemaLabel}, LabelRanges: make([]hcl.Range, 1), Body: hcl.EmptyBody()}
}

// homes are the blocks in which an argument, or with block set a block, of a
// name may stand: those inside of a block, or else anywhere.
func homes(name, inside string, block bool) (inner, all []string) {
	shapes := schema()
	for _, kind := range sorted(shapes) {
		s := shapes[kind]
		_, there := s.blocks[name]
		if !block {
			there = slices.ContainsFunc(s.args, func(a argument) bool { return a.name == name })
		}
		if !there {
			continue
		}
		all = append(all, kind)
		if rest, ok := strings.CutPrefix(kind, inside+"."); ok && inside != "" {
			inner = append(inner, rest)
		}
	}
	return inner, all
}
