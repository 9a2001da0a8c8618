package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/shardhost/shardhost/plugins/sdk/description"
)

func TestOutputsAreFresh(t *testing.T) {
	d, err := description.Discord()
	if err != nil {
		t.Fatal(err)
	}
	for name, generate := range outputs {
		got, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != generate(d) {
			t.Errorf("plugins/sdk/%s is stale: go generate ./plugins/sdk/description", name)
		}
	}
}
