// Package build turns a plugin's source into a module, and notices when the
// source changes.
//
// Source builds in the language that a plugin is written in, one file here for
// each: see maker. Command runs the shell command of a build block, for everything
// else. Both leave a module that is whole or not there, and errors that a person
// can act on, with file and line. Watch calls back when files change, in whatever way editors and
// deployments change them.
package build
