package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
)

const (
	// maxFile bounds one file: a configuration is written by a person.
	maxFile = 512 << 10 // bytes

	// maxNesting bounds brackets and templates inside each other, and some
	// operators in one expression, because the parser recurses into them.
	maxNesting = 250
)

// Stdin is the path that reads a configuration from Options.Stdin.
const Stdin = "-"

// stdinName is how it is called in diagnostics.
const stdinName = "<stdin>"

// Options is what loading takes from its surroundings. Zero is a host's own.
type Options struct {
	Env   func(name string) (string, bool) // nil: os.LookupEnv
	Stdin io.Reader                        // nil: os.Stdin
	Vars  map[string]string                // values for variable blocks

	// SkipSources leaves out the check that plugin sources exist.
	SkipSources bool

	// Watch is the default of plugin.reload.watch.
	Watch bool

	Overrides Overrides
}

// Overrides replace what the files say. An argument that is overridden is not
// evaluated: env("DISCORD_TOKEN") may be unset when a token is given here.
type Overrides struct {
	Token       string // discord.token
	BaseURL     string // discord.api.base_url
	DataDir     string // host.data_dir; relative to the working directory
	AdminListen string // admin.listen
}

// Load reads configuration files; a path that is a directory stands for the
// *.hcl and *.hcl.json files in it. When the diagnostics have errors, the Config is nil.
func Load(paths []string, opts Options) (*Config, Diagnostics) {
	return loadBlocks(paths, opts, nil)
}

// AdminAddress reads from the files no more than where the admin API of a host
// with this configuration listens. Clients of a running host do not have its
// environment: nothing else is evaluated.
func AdminAddress(paths []string, opts Options) (string, Diagnostics) {
	cfg, diags := loadBlocks(paths, opts, []string{"host", "admin"})
	if cfg == nil {
		return "", diags
	}
	return cfg.Admin.Listen, diags
}

// Labels are the names of all blocks of a kind, such as plugin, as far as the
// files can be read. Nothing is evaluated.
func Labels(paths []string, opts Options, kind string) (names []string) {
	d := newDecoder(opts, []string{})
	d.load(paths)
	for _, p := range d.collect(d.rootBlocks(new(Config))) {
		if p.block.Type == kind && len(p.block.Labels) > 0 {
			names = append(names, p.block.Labels[0])
		}
	}
	return names
}

func newDecoder(opts Options, only []string) *decoder {
	if opts.Env == nil {
		opts.Env = os.LookupEnv
	}
	if opts.Stdin == nil {
		opts.Stdin = os.Stdin
	}
	return &decoder{opts: opts, files: make(map[string]*hcl.File), seen: make(map[string]hcl.Range), only: only}
}

func loadBlocks(paths []string, opts Options, only []string) (*Config, Diagnostics) {
	d := newDecoder(opts, only)
	cfg := d.load(paths)
	diags := d.finish()
	if diags.HasErrors() {
		return nil, diags
	}
	for _, name := range diags.order {
		cfg.Files = append(cfg.Files, File{Name: name, Text: string(diags.files[name].Bytes)})
	}
	return cfg, diags
}

func (d *decoder) load(paths []string) *Config {
	if len(paths) == 0 {
		d.problem("No configuration file", "No path to a configuration was given. Name a file, or a folder with *.hcl files.")
		return nil
	}
	for _, path := range paths {
		for _, file := range d.expand(path) {
			d.read(file)
		}
	}
	if d.diags.HasErrors() {
		// What a broken file lacks would be reported as missing.
		return nil
	}
	return d.config()
}

