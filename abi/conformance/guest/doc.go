// Package guest assembles small guests for tests, without a compiler.
//
// A Builder is a module in the making: imports, functions, memory, data. Code
// is instructions in the binary format, put together with the functions of
// this package:
//
//	b := guest.New()
//	log := b.Import("log")
//	hello := b.Data("hello")
//	b.Plugin(guest.Plugin{
//		Frame: guest.Seq(guest.I32(2), hello.Ptr(), hello.Len(), guest.Call(log), guest.Drop),
//	})
//	module := b.Module()
//
// Nothing is validated: a guest that is wrong on purpose is what it is for.
package guest
