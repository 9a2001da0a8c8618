package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/doctor"
)

func newDoctor(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find what usually goes wrong, and say the fix",
		Long: "Look at everything that usually goes wrong before or around a host: whether Discord can be\n" +
			"reached, the token, privileged intents, the clock, the budget of IDENTIFYs, limits of the\n" +
			"system, the data directory, the store and its disk, and Go where plugins are its source.\n" +
			"Nothing is changed, and no session is spent. Exit code 1: something would not work.",
		Args: exactly(0, ""),
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := g.load(cmd)
		if err != nil {
			return err
		}
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		findings, err := doctor.Examine(ctx, cfg, doctor.Options{Version: buildInfo().Version})
		if err != nil {
			return err
		}
		failed := 0
		for _, f := range findings {
			if f.Status == doctor.Fail {
				failed++
			}
		}
		if *asJSON {
			err = printJSON(g.Out, struct {
				FormatVersion int              `json:"format_version"`
				Healthy       bool             `json:"healthy"`
				Findings      []doctor.Finding `json:"findings"`
			}{formatVersion, failed == 0, findings})
		} else {
			err = printFindings(g.Out, findings)
		}
		if err == nil && failed > 0 {
			err = &failure{count(failed, "check") + " failed"}
		}
		return err
	}
	return cmd
}

// printFindings writes findings for a person, each with its fix below it.
func printFindings(out io.Writer, findings []doctor.Finding) error {
	width := 0
	for _, f := range findings {
		width = max(width, len(f.Check))
	}
	for _, f := range findings {
		if _, err := fmt.Fprintf(out, "%-4s  %-*s  %s\n", f.Status, width, f.Check, f.Detail); err != nil {
			return err
		}
		if f.Fix != "" {
			if _, err := fmt.Fprintf(out, "%*s  fix: %s\n", 6+width, "", f.Fix); err != nil {
				return err
			}
		}
	}
	return nil
}
