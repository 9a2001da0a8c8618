// Command gojson is a guest that parses every frame's body with encoding/json,
// the most work that a usual handler does. Built with
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"unsafe"

	"github.com/shardhost/shardhost/abi"
)

func main() {}

var (
	buffer []byte
	greet  string
)

//go:wasmimport shard_v1 log
func hostLog(level int32, ptr unsafe.Pointer, n int32) int32

func log(s string) {
	if s != "" {
		hostLog(abi.LogInfo, unsafe.Pointer(unsafe.StringData(s)), int32(len(s)))
	}
}

//go:wasmexport shard_abi_1
func marker() {}

//go:wasmexport shard_buffer
func grow(least int32) int64 {
	if int(least) > len(buffer) {
		buffer = make([]byte, least)
	}
	return int64(uintptr(unsafe.Pointer(unsafe.SliceData(buffer))))<<32 | int64(len(buffer))
}

//go:wasmexport shard_init
func start(n int32) int32 {
	var doc struct{ Greet string }
	if json.Unmarshal(buffer[:n], &doc) != nil {
		return int32(abi.Invalid)
	}
	greet = doc.Greet
	fmt.Println("started")
	return 0
}

//go:wasmexport shard_batch
func batch(n, count int32) int32 {
	rest := buffer[:n]
	for range count {
		var f abi.Frame
		var err error
		if f, rest, err = abi.Parse(rest); err != nil {
			return int32(abi.Invalid)
		}
		var m struct {
			Content string
			Author  struct{ ID, Username string }
		}
		if err := json.Unmarshal(f.Body, &m); err != nil {
			return int32(abi.Invalid)
		}
		switch word, _, _ := strings.Cut(m.Content, " "); word {
		case "!ping":
			log(greet + m.Author.Username)
		case "!panic":
			var none *string
			log(*none)
		case "!say":
			fmt.Fprintln(os.Stderr, m.Content)
		case "!exit":
			os.Exit(3)
		case "!deep":
			log(fmt.Sprint(deep(1 << 30)))
		case "!spin":
			for {
				runtime.Gosched()
			}
		}
	}
	return 0
}

func deep(n int) int {
	if n == 0 {
		return 0
	}
	return deep(n-1) + 1
}
