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
	"github.com/shardhost/shardhost/host/language"
)

// FromSource tells whether the host builds the plugin by itself, from a folder or
// a script in a language that it knows, rather than taking a module.
func (p Plugin) FromSource() bool { return p.Build == nil && filepath.Ext(p.Source) != ".wasm" }

// pluginSource settles where a plugin's module comes from.
func (d *decoder) pluginSource(b *hcl.Block, v *value, p *Plugin) {
	if p.Build != nil && p.Build.Command != "" {
		d.built(b, v, p)
		return
	}
	if v == nil {
		if !d.argument(b, "source") {
			d.errorf(b.DefRange, "Missing source", "Write where the plugin's module is: source = \"./%s.wasm\", or the folder with its source.", p.Name)
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
	case !info.IsDir() && !info.Mode().IsRegular():
		v.wrong("%s is not a regular file.", p.Source)
	case filepath.Ext(p.Source) == ".wasm":
	case !isSource(p.Source) && info.IsDir():
		v.wrong("The folder %s has no source in %s to build. Name a .wasm file, or write a build block with the command that makes it.", p.Source, language.Titles())
	case !isSource(p.Source):
		v.wrong("%s is neither a .wasm file nor a script. A plugin in another language is named by its folder.", p.Source)
	case p.SHA256 != "":
		d.errorf(b.DefRange, "Unused sha256", "A plugin that is built from source has no fixed sum: take sha256 out, or name the .wasm file.")
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
		return " Name a .wasm file, or the folder with the plugin's source."
	}
	folder := strings.TrimSuffix(path, ".wasm")
	if isSource(folder) {
		return fmt.Sprintf(" Write source = %q and the host builds it, or build it with\n\n  shardhost plugin build -o %s %s", strings.TrimSuffix(v.AsString(), ".wasm"), path, folder)
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
	return fmt.Sprintf(" Build it first, or name the folder of its source and the host builds it:\n\n  shardhost plugin build -o %s FOLDER", path)
}

// isSource tells whether the host can build what is there.
func isSource(path string) bool {
	_, ok := language.Of(path)
	return ok
}
