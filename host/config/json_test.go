package config

import (
	"reflect"
	"strings"
	"testing"
)

// TestJSON loads the same configuration in both forms.
func TestJSON(t *testing.T) {
	env := map[string]string{"DISCORD_TOKEN": "token-of-the-test", "KEY": "key-of-the-test"}
	load := func(text string) *Config {
		t.Helper()
		cfg, diags := Load([]string{Stdin}, Options{Env: lookup(env), Stdin: strings.NewReader(text), SkipSources: true})
		if cfg == nil {
			t.Fatal(diags)
		}
		cfg.Discord.At, cfg.Gateway.At = Location{}, Location{}
		for i := range cfg.Plugins {
			cfg.Plugins[i].At, cfg.Plugins[i].Grant.At, cfg.Plugins[i].Lines = Location{}, Location{}, nil
		}
		return cfg
	}
	native := load(`
variable "lanes" {
  default = 2
}
locals {
  words = ["spam", "eggs"]
}
discord {
  token = env("DISCORD_TOKEN")
}
gateway {
  shards {
    ids = "0-3"
  }
}
plugin "a" {
  source = "./a.wasm"
  events = ["MESSAGE_CREATE", "MESSAGE_*"]
  lanes  = var.lanes
  config {
    words = local.words
    limit = { warn = 3 }
  }
  secrets {
    key = env("KEY")
  }
  grant {
    kv {}
    discord {
      allow = ["POST /channels/*/messages"]
    }
  }
}
plugin "b" {
  source = "./b.wasm"
}
`)
	inJSON := load(`{
  "variable": {"lanes": {"default": 2}},
  "locals": {"words": ["spam", "eggs"]},
  "discord": {"token": "${env(\"DISCORD_TOKEN\")}"},
  "gateway": {"shards": {"ids": "0-3"}},
  "plugin": {
    "a": {
      "source": "./a.wasm",
      "events": ["MESSAGE_CREATE", "MESSAGE_*"],
      "lanes": "${var.lanes}",
      "config": {"words": "${local.words}", "limit": {"warn": 3}},
      "secrets": {"key": "${env(\"KEY\")}"},
      "grant": {"kv": {}, "discord": {"allow": ["POST /channels/*/messages"]}}
    },
    "b": {"source": "./b.wasm"}
  }
}`)
	native.Files, inJSON.Files = nil, nil
	if !reflect.DeepEqual(native, inJSON) {
		t.Errorf("native\n%+v\nJSON\n%+v", native, inJSON)
	}
}

// TestJSONNests refuses what the parser would recurse into too deeply.
func TestJSONNests(t *testing.T) {
	for name, text := range map[string]string{
		"brackets":    `{"a":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + "}",
		"expressions": `{"log":{"level":"${` + strings.Repeat("(", 100000) + `"}}`,
		"unclosed":    `{"a":` + strings.Repeat(`{"a":`, 100000),
	} {
		cfg, diags := Load([]string{Stdin}, Options{Env: lookup(nil), Stdin: strings.NewReader(text)})
		if cfg != nil || !strings.Contains(diags.String(), "Nesting too deep") {
			t.Errorf("%s: %.300s", name, diags)
		}
	}
}
