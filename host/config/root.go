package config

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
)

// placed is a block and the file it stands in.
type placed struct {
	block *hcl.Block
	path  string // of the file, as in diagnostics
	dir   string
}

// rootBlocks are the kinds of blocks that a file may have.
func (d *decoder) rootBlocks(cfg *Config) map[string]blockShape {
	return map[string]blockShape{
		"host":     {decode: func(b *hcl.Block) { d.host(b, &cfg.Host) }},
		"log":      {decode: func(b *hcl.Block) { d.log(b, &cfg.Log) }},
		"discord":  {decode: func(b *hcl.Block) { d.discord(b, &cfg.Discord) }},
		"gateway":  {decode: func(b *hcl.Block) { d.gateway(b, &cfg.Gateway) }},
		"plugin":   {decode: func(b *hcl.Block) { d.plugin(b, cfg) }, labels: []string{"name"}, many: true},
		"admin":    {decode: func(b *hcl.Block) { d.admin(b, &cfg.Admin) }},
		"metrics":  {decode: func(b *hcl.Block) { d.metrics(b, &cfg.Metrics) }},
		"tracing":  {decode: func(b *hcl.Block) { d.tracing(b, &cfg.Tracing) }},
		"store":    {decode: func(b *hcl.Block) { d.store(b, &cfg.Store) }},
		"variable": {labels: []string{"name"}, many: true}, // see scope
		"locals":   {many: true},
	}
}

// defaults is what holds where the files say nothing.
func defaults() *Config {
	return &Config{
		Host:    Host{ShutdownGrace: 20 * time.Second},
		Log:     Log{Level: "info", Format: "auto"},
		Discord: Discord{IntentsAuto: true, API: API{BaseURL: "https://discord.com/api", Timeout: 15 * time.Second}},
		Gateway: Gateway{Compress: "zstd-stream", IdentifyReserve: 0.2, IdentifyBreaker: 20},
		Admin:   Admin{UI: true},
		Store:   Store{Type: "file", Flush: 2 * time.Millisecond},
	}
}

// config decodes all files together.
func (d *decoder) config() *Config {
	cfg := defaults()
	cfg.Dir = d.dir
	kinds := d.rootBlocks(cfg)
	blocks := d.collect(kinds)
	scopes := d.scope(blocks)
	for _, p := range blocks {
		kind := kinds[p.block.Type]
		if kind.decode == nil || !d.wanted(p.block.Type) || !kind.many && !d.once(p.block.Type, p.block.DefRange) {
			continue
		}
		d.ctx = scopes[p.path]
		kind.decode(p.block)
	}
	d.complete(cfg)
	if d.only == nil {
		d.cross(cfg)
	}
	return cfg
}

// wanted tells whether blocks of a kind are decoded.
func (d *decoder) wanted(kind string) bool { return d.only == nil || slices.Contains(d.only, kind) }

// collect takes the files apart into blocks, in their order.
func (d *decoder) collect(kinds map[string]blockShape) []placed {
	schema := &hcl.BodySchema{}
	for _, kind := range sorted(kinds) {
		schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: kind, LabelNames: kinds[kind].labels})
	}
	var blocks []placed
	for _, f := range d.order {
		content, diags := f.file.Body.Content(schema)
		for _, diag := range diags {
			if kind, ok := strings.CutPrefix(diag.Summary, extraName); ok {
				d.seen[kind] = *diag.Subject // it is there, and wrong
			}
		}
		placing(diags, "", shape{blocks: kinds})
		d.diags = append(d.diags, diags...)
		for _, b := range content.Blocks {
			blocks = append(blocks, placed{b, f.path, f.dir})
		}
	}
	return blocks
}

// complete applies overrides, and the defaults that depend on other values.
func (d *decoder) complete(cfg *Config) {
	over := d.opts.Overrides
	if over.Token != "" {
		cfg.Discord.Token = NewSecret(over.Token)
	}
	if over.BaseURL != "" {
		cfg.Discord.API.BaseURL = over.BaseURL
	}
	if over.DataDir != "" {
		dir, err := filepath.Abs(over.DataDir)
		if err != nil {
			d.problem("Data directory not found", cause(err))
		}
		cfg.Host.DataDir = dir
	}
	if cfg.Host.DataDir == "" {
		cfg.Host.DataDir = filepath.Join(d.dir, "data")
	}
	if over.AdminListen != "" {
		cfg.Admin.Listen = over.AdminListen
	}
	if cfg.Admin.Listen == "" {
		cfg.Admin.Listen = "unix://" + filepath.Join(cfg.Host.DataDir, "admin.sock")
	}
}

func (d *decoder) host(b *hcl.Block, h *Host) {
	d.body("host", b.Body, shape{args: []argument{
		{"data_dir", d.pathTo(&h.DataDir).or("`\"./data\"`"), "where the host keeps sessions, plugins' data and caches; one host at a time"},
		{"shutdown_grace", duration(&h.ShutdownGrace, 0, 10*time.Minute), "how long a stop waits for what is under way"},
	}})
}

func (d *decoder) log(b *hcl.Block, l *Log) {
	d.body("log", b.Body, shape{args: []argument{
		{"level", enum(&l.Level, "trace", "debug", "info", "warn", "error"), "the least level that is written"},
		{"format", enum(&l.Format, "auto", "text", "json"), "`auto` is text on a terminal, else JSON"},
		{"redact", texts(&l.Redact, nil), "JSON keys, such as `[\"content\"]`, whose values never reach the log, be they in messages or arguments; they are masked in recordings, `tail` and dead letters too, where `content` always is"},
	}})
}

func (d *decoder) store(b *hcl.Block, s *Store) {
	d.body("store", b.Body, shape{args: []argument{
		{"type", enum(&s.Type, "file"), "`file`: one file in `data_dir`"},
		{"flush", duration(&s.Flush, 0, time.Second), "how long a commit may wait to share its write with others"},
	}})
}

// pathTo sets p to an absolute path.
func (d *decoder) pathTo(p *string) setter {
	return custom("path", "none", func(v value) {
		if s, ok := v.filled(); ok {
			*p = d.path(v.rng, s)
		}
	})
}
