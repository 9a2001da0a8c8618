package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const hush = "hunter2-hunter2-hunter2"

func TestSecretNeverPrints(t *testing.T) {
	type inside struct{ hidden Secret }
	s := NewSecret(hush)
	cfg := Config{Discord: Discord{Token: s}, Plugins: []Plugin{{Secrets: map[string]Secret{"k": s}}}}
	for name, v := range map[string]any{
		"secret": s, "pointer": &s, "slice": []Secret{s}, "map": map[string]Secret{"k": s},
		"config": cfg, "pointer to config": &cfg, "unexported field": inside{s}, "error": fmt.Errorf("token %v", s),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3s", "%T"} {
			if out := fmt.Sprintf(verb, v); strings.Contains(out, hush) || strings.Contains(out, fmt.Sprintf("%x", hush)) {
				t.Errorf("%s of %s prints it: %s", verb, name, out)
			}
		}
		if out, err := json.Marshal(v); strings.Contains(string(out), hush) {
			t.Errorf("JSON of %s prints it: %s, %v", name, out, err)
		}
		var b bytes.Buffer
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
		if strings.Contains(b.String(), hush) {
			t.Errorf("a log of %s prints it: %s", name, &b)
		}
	}
	if got := fmt.Sprintf("%d %s", s, s); got != "[redacted] [redacted]" {
		t.Errorf("printed as %q", got)
	}
}

func TestSecret(t *testing.T) {
	for _, test := range []struct {
		name string
		s    Secret
		zero bool
		want string
	}{
		{"none", Secret{}, true, ""},
		{"empty", NewSecret(""), true, ""},
		{"some", NewSecret("x"), false, "x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.s.IsZero() != test.zero || test.s.Reveal() != test.want || !test.s.Equal(NewSecret(test.want)) || test.s.Equal(NewSecret("y")) {
				t.Errorf("zero %v, value %q", test.s.IsZero(), test.s.Reveal())
			}
		})
	}
}

// TestNothingQuotesAnEnvironment uses a value from the environment in every
// argument there is, and in every way an expression can go wrong with it.
func TestNothingQuotesAnEnvironment(t *testing.T) {
	const bad = `env("S")`
	texts := map[string]string{
		"for with one key twice":    "log {\n  level = {for x in [1, 2] : " + bad + " => x}\n}\n",
		"index":                     "log {\n  level = {a = 1}[" + bad + "]\n}\n",
		"arithmetic":                "log {\n  level = " + bad + " + 1\n}\n",
		"condition":                 "log {\n  level = " + bad + " ? 1 : 2\n}\n",
		"negation":                  "log {\n  level = !" + bad + "\n}\n",
		"splat":                     "log {\n  level = " + bad + "[*].x\n}\n",
		"attribute":                 "log {\n  level = " + bad + ".x\n}\n",
		"format":                    "log {\n  level = format(\"%d\", " + bad + ")\n}\n",
		"format's own text":         "log {\n  level = format(" + bad + ", 1)\n}\n",
		"jsondecode":                "log {\n  level = jsondecode(" + bad + ")\n}\n",
		"join":                      "log {\n  level = join(1, " + bad + ")\n}\n",
		"split":                     "log {\n  level = split(\"-\", " + bad + ")\n}\n",
		"coalesce":                  "log {\n  level = coalesce(" + bad + ", [])\n}\n",
		"try":                       "log {\n  level = try(" + bad + " + 1)\n}\n",
		"file":                      "log {\n  level = file(" + bad + ")\n}\n",
		"env of it":                 "log {\n  level = env(" + bad + ")\n}\n",
		"abspath":                   "log {\n  level = abspath(" + bad + ")\n}\n",
		"local":                     "locals {\n  x = " + bad + "\n}\nlog {\n  level = local.x\n}\n",
		"unknown attribute of it":   "locals {\n  x = {" + "(" + bad + ") = 1}\n}\nlog {\n  level = local.x.y\n}\n",
		"variable":                  "variable \"v\" {\n  default = " + bad + "\n}\nlog {\n  level = var.v\n}\n",
		"heredoc":                   "log {\n  level = <<E\n${" + bad + "}\nE\n}\n",
		"source":                    "plugin \"p\" {\n  source = " + bad + "\n}\n",
		"base_url":                  "discord {\n  token = env(\"T\")\n  api {\n    base_url = " + bad + "\n  }\n}\n",
		"token_file":                "discord {\n  token_file = " + bad + "\n}\n",
		"intents":                   "discord {\n  token = env(\"T\")\n  intents = [" + bad + "]\n}\n",
		"intents of a word":         "discord {\n  token = env(\"T\")\n  intents = " + bad + "\n}\n",
		"allow_privileged":          "discord {\n  token = env(\"T\")\n  allow_privileged = [" + bad + "]\n}\n",
		"presence":                  "discord {\n  token = env(\"T\")\n  presence {\n    status = " + bad + "\n    activity = " + bad + "\n  }\n}\n",
		"literal in secrets":        "plugin \"p\" {\n  source = \"./p.wasm\"\n  secrets {\n    k = \"" + hush + "\"\n    l = " + hush + "\n  }\n}\n",
		"literal token":             "discord {\n  token = \"" + hush + "\"\n}\n",
		"literal token in pieces":   "discord {\n  token = \"" + hush + "${1}\"\n}\n",
		"literal token as heredoc":  "discord {\n  token = <<E\n" + hush + "\nE\n}\n",
		"literal token not closed":  "discord {\n  token = \"" + hush + "\n}\n",
		"literal token not quoted":  "discord {\n  token = " + hush + "\n}\n",
		"literal token in brackets": "discord {\n  token = [(\n    \"" + hush + "\"\n  )]\n}\n",
	}
	env := lookup(map[string]string{"S": hush, "T": "x"})
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			_, diags, _ := load(t, text, Options{Env: env})
			if len(diags.diags) == 0 {
				t.Error("nothing was said")
			}
			out, err := json.Marshal(diags)
			if err != nil {
				t.Fatal(err)
			}
			for form, text := range map[string]string{"text": diags.String(), "json": string(out), "error": fmt.Sprint(diags.Err()), "struct": fmt.Sprintf("%+v", diags)} {
				if strings.Contains(text, hush) {
					t.Errorf("the %s quotes it:\n%s", form, text)
				}
			}
		})
	}
}

// What a configuration was read from is kept to be shown: without what it spells out.
func TestFilesAreMasked(t *testing.T) {
	const secret = "correct-horse-battery"
	cfg, diags, _ := load(t, `discord {
  token = env("DISCORD_TOKEN")
}
plugin "p" {
  source = "./p.wasm"
  secrets {
    key = "`+secret+`"
  }
}
tracing {
  endpoint = "https://otel.example.com"
  headers {
    authorization = "`+secret+`"
  }
}
`, Options{SkipSources: true})
	if cfg == nil {
		t.Fatal(diags)
	}
	if text := cfg.Files[0].Text; strings.Contains(text, secret) || !strings.Contains(text, `env("DISCORD_TOKEN")`) {
		t.Errorf("kept is\n%s", text)
	}
}
