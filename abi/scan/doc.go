// Package scan reads JSON text where it lies: it builds nothing and copies
// nothing. It trusts quotes and brackets and checks nothing else, which is what
// a reader of Discord's own output needs; on other text it stops early, and
// never leaves the text.
//
// Guests are compiled with it, so it is written for wasm too: it looks at eight
// bytes at a time, because in a guest a byte costs as much as a word does.
package scan
