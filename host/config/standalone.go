package config

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// Standalone is a plugin without a host: the module or the folder of source at
// a path, with what a block "plugin" may hold, "" for nothing. Without a grant
// in it the plugin may do everything, and without events it gets all: nothing of
// what it does takes place. The first line of block is line 5 in diagnostics.
func Standalone(path, block string) (*Plugin, Diagnostics) {
	path, err := filepath.Abs(path)
	if err != nil {
		path = filepath.Clean(path)
	}
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".wasm")
	name = strings.Trim(regexp.MustCompile(`[^a-z0-9_-]+`).ReplaceAllString(name, "-"), "-_")
	if name == "" || len(name) > maxPluginName {
		name = "plugin"
	}
	text := fmt.Sprintf("discord {\n  allow_privileged = [\"MESSAGE_CONTENT\", \"GUILD_MEMBERS\", \"GUILD_PRESENCES\"]\n}\nplugin %q {\n%s\n  source = %s\n}\n",
		name, block, quoted(path))
	cfg, diags := Load([]string{Stdin}, Options{Stdin: strings.NewReader(text), Overrides: Overrides{Token: "none", DataDir: "."}})
	if cfg == nil || len(cfg.Plugins) != 1 {
		return nil, diags
	}
	p := cfg.Plugins[0]
	if p.Events == nil {
		p.Events = []string{"*"}
	}
	if p.Grant.At == p.At {
		p.Grant = Grant{
			Discord: &DiscordGrant{Allow: []string{"* /**"}},
			HTTP:    &HTTPGrant{Allow: []string{"https://*"}},
			KV:      &KVGrant{Quota: 1 << 30},
			Timers:  &TimersGrant{Max: 10000},
			Gateway: &GatewayGrant{Allow: []string{"presence", "members", "voice", "soundboard", "channels"}},
			Bus:     &BusGrant{Publish: []string{"*"}, Subscribe: []string{"*"}},
			At:      p.Grant.At,
		}
	}
	return &p, diags
}

// quoted is a string of HCL.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "${", "$${", "%{", "%%{").Replace(s) + `"`
}
