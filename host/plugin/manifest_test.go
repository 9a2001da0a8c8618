package plugin

import (
	"context"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
	build "github.com/shardhost/shardhost/abi/conformance/guest"
)

func TestReadManifest(t *testing.T) {
	const document = `{"commands":[{"name":"ping","description":"x"}]}`
	answering := build.New()
	text := answering.Data(document)
	// It asks for a key as well, which there is none for at this time.
	get := answering.Import("kv_get")
	answering.Plugin(build.Plugin{Initialize: build.Seq(text.Both(), text.Both(), build.Call(get), build.Drop)})
	answering.Func(abi.ExportManifest, "", "l", "", build.Seq(
		text.Ptr(), build.I64ExtendU, build.I32(32), build.I64ExtendU, build.I64Shl, text.Len(), build.I64ExtendU, build.I64Or))
	section := build.New()
	section.Custom(abi.ManifestSection, []byte(document))
	section.Plugin(build.Plugin{})
	for _, test := range []struct {
		name   string
		module []byte
		want   string
		err    string
	}{
		{"section", section.Module(), document, ""},
		{"a guest is asked", answering.Module(), document, ""},
		{"none", conformance.Silent(), "", ""},
		{"no module", []byte("x"), "", `config.hcl:3: plugin "p"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			got, err := ReadManifest(context.Background(), w.engine, testSpec(), test.module)
			if (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Fatalf("error %v", err)
			}
			if string(got) != test.want {
				t.Errorf("the manifest is %q", got)
			}
		})
	}
}
