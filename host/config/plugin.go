package config

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/shardhost/shardhost/discord"
)

const maxPluginName = 64

// pluginName is what may stand in keys, paths, metrics and URLs unescaped.
var pluginName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

func (d *decoder) plugin(b *hcl.Block, cfg *Config) {
	p := Plugin{
		Name:    b.Labels[0],
		Lanes:   1,
		Config:  json.RawMessage("{}"),
		Secrets: map[string]Secret{},
		Limits:  defaultLimits(),
		Failure: Failure{
			Retry: 2, Max: 5, Within: time.Minute, Backoff: time.Second, DeadLetters: 1000, DeadLetterBytes: 64 << 20,
		},
		Reload:     defaultReload(d.opts.Watch),
		Checkpoint: Checkpoint{MaxSize: 64 << 20},
		At:         location(b.DefRange),
	}
	p.Grant.At = p.At
	name := "plugin \"" + p.Name + "\""
	d.pluginName(p.Name, b.LabelRanges[0])
	if !d.once(name, b.DefRange) {
		return
	}
	var source, canary *value
	d.body(name, b.Body, shape{
		args: []argument{
			{"source", d.pathTo(&p.Source).before(func(v value) { source = &v }).or("required without `build`"), "a `.wasm` file, or a folder of source or a script, which the host builds"},
			{"sha256", custom("text", "not checked", func(v value) { v.sha256(&p.SHA256) }), "the sum that the `.wasm` file must have, in hex"},
			{"events", texts(&p.Events, func(v value, s string) bool { return d.subscribe(p.Name, v, s) }).or("what the plugin declares"), "names and patterns: `[\"MESSAGE_CREATE\", \"GUILD_MEMBER_*\"]`; the [table](events.md)"},
			{"lanes", integer(&p.Lanes, 1, 1024), "instances that share the work, split by guild"},
		},
		blocks: map[string]blockShape{
			"filter":     {decode: func(b *hcl.Block) { d.filter(name, b, &p.Filter) }},
			"config":     {decode: func(b *hcl.Block) { p.Config = d.pluginConfig(b) }},
			"secrets":    {decode: func(b *hcl.Block) { d.secrets(b, p.Secrets, nil) }},
			"grant":      {decode: func(b *hcl.Block) { d.grant(name, b, &p) }},
			"limits":     {decode: func(b *hcl.Block) { d.limits(name, b, &p) }},
			"failure":    {decode: func(b *hcl.Block) { d.failure(name, b, &p) }},
			"reload":     {decode: func(b *hcl.Block) { canary = d.reload(name, b, &p) }},
			"recycle":    {decode: func(b *hcl.Block) { d.recycle(name, b, &p.Recycle) }},
			"checkpoint": {decode: func(b *hcl.Block) { d.checkpoint(name, b, &p.Checkpoint) }},
			"build":      {decode: func(b *hcl.Block) { p.Build = d.build(name, b) }},
		},
	})
	canary.canary(p)
	d.pluginSource(b, source, &p)
	cfg.Plugins = append(cfg.Plugins, p)
}

func (d *decoder) pluginName(name string, rng hcl.Range) {
	if pluginName.MatchString(name) && len(name) <= maxPluginName {
		return
	}
	better := strings.Trim(regexp.MustCompile(`[^a-z0-9_-]+`).ReplaceAllString(strings.ToLower(name), "-"), "-_")
	hint := ""
	if better != "" && len(better) <= maxPluginName {
		hint = " Did you mean \"" + better + "\"?"
	}
	d.errorf(rng, "Invalid plugin name", "A plugin's name has lower-case letters, digits, - and _, begins with a letter or digit, and is at most %d characters long.%s", maxPluginName, hint)
}

func (v value) sha256(p *string) {
	s, ok := v.text()
	if !ok {
		return
	}
	s = strings.ToLower(strings.TrimPrefix(s, "sha256:"))
	if len(s) != 64 || strings.Trim(s, "0123456789abcdef") != "" {
		v.wrong("A SHA-256 sum has 64 hexadecimal digits, as printed by sha256sum.")
		return
	}
	*p = s
}

// subscription is a pattern of an argument events.
type subscription struct {
	plugin  string
	pattern string
	value   value
}

// subscribe judges one pattern of events, and keeps it for when the intents
// are known.
func (d *decoder) subscribe(plugin string, v value, pattern string) bool {
	if _, err := discord.MatchEvents(pattern); err != nil {
		hint := ""
		if near := discord.SuggestEvents(pattern); near != "" && !v.sensitive {
			hint = fmt.Sprintf(" Did you mean %q?", near)
		}
		v.wrong("There is no event %s.%s The command shardhost events lists them; * stands for any characters.", v.quoted(), hint)
		return false
	}
	d.subscriptions = append(d.subscriptions, subscription{plugin, pattern, v})
	return true
}

