package main

import (
	"encoding/json"
	"io"
	"os"
	"text/tabwriter"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/config"
)

// formatVersion is the version of every JSON document that commands print:
// keys are added without a new one, and never change their meaning.
const formatVersion = 1

// textWidth is where lines for a terminal are broken.
const textWidth = 100

// jsonFlag gives a command the flag --json.
func jsonFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("json", false, "print JSON")
}

// printJSON writes one document.
func printJSON(w io.Writer, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// table writes rows of cells that end in a tab, aligned.
func table(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) }

// terminal tells whether a writer is one.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// colour tells whether to write with colours: on a terminal, unless NO_COLOR
// is set. See https://no-color.org.
func colour(w io.Writer) bool {
	return terminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func printDiagnostics(std *stdio, diags config.Diagnostics) {
	opts := config.TextOptions{Color: colour(std.Err)}
	if terminal(std.Err) {
		opts.Width = textWidth
	}
	diags.WriteText(std.Err, opts)
}
