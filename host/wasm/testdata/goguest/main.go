// Command goguest is a guest in Go that does what the first word of a frame's
// body says. It imports little, so that it compiles soon. Built with
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared
package main

import (
	"runtime"
	"strings"
	"syscall"
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
	hostLog(abi.LogInfo, unsafe.Pointer(unsafe.StringData(s)), int32(len(s)))
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
	greet = string(buffer[:n])
	println("started")
	return 0
}

//go:wasmexport shard_batch
func batch(n, count int32) int32 {
	rest := buffer[:n]
	for range count {
		f, next, err := abi.Parse(rest)
		if err != nil {
			return int32(abi.Invalid)
		}
		rest = next
		switch word, text, _ := strings.Cut(string(f.Body), " "); word {
		case "ping":
			log(greet + text)
		case "panic":
			var none *string
			log(*none)
		case "say":
			println(text)
		case "exit":
			syscall.Exit(3)
		case "deep":
			println(deep(1 << 30))
		case "spin":
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
