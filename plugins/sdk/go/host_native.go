//go:build !wasip1

package sdk

import "time"

// Host is what a plugin may call outside of WebAssembly, that is in a test:
// the functions of package abi with Go's types, results included. Package
// sdktest has one. A guest has no such interface, it calls the host directly.
type Host interface {
	Now() time.Time
	Log(level int32, text string) int32
	LogLevel() int32
	Done(n int32) int32
	Fail(text string) int32
	Metric(name string, kind int32, value float64) int32
	Park() int32
	Enter(handle int32) int32
	Finish(handle, status int32) int32
	REST(tag uint64, document string) int32
	Fetch(tag uint64, document string) int32
	Timer(tag uint64, delay, period int64) int32
	TimerOff(tag uint64) int32
	KVGet(key string, buf []byte) int32
	KVPut(key, value string, ttl int64) int32
	KVVersion(key string) int64
	KVSwap(key string, version uint64, value string, ttl int64) int32
	KVDelete(key string) int32
	KVAdd(key string, delta int64, sum *int64) int32
	KVList(prefix, after string, buf []byte) int32
	Gateway(shard, op int32, data string) int32
	Publish(topic, body string) int32
	StateWrite(schema int32, state string) int32
}

type hostCalls = Host

// NewGuest makes an instance of the plugin that this program registers.
func NewGuest(h Host) *Guest { return &Guest{host: h} }

// Manifest is what the plugin says of itself: the document that a module gives
// its host.
func (g *Guest) Manifest() JSON { return plugin.manifest() }

// Close ends the handlers that wait, as the end of an instance does.
func (g *Guest) Close() {
	for handle := range g.waiting {
		g.unpark(handle)
	}
	for _, w := range g.idle {
		w.stop()
	}
	g.idle = nil
}
