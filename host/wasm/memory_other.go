//go:build !unix

package wasm

import "github.com/tetratelabs/wazero/experimental"

func newMemory(size uint64) experimental.LinearMemory { return &heapMemory{most: size} }
