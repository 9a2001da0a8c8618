package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/shardhost/shardhost/discord"
)

// IsFolder tells whether the source is a folder of Go source that the host
// builds, rather than a module.
func (p Plugin) IsFolder() bool { return p.Build == nil && filepath.Ext(p.Source) != ".wasm" }

// pluginSource settles where a plugin's module comes from.
func (d *decoder) pluginSource(b *hcl.Block, v *value, p *Plugin) {
	if p.Build != nil && p.Build.Command != "" {
		d.built(b, v, p)
		return
	}
	if v == nil {
		if !d.argument(b, "source") {
			d.errorf(b.DefRange, "Missing source", "Write where the plugin's module is: source = \"./%s.wasm\", or a folder with its Go source.", p.Name)
		}
		return
	}
	if p.Source == "" || d.opts.SkipSources {
		return
	}
	info, err := os.Stat(p.Source)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.wrong("There is no %s.%s", p.Source, d.proposal(p.Source, *v))
	case err != nil:
		v.wrong("%s cannot be read: %s.", p.Source, cause(err))
	case info.IsDir():
		if !hasGo(p.Source) {
			v.wrong("The folder %s has no Go source to build. Name a .wasm file, or write a build block with the command that makes it.", p.Source)
		}
		if p.SHA256 != "" {
			d.errorf(b.DefRange, "Unused sha256", "A plugin that is built from source has no fixed sum: take sha256 out, or name the .wasm file.")
		}
	case filepath.Ext(p.Source) != ".wasm":
		v.wrong("%s is neither a .wasm file nor a folder of Go source.", p.Source)
	case !info.Mode().IsRegular():
		v.wrong("%s is not a regular file.", p.Source)
	}
}

// argument tells whether a block has an argument, be its value good or not.
func (d *decoder) argument(b *hcl.Block, name string) bool {
	content, _, _ := b.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: name}}})
	return content.Attributes[name] != nil
}

// built settles source and output of a plugin with a build block: each is the
// other's default.
func (d *decoder) built(b *hcl.Block, v *value, p *Plugin) {
	switch {
	case p.Build.Output == "" && v == nil:
		d.errorf(b.DefRange, "Missing output", "Write what the build makes: output = \"./%s.wasm\" in its block, or source here.", p.Name)
		return
	case p.Build.Output == "":
		p.Build.Output = p.Source
	case p.Source == "":
		p.Source = p.Build.Output
	}
	if p.Build.Output != "" && filepath.Ext(p.Build.Output) != ".wasm" {
		rng := b.DefRange
		if v != nil {
			rng = v.rng
		}
		d.errorf(rng, "Invalid output", "What the build makes has to be a .wasm file: write output = \"./%s.wasm\" in the build block.", p.Name)
	}
}

// proposal is what to do about a source that is not there.
func (d *decoder) proposal(path string, v value) string {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Sprintf(" There is no folder %s either.", filepath.Clean(dir))
	}
	if filepath.Ext(base) != ".wasm" {
		return " Name a .wasm file, or a folder with the plugin's Go source."
	}
	folder := strings.TrimSuffix(path, ".wasm")
	if hasGo(folder) {
		return fmt.Sprintf(" Build it with\n\n  GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o %s %s\n\nor write source = %q and the host builds it.", path, folder, strings.TrimSuffix(v.AsString(), ".wasm"))
	}
	var modules []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".wasm" {
			modules = append(modules, e.Name())
		}
	}
	if near := discord.Suggest(base, modules); near != "" {
		return fmt.Sprintf(" Did you mean %q?", near)
	}
	return fmt.Sprintf(" Build it first; for Go, in the plugin's folder:\n\n  GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o %s .", path)
}

// hasGo tells whether a folder has Go source in it.
func hasGo(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".go" && !strings.HasSuffix(e.Name(), "_test.go") {
			return true
		}
	}
	return false
}
