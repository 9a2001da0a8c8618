// Package build turns a plugin's source into a module, and notices when the
// source changes.
//
// Go runs the Go toolchain on a folder of Go source. Command runs the shell
// command of a build block, for every other language. Both leave a module that
// is whole or not there, and errors that a person can act on, with file and
// line. Watch calls back when files change, in whatever way editors and
// deployments change them.
package build
