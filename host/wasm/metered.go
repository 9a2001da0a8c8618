package wasm

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"github.com/shardhost/shardhost/host/wasm/meter"
)

// metered returns the metered form of a module. Rewriting a Go guest takes as
// long as loading its compiled form, so the result is kept beside that, in dir;
// "" keeps nothing.
func (e *Engine) metered(b []byte, o meter.Options, dir string) ([]byte, error) {
	file := ""
	if dir != "" {
		file = filepath.Join(dir, meteredName)
	}
	if out := readMetered(file); out != nil {
		return out, nil
	}
	m, err := decode(b)
	if err != nil {
		return nil, err
	}
	out, err := meter.Rewrite(m, o)
	if err != nil {
		return nil, fmt.Errorf("refused: %w", err)
	}
	if err := writeMetered(file, out); err != nil {
		e.log.Warn("cannot keep a rewritten module; the next start takes longer", "error", err)
	}
	return out, nil
}

// meteredName is the file of an artifact that has the metered form.
const meteredName = "metered.wasm"

// readMetered returns nil unless the file is there and whole: it begins with
// the digest of the rest.
func readMetered(file string) []byte {
	if file == "" {
		return nil
	}
	b, err := os.ReadFile(file)
	if err != nil || len(b) < sha256.Size {
		return nil
	}
	if sum := sha256.Sum256(b[sha256.Size:]); !bytes.Equal(sum[:], b[:sha256.Size]) {
		return nil
	}
	return b[sha256.Size:]
}

func writeMetered(file string, module []byte) error {
	if file == "" {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(file), "new-*")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(module)
	_, err = f.Write(append(sum[:], module...))
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
