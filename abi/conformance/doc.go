// Package conformance holds guests with known behaviour: some that use the
// contract as intended, and some for every way to break it.
//
// Well-behaved guests such as Echo and Counter are fixtures for tests of a
// host. Cases is the conformance kit: each Case is a guest and the verdict
// that a host must reach about it. Run runs them all against a Host.
//
// The contract itself is docs/abi.md.
package conformance
