package plugin

import (
	"slices"
	"testing"

	"github.com/shardhost/shardhost/host/config"
)

func TestDifferences(t *testing.T) {
	base := testSpec()
	base.Secrets = map[string]config.Secret{"key": config.NewSecret("a")}
	for _, test := range []struct {
		name   string
		change func(*config.Plugin)
		want   []string
	}{
		{"none", func(*config.Plugin) {}, nil},
		{"only moved in the file", func(p *config.Plugin) { p.At.Line, p.Grant.At.Line = 99, 100 }, nil},
		{"lanes", func(p *config.Plugin) { p.Lanes = 4 }, []string{"lanes"}},
		{"several", func(p *config.Plugin) { p.Grant.KV, p.Limits.Mailbox, p.Filter.DM = nil, 1, true }, []string{"filter", "grant", "limits"}},
		{"config", func(p *config.Plugin) { p.Config = []byte(`{"a":1}`) }, []string{"config"}},
		{"secret", func(p *config.Plugin) { p.Secrets = map[string]config.Secret{"key": config.NewSecret("b")} }, []string{"secrets"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			other := base
			test.change(&other)
			if got := differences(base, other); !slices.Equal(got, test.want) {
				t.Errorf("differ in %v, want %v", got, test.want)
			}
		})
	}
}
