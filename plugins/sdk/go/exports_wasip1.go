//go:build wasip1

package sdk

import "unsafe"

// instance is the one that the exports of the module speak for.
var instance Guest

// manifest is kept while the host reads it.
var manifest []byte

//go:wasmexport shard_abi_1
func exportMarker() {}

//go:wasmexport shard_buffer
func exportBuffer(least int32) int64 { return span(instance.Buffer(int(least))) }

//go:wasmexport shard_manifest
func exportManifest() int64 {
	manifest = plugin.manifest()
	return span(manifest)
}

//go:wasmexport shard_init
func exportInit(size int32) int32 { return instance.Init(int(size)) }

//go:wasmexport shard_batch
func exportBatch(size, count int32) int32 { return instance.Batch(int(size), int(count)) }

//go:wasmexport shard_save
func exportSave() int32 { return instance.Save() }

//go:wasmexport shard_load
func exportLoad(schema, size int32) int32 { return instance.Load(schema, int(size)) }

// span is a piece of memory as the contract writes it: pointer<<32 | length.
func span(b []byte) int64 {
	if len(b) == 0 {
		return 0
	}
	return int64(uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b))))<<32 | uint64(len(b)))
}
