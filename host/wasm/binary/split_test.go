package binary_test

import (
	"bytes"
	"testing"

	"github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/shardhost/shardhost/host/wasm/binary"
)

func TestSplit(t *testing.T) {
	build := func(custom ...string) []byte {
		b := guest.New()
		b.Plugin(guest.Plugin{})
		for i := 0; i < len(custom); i += 2 {
			b.Custom(custom[i], []byte(custom[i+1]))
		}
		return b.Module()
	}
	plain := build("name", "\x00\x01\x00")
	for _, test := range []struct {
		name   string
		module []byte
		code   []byte
		want   map[string]string
	}{
		{"nothing to take out", plain, plain, nil},
		{"one", build("name", "\x00\x01\x00", "shard.script", "text"), plain, map[string]string{"shard.script": "text"}},
		{"two, and the first of a name counts", build("shard.a", "1", "name", "\x00\x01\x00", "shard.b", "", "shard.a", "2"), plain, map[string]string{"shard.a": "1", "shard.b": ""}},
		{"no module", []byte("text"), []byte("text"), nil},
		{"cut off", build("shard.a", "1")[:40], build("shard.a", "1")[:40], nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, sections := binary.Split(test.module, "shard.")
			if !bytes.Equal(code, test.code) {
				t.Errorf("the code is %d bytes, want %d", len(code), len(test.code))
			}
			if len(sections) != len(test.want) {
				t.Errorf("the sections are %q, want %q", sections, test.want)
			}
			for name, want := range test.want {
				if got, ok := sections[name]; !ok || string(got) != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}
