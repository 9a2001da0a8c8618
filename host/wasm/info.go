package wasm

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm/binary"
)

// Info is what a module tells about itself without being run.
type Info struct {
	Imports   []Import
	Exports   []Export
	MemoryMin uint32    // pages of 64 KiB
	MemoryMax uint32    // pages; 0 if the module declares none
	Manifest  *Manifest // nil if the module has none or a broken one
	SHA256    string    // lower-case hex
	Size      int       // bytes

	module *binary.Module
}

// Import is something the module needs.
type Import struct {
	Module, Name string
	Kind         string // function, table, memory, global, tag
	Type         string // of a function: "(i32, i32) -> (i32)"
}

// Export is something the module offers.
type Export struct {
	Name string
	Kind string // function, table, memory, global, tag
	Type string // of a function: "(i32, i32) -> (i32)"
}

// Inspect reads a module without running any of it. Time and memory are
// proportional to the size of the input, whatever is in it.
func Inspect(b []byte) (*Info, error) {
	m, err := decode(b)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	info := &Info{SHA256: hex.EncodeToString(sum[:]), Size: len(b), module: m}
	types := make([]string, len(m.Types)) // shared by all that have the type
	for i, t := range m.Types {
		types[i] = t.String()
	}
	for _, i := range m.Imports {
		imp := Import{Module: i.Module, Name: i.Name, Kind: i.Kind.String()}
		if i.Kind == binary.KindFunc {
			imp.Type = types[i.Type]
		}
		info.Imports = append(info.Imports, imp)
	}
	for _, x := range m.Exports {
		exp := Export{Name: x.Name, Kind: x.Kind.String()}
		if x.Kind == binary.KindFunc {
			if t, ok := m.TypeIndex(x.Index); ok {
				exp.Type = types[t]
			}
		}
		info.Exports = append(info.Exports, exp)
	}
	if len(m.Memories) > 0 {
		info.MemoryMin = m.Memories[0].Min
		info.MemoryMax = m.Memories[0].Max
	}
	if doc := m.Custom(abi.ManifestSection); doc != nil {
		info.Manifest = readManifest(doc)
	}
	return info, nil
}

// decode explains what binary.Decode refuses.
func decode(b []byte) (*binary.Module, error) {
	m, err := binary.Decode(b)
	switch {
	case errors.Is(err, binary.ErrNotModule):
		return nil, fmt.Errorf("%w%s", err, looksLike(b))
	case errors.Is(err, binary.ErrComponent):
		return nil, fmt.Errorf("%w: build the plugin as a core module, for instance without wasm-tools component new", err)
	case err != nil:
		return nil, fmt.Errorf("broken WebAssembly module: %w", err)
	}
	return m, nil
}

// looksLike names the file when it is a well-known kind of something else.
func looksLike(b []byte) string {
	kinds := []struct{ prefix, what string }{
		{"\x7fELF", ": it is a Linux executable; build it for wasm, for instance with GOOS=wasip1 GOARCH=wasm"},
		{"MZ", ": it is a Windows executable; build it for wasm, for instance with GOOS=wasip1 GOARCH=wasm"},
		{"\xcf\xfa\xed\xfe", ": it is a macOS executable; build it for wasm, for instance with GOOS=wasip1 GOARCH=wasm"},
		{"\xca\xfe\xba\xbe", ": it is a macOS executable or a Java class"},
		{"PK\x03\x04", ": it is a zip archive; unpack it first"},
		{"\x1f\x8b", ": it is compressed with gzip; unpack it first"},
		{"\x28\xb5\x2f\xfd", ": it is compressed with zstd; unpack it first"},
		{"!<arch>\n", ": it is an archive of object files; link it first"},
		{"(module", ": it is the text format; translate it with wat2wasm"},
		{"package ", ": it is Go source; give the folder as the plugin's source, or build it"},
		{"version https://git-lfs", ": it is a Git LFS pointer; run git lfs pull"},
		{"<", ": it looks like HTML or XML, as a failed download leaves"},
		{"{", ": it looks like JSON"},
	}
	for _, k := range kinds {
		if bytes.HasPrefix(b, []byte(k.prefix)) {
			return k.what
		}
	}
	if len(b) == 0 {
		return ": the file is empty"
	}
	return ""
}
