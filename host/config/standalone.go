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
	text := standaloneText(path, block)
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

// Generous is the text of a configuration that runs the plugin at a path against a
// Discord where nothing is real: it may do everything.
func Generous(path string) string {
	return standaloneText(path, `  grant {
    discord {
      allow = ["* /**"]
    }
    http {
      allow = ["https://*"]
    }
    gateway {
      allow = ["presence", "members", "voice", "soundboard", "channels"]
    }
    bus {
      publish   = ["*"]
      subscribe = ["*"]
    }
    kv {}
    timers {}
  }`)
}

func standaloneText(path, block string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		path = filepath.Clean(path)
	}
	base := filepath.Base(path)
	name := strings.ToLower(strings.TrimSuffix(base, filepath.Ext(base)))
	name = strings.Trim(regexp.MustCompile(`[^a-z0-9_-]+`).ReplaceAllString(name, "-"), "-_")
	if name == "" || len(name) > maxPluginName {
		name = "plugin"
	}
	return fmt.Sprintf("discord {\n  allow_privileged = [\"MESSAGE_CONTENT\", \"GUILD_MEMBERS\", \"GUILD_PRESENCES\"]\n}\nplugin %q {\n%s\n  source = %s\n}\n",
		name, block, quoted(path))
}

// quoted is a string of HCL.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "${", "$${", "%{", "%%{").Replace(s) + `"`
}
