// Package binary reads and writes the WebAssembly binary format.
//
// It keeps what it does not need to understand: a Module is its sections in
// order, and only the sections that a check or a rewrite looks into are
// decoded. Everything it reads may be hostile: counts are checked against the
// bytes that are left before anything is allocated, so that memory and time
// stay proportional to the size of the input.
//
// Source of the format: https://webassembly.github.io/spec/core/binary/,
// with the extensions that wazero accepts: SIMD, bulk memory, multi-value,
// reference types, sign extension, tail calls, exceptions, extended constant
// expressions, atomics and typed function references.
package binary
