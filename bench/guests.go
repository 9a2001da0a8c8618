package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/shardhost/shardhost/abi"
)

// corpus is where the guests that do realistic work are, and their message.
const corpus = "../host/wasm/testdata/corpus"

// A guest is one plugin of the corpus.
type guest struct {
	name   string
	module []byte
}

// guests returns the modules of the corpus, with those in Go, which it builds.
func guests(ctx context.Context) ([]guest, error) {
	files, err := filepath.Glob(filepath.Join(corpus, "*.wasm"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no modules in %s: run it in the folder bench (%v)", corpus, err)
	}
	var list []guest
	for _, file := range files {
		list = append(list, guest{name: strings.TrimSuffix(filepath.Base(file), ".wasm")})
	}
	list = append(list, guest{name: "go-json"}, guest{name: "go-words"})
	for i := range list {
		if list[i].module, err = guestNamed(ctx, list[i].name); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// guestNamed returns one module of the corpus, or that in a file.
func guestNamed(ctx context.Context, name string) ([]byte, error) {
	if filepath.IsAbs(name) {
		return os.ReadFile(name)
	}
	source, ok := strings.CutPrefix(name, "go-")
	if !ok {
		return os.ReadFile(filepath.Join(corpus, name+".wasm"))
	}
	dir, err := os.MkdirTemp("", "shardhost-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "guest.wasm")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildmode=c-shared", "-o", out, "./"+source)
	cmd.Dir, cmd.Env = filepath.Join(corpus, "go"), append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build of the guest %s: %w\n%s", name, err, text)
	}
	return os.ReadFile(out)
}

// messageFrame is an event frame with a MESSAGE_CREATE of 1.2 KB.
func messageFrame() ([]byte, error) {
	body, err := os.ReadFile(filepath.Join(corpus, "message_create.json"))
	if err != nil {
		return nil, err
	}
	f := abi.Frame{Kind: abi.KindEvent, Tag: 1, Guild: 712038117266964480, Body: body}
	return f.Append(nil), nil
}
