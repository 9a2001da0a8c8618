// Package examples holds plugins to read and to begin with:
//
//	ping     answers a message
//	counter  keeps a number in the host's store
//	remind   sets timers
//
// Each is a package of its own with a test that runs it natively. The tests of
// this package build them for WebAssembly and run them as the host does.
package examples
