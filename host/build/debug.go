package build

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// takeOnly takes the one module of a folder, without what is in it for debuggers.
func takeOnly(dir, output string) error {
	found, err := filepath.Glob(filepath.Join(dir, "*.wasm"))
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return fmt.Errorf("the build has made %d modules, and a plugin is one", len(found))
	}
	module, err := os.ReadFile(found[0])
	if err != nil {
		return err
	}
	return os.WriteFile(output, withoutDebug(module), 0o644)
}

// withoutDebug leaves the sections with debug information out, which may be most of
// a module, and keeps the names of functions, which stand in what the host says
// of a trap. What is not a module stays as it is: the host says what is wrong.
// https://webassembly.github.io/spec/core/binary/modules.html#sections
func withoutDebug(module []byte) []byte {
	const header = 8
	if len(module) < header {
		return module
	}
	slim := append([]byte(nil), module[:header]...)
	for rest := module[header:]; len(rest) > 0; {
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || size > uint64(len(rest)-1-n) {
			return module
		}
		section := rest[:1+n+int(size)]
		rest = rest[len(section):]
		if section[0] == 0 && strings.HasPrefix(sectionName(section[1+n:]), ".debug_") {
			continue
		}
		slim = append(slim, section...)
	}
	return slim
}

// sectionName is the name of a custom section.
func sectionName(section []byte) string {
	size, n := binary.Uvarint(section)
	if n <= 0 || size > uint64(len(section)-n) {
		return ""
	}
	return string(section[n : n+int(size)])
}
