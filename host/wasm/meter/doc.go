// Package meter rewrites WebAssembly modules so that they can be stopped.
//
// wazero's own way to stop a guest leaves compiled code at every loop header,
// which makes loops ten times slower, and does not see recursion at all.
// Instead, Rewrite adds to the module
//
//   - a counter: a global that every piece of code lowers by what it costs
//     before it runs. Loop headers and function entries look at it, and when it
//     has run dry they call the imported function Refill, which looks at the
//     clock and either gives new units or ends the call. Reaching Go there is
//     also what lets the garbage collector stop the goroutine.
//   - a second global that counts how deep calls are nested, weighted by the
//     stack they take. Refill gets it too, and ends the guest when it is too deep.
//   - bounds where one instruction could work for long: filling and copying
//     memory goes in pieces, table operations are charged by their size, and
//     tables have a maximum.
//
// # What is charged
//
// One unit an instruction, more for the slow ones, nothing for those that become
// no machine code: block, end, local.get, constants and their like. Code is divided into regions that run equally often: a region is
// charged once, where it begins. A region that runs only sometimes (the arm of
// an if, what follows a br_if) is charged together with the code before it when
// it is small, else by itself. So a charge is never less than what runs, and
// seldom more than twice as much. Small functions without loops and calls are
// charged by their callers.
//
// # What stays as it was
//
// Results, traps, and the order of effects; names of functions; every section
// but those that speak of code by its position (DWARF, source maps, branch
// hints), which are dropped because they would lie. Function indices behind the
// imports move by one. A module that was not valid does not become valid: every
// index is checked against what the original module had.
package meter
