// Package wasm runs one WebAssembly module on wazero: inspect, check, compile,
// instantiate, call. No other package imports wazero.
//
// The life of a plugin's module is
//
//	info, err := wasm.Inspect(binary)            // reads, runs nothing
//	problems := info.Check(limit, granted)       // what the contract forbids
//	module, err := engine.Compile(ctx, binary, config)
//	guest, err := module.Instantiate(ctx, wasm.GuestConfig{Env: lane})
//	err = guest.Init(document)
//	buf, err := guest.Buffer(n)                  // write frames into it
//	code, err := guest.Batch(n, count, deadline) // the guest handles them
//	err = guest.Close()
//
// A Guest belongs to one goroutine. Nothing but that goroutine may call its
// methods, and a host function, which runs on the same goroutine, must not
// call back into the guest. A guest that trapped is dead: every later call
// fails with ErrDead, and only Close is left to do.
//
// The contract between host and guest is in package abi and in docs/abi.md.
package wasm
