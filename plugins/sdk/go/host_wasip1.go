//go:build wasip1

package sdk

import (
	"time"
	"unsafe"
)

// hostCalls are the host's functions. They are called directly, never through
// an interface, so that a module imports only what its plugin uses: imports
// are what the configuration must grant.
type hostCalls struct{}

func (hostCalls) Now() time.Time                     { return time.Now() }
func (hostCalls) Log(level int32, text string) int32 { return hostLog(level, text) }
func (hostCalls) LogLevel() int32                    { return hostLogLevel() }
func (hostCalls) Done(n int32) int32                 { return hostDone(n) }
func (hostCalls) Fail(text string) int32             { return hostFail(text) }
func (hostCalls) Metric(name string, kind int32, value float64) int32 {
	return hostMetric(name, kind, value)
}
func (hostCalls) Park() int32                                 { return hostPark() }
func (hostCalls) Enter(handle int32) int32                    { return hostEnter(handle) }
func (hostCalls) Finish(handle, status int32) int32           { return hostFinish(handle, status) }
func (hostCalls) REST(tag uint64, document string) int32      { return hostREST(tag, document) }
func (hostCalls) Fetch(tag uint64, document string) int32     { return hostFetch(tag, document) }
func (hostCalls) Timer(tag uint64, delay, period int64) int32 { return hostTimer(tag, delay, period) }
func (hostCalls) TimerOff(tag uint64) int32                   { return hostTimerOff(tag) }
func (hostCalls) KVPut(key, value string, ttl int64) int32    { return hostKVPut(key, value, ttl) }
func (hostCalls) KVVersion(key string) int64                  { return hostKVVersion(key) }
func (hostCalls) KVDelete(key string) int32                   { return hostKVDelete(key) }
func (hostCalls) Gateway(shard, op int32, data string) int32  { return hostGateway(shard, op, data) }
func (hostCalls) Publish(topic, body string) int32            { return hostPublish(topic, body) }
func (hostCalls) StateWrite(schema int32, state string) int32 { return hostStateWrite(schema, state) }
func (hostCalls) KVAdd(key string, delta int64, sum *int64) int32 {
	return hostKVAdd(key, delta, unsafe.Pointer(sum))
}
func (hostCalls) KVSwap(key string, version uint64, value string, ttl int64) int32 {
	return hostKVSwap(key, version, value, ttl)
}
func (hostCalls) KVGet(key string, buf []byte) int32 {
	return hostKVGet(key, unsafe.Pointer(unsafe.SliceData(buf)), uint32(len(buf)))
}
func (hostCalls) KVList(prefix, after string, buf []byte) int32 {
	return hostKVList(prefix, after, unsafe.Pointer(unsafe.SliceData(buf)), uint32(len(buf)))
}

//go:wasmimport shard_v1 log
func hostLog(level int32, text string) int32

//go:wasmimport shard_v1 log_level
func hostLogLevel() int32

//go:wasmimport shard_v1 done
func hostDone(n int32) int32

//go:wasmimport shard_v1 fail
func hostFail(text string) int32

//go:wasmimport shard_v1 metric
func hostMetric(name string, kind int32, value float64) int32

//go:wasmimport shard_v1 park
func hostPark() int32

//go:wasmimport shard_v1 enter
func hostEnter(handle int32) int32

//go:wasmimport shard_v1 finish
func hostFinish(handle, status int32) int32

//go:wasmimport shard_v1 rest
func hostREST(tag uint64, document string) int32

//go:wasmimport shard_v1 fetch
func hostFetch(tag uint64, document string) int32

//go:wasmimport shard_v1 timer
func hostTimer(tag uint64, delay, period int64) int32

//go:wasmimport shard_v1 timer_off
func hostTimerOff(tag uint64) int32

//go:wasmimport shard_v1 kv_get
func hostKVGet(key string, buf unsafe.Pointer, size uint32) int32

//go:wasmimport shard_v1 kv_put
func hostKVPut(key, value string, ttl int64) int32

//go:wasmimport shard_v1 kv_version
func hostKVVersion(key string) int64

//go:wasmimport shard_v1 kv_cas
func hostKVSwap(key string, version uint64, value string, ttl int64) int32

//go:wasmimport shard_v1 kv_del
func hostKVDelete(key string) int32

//go:wasmimport shard_v1 kv_add
func hostKVAdd(key string, delta int64, sum unsafe.Pointer) int32

//go:wasmimport shard_v1 kv_list
func hostKVList(prefix, after string, buf unsafe.Pointer, size uint32) int32

//go:wasmimport shard_v1 gateway
func hostGateway(shard, op int32, data string) int32

//go:wasmimport shard_v1 publish
func hostPublish(topic, body string) int32

//go:wasmimport shard_v1 state_write
func hostStateWrite(schema int32, state string) int32