func (d *decoder) filter(plugin string, b *hcl.Block, f *Filter) {
	d.body(plugin+".filter", b.Body, shape{args: []argument{
		{"guilds", custom("list of ids", "all", func(v value) { v.guilds(&f.Guilds) }), "the only guilds whose events it gets"},
		{"ignore_bots", boolean(&f.IgnoreBots), "drop what bots wrote or did"},
		{"prefix", text(&f.Prefix).before(func(v value) { d.prefixes = append(d.prefixes, v) }), "of messages, only those whose content begins so; needs `MESSAGE_CONTENT`"},
		{"scope", custom("list of `\"guild\"`, `\"dm\"`", "both", func(v value) {
			elements, _ := v.elements()
			for _, e := range elements {
				switch s, _ := e.oneOf([]string{"guild", "dm"}); s {
				case "guild":
					f.Guild = true
				case "dm":
					f.DM = true
				}
			}
		}), "where events come from: guilds, direct messages"},
	}})
}

// guilds takes ids in quotes or as numbers.
func (v value) guilds(p *[]uint64) {
	elements, _ := v.elements()
	for _, e := range elements {
		s, ok := e.quantity()
		if !ok {
			continue
		}
		id, err := discord.ParseSnowflake(s)
		if err != nil || !id.IsValid() {
			e.wrong("%s is not the id of a guild: in Discord, switch on the developer mode and copy the server's id.", e.show())
			continue
		}
		*p = append(*p, uint64(id))
	}
}

// pluginConfig is the author's own block: any arguments, as a JSON object.
func (d *decoder) pluginConfig(b *hcl.Block) json.RawMessage {
	attrs, diags := b.Body.JustAttributes()
	d.diags = append(d.diags, diags...)
	object := make(map[string]cty.Value)
	for _, name := range sorted(attrs) {
		if v, ok := d.evaluate(name, attrs[name].Expr); ok {
			object[name] = v.Value
		}
	}
	val := cty.ObjectVal(object)
	out, err := ctyjson.Marshal(val, val.Type())
	if err != nil {
		d.errorf(b.DefRange, "Invalid config", "The block cannot be written as JSON: %s.", err)
		return json.RawMessage("{}")
	}
	return out
}

// secrets takes texts by names of the author's own; check, if any, judges each.
func (d *decoder) secrets(b *hcl.Block, secrets map[string]Secret, check func(v value, s string) bool) {
	attrs, diags := b.Body.JustAttributes()
	d.diags = append(d.diags, diags...)
	for _, name := range sorted(attrs) {
		v, ok := d.evaluate(name, attrs[name].Expr)
		if !ok {
			continue
		}
		s, ok := v.text()
		if !ok || check != nil && !check(v, s) {
			continue
		}
		if !v.sensitive {
			d.keep(s)
			d.warnf(v.rng, "Secret written into the configuration", "A secret in a file ends up in version control and in backups. Write %s = env(\"%s\") or file(\"/run/secrets/%s\").", name, strings.ToUpper(name), name)
		}
		secrets[name] = NewSecret(s)
	}
}

func (d *decoder) failure(plugin string, b *hcl.Block, p *Plugin) {
	f := &p.Failure
	d.body(plugin+".failure", b.Body, shape{args: p.lined("failure", b, []argument{
		{"retry", integer(&f.Retry, 0, 100), "further attempts at an event that failed, before it goes to the dead letters"},
		{"max", integer(&f.Max, 1, 1000), "failures within `within` after which the plugin rests"},
		{"within", duration(&f.Within, time.Second, 24*time.Hour), "see `max`"},
		{"backoff", duration(&f.Backoff, 10*time.Millisecond, 10*time.Minute), "before the first restart of a lane, doubling"},
		{"dead_letters", integer(&f.DeadLetters, 0, 10000), "dead letters that are kept, the oldest go first"},
		{"dead_letter_bytes", size(&f.DeadLetterBytes, 1<<20, 1<<30), "of them together"},
	})})
}

func (d *decoder) checkpoint(plugin string, b *hcl.Block, c *Checkpoint) {
	d.body(plugin+".checkpoint", b.Body, shape{args: []argument{
		{"every", duration(&c.Every, time.Second, 24*time.Hour).or("never"), "keep it while the host runs as well, so long after the first event that the last checkpoint has not seen; the lane pauses while the guest hands it out, some milliseconds for ten megabytes, and goes on while it is written"},
		{"max_size", size(&c.MaxSize, 1<<10, 64<<20), "of one lane's memory; more is not kept"},
	}})
}

func (d *decoder) build(plugin string, b *hcl.Block) *Build {
	var build Build
	d.body(plugin+".build", b.Body, shape{
		args: []argument{
			{"command", custom("text", "", func(v value) {
				if s, ok := v.filled(); ok {
					build.Command = s
				}
			}).need(), "run by the shell in the configuration's folder"},
			{"watch", texts(&build.Watch, nil), "files that the module is made from: `[\"*.c\"]`"},
			{"output", d.pathTo(&build.Output).or("`source`"), "the `.wasm` file that it makes"},
		},
	})
	return &build
}