// expand turns a folder into the files in it, sorted by name.
func (d *decoder) expand(path string) []string {
	if path == Stdin {
		return []string{stdinName}
	}
	info, err := os.Stat(path)
	if err != nil {
		d.unreadable(path, err)
		return nil
	}
	if !info.IsDir() {
		return []string{path}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		d.unreadable(path, err)
		return nil
	}
	var files []string
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && (filepath.Ext(name) == ".hcl" || strings.HasSuffix(name, ".hcl.json")) && !strings.HasPrefix(name, ".") {
			files = append(files, filepath.Join(path, name))
		}
	}
	if files == nil {
		d.problem("No configuration file", fmt.Sprintf("The folder %s has no *.hcl file.", path))
	}
	return files
}

func (d *decoder) unreadable(path string, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		d.problem("Configuration not found", fmt.Sprintf("There is no %s. Name another file or folder with --config, or write one; this is enough for a bot:\n\n"+
			"  discord {\n    token = env(\"DISCORD_TOKEN\")\n  }\n  plugin \"hello\" {\n    source = \"./hello.wasm\"\n  }", path))
		return
	}
	d.problem("Configuration unreadable", fmt.Sprintf("%s cannot be read: %s.", path, cause(err)))
}

// cause is the innermost text of a file error, without operation and path.
func cause(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// read parses one file into d.
func (d *decoder) read(path string) {
	if _, again := d.files[path]; again {
		d.problem("File given twice", fmt.Sprintf("%s was already read: name each file once.", path))
		return
	}
	src, dir, err := d.source(path)
	if err != nil {
		d.unreadable(path, err)
		return
	}
	if d.dir == "" {
		d.dir = dir
	}
	if len(src) > maxFile {
		d.problem("Configuration too large", fmt.Sprintf("%s is larger than %d KiB: it is not a configuration.", path, maxFile>>10))
		return
	}
	nested, parse := nesting, func(src []byte, path string) (*hcl.File, hcl.Diagnostics) {
		return hclsyntax.ParseConfig(src, path, hcl.InitialPos)
	}
	if isJSON(path, src) {
		nested, parse = nestingJSON, json.Parse
	}
	if rng, deep := nested(src, path); deep {
		d.files[path] = &hcl.File{Bytes: src}
		d.report(hcl.DiagError, rng, "Nesting too deep", tooDeep())
		return
	}
	file, diags := parse(src, path)
	d.diags = append(d.diags, diags...)
	d.files[path] = file
	d.order = append(d.order, sourceFile{path, dir, file})
}

// source reads a file and returns the absolute folder that its relative paths
// start from.
func (d *decoder) source(path string) (src []byte, dir string, err error) {
	if path == stdinName {
		if src, err = io.ReadAll(io.LimitReader(d.opts.Stdin, maxFile+1)); err != nil {
			return nil, "", err
		}
		dir, err = os.Getwd()
		return src, dir, err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	src, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	return src, filepath.Dir(abs), err
}

// tooDeep says what maxNesting means.
func tooDeep() string {
	return fmt.Sprintf("Brackets may stand inside each other, and operators in one expression, up to %d times.", maxNesting)
}

// nesting tells where a file nests deeper than maxNesting.
func nesting(src []byte, path string) (hcl.Range, bool) {
	tokens, _ := hclsyntax.LexConfig(src, path, hcl.InitialPos)
	return nestedTokens(tokens)
}

// nestedTokens tells which token is nested deeper than maxNesting.
func nestedTokens(tokens hclsyntax.Tokens) (hcl.Range, bool) {
	var open []hclsyntax.TokenType // brackets
	operators := 0                 // of one expression, of those that the parser recurses into
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			open = append(open, t.Type)
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			open = open[:max(0, len(open)-1)]
		case hclsyntax.TokenBang, hclsyntax.TokenMinus, hclsyntax.TokenQuestion, hclsyntax.TokenStar:
			operators++
		case hclsyntax.TokenNewline:
			// Inside of other brackets an expression goes on in the next line.
			if len(open) == 0 || open[len(open)-1] == hclsyntax.TokenOBrace {
				operators = 0
			}
		}
		if len(open) > maxNesting || operators > maxNesting {
			return t.Range, true
		}
	}
	return hcl.Range{}, false
}
