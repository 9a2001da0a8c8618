// Package quickjs holds the engine that runs plugins in JavaScript: QuickJS-ng
// and the code in src that binds it to the contract of docs/abi.md, as a
// WebAssembly module. The module of such a plugin is this one with the script in a
// custom section, so the engine is compiled once for all of them.
//
// engine.wasm is made by ./build from sources of fixed versions and sums.
package quickjs

import (
	_ "embed"
	"encoding/binary"
	"strings"

	"github.com/shardhost/shardhost/abi"
)

//go:embed engine.wasm
var engine []byte

// Version is that of QuickJS-ng.
const Version = "0.16.2"

// Names of the custom sections that the engine reads.
const (
	ScriptSection    = abi.SectionPrefix + "script"    // the script, an ES module in UTF-8
	SourceMapSection = abi.SectionPrefix + "sourcemap" // where its lines come from, as JSON
)

// Module is the engine with a script.
func Module(script, sourceMap []byte) []byte {
	module := make([]byte, 0, len(engine)+len(script)+len(sourceMap)+1024)
	module = append(module, engine...)
	module = appendSection(module, ScriptSection, script)
	module = appendSection(module, SourceMapSection, sourceMap)
	return appendSection(module, abi.OptionalSection, []byte(strings.Join(granted(), "\n")))
}

// granted are the functions that the engine imports although a plugin may have
// no grant for them: what a script uses shows only when it does.
func granted() []string {
	var names []string
	for _, f := range abi.Functions {
		if f.Grant != "" {
			names = append(names, f.Name)
		}
	}
	return names
}

func appendSection(module []byte, name string, data []byte) []byte {
	content := binary.AppendUvarint(nil, uint64(len(name)))
	content = append(content, name...)
	module = append(module, 0)
	module = binary.AppendUvarint(module, uint64(len(content)+len(data)))
	return append(append(module, content...), data...)
}
