package wasm

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/shardhost/shardhost/host/wasm/meter"
)

// metered returns the metered form of a module. Rewriting a Go guest takes as
// long as loading its compiled form, so the result is kept beside that.
func (e *Engine) metered(b []byte, o meter.Options) ([]byte, error) {
	file := e.meteredFile(b, o)
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

// meteredFile is named after everything that the metered form depends on. It
// is "" without a cache folder.
func (e *Engine) meteredFile(b []byte, o meter.Options) string {
	if e.dir == "" {
		return ""
	}
	h := sha256.New()
	h.Write(b)
	h.Write(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64([]byte(meter.Version), uint64(o.Stack)), uint64(o.Table)))
	return filepath.Join(e.dir, "metered", hex.EncodeToString(h.Sum(nil))+".wasm")
}

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
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
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
