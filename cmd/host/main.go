// Command shardhost keeps a Discord bot's gateway sessions alive and runs its
// logic as sandboxed WebAssembly plugins. `shardhost help` lists its commands.
//
// This package has flags, output and exit codes, and no logic of its own: each
// command is a file that calls one other package. Data goes to stdout,
// everything else to stderr; exit.go maps errors to exit codes.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

func main() {
	outliveFileLimit()
	os.Exit(run(os.Args[1:], &stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}

// stdio is where a command reads and writes.
type stdio struct {
	In       io.Reader
	Out, Err io.Writer
}

// run runs one command and returns the exit code.
func run(args []string, std *stdio) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(std.Err, "shardhost: this is a bug, please report it with what follows: %v\n\n%s", p, debug.Stack())
			code = exitBug
		}
	}()
	root := newRoot(std)
	root.SetArgs(args)
	err := root.Execute()
	report(std, err)
	return exitCode(err)
}
