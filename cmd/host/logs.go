package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/admin"
)

func newLogs(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "logs",
		Short: "Show the log of the running host",
		Long: "Show the last lines of the running host's log, and with -f those that come. The level may be\n" +
			"another than the process writes; of a level below info there are only lines that come. With\n" +
			"--json each line is an object, much as the host writes it with log.format = \"json\".",
		Args: exactly(0, ""),
	}
	req := admin.LogRequest{}
	f := cmd.Flags()
	f.BoolVarP(&req.Follow, "follow", "f", false, "go on with the lines that come")
	f.StringVar(&req.Level, "level", "info", "least level: trace, debug, info, warn or error")
	f.StringArrayVar(&req.Plugins, "plugin", nil, "only lines of this plugin, or about it; may be repeated")
	completeFlag(cmd, "plugin", g.pluginNames)
	completeFlag(cmd, "level", words("trace", "debug", "info", "warn", "error"))
	asJSON := jsonFlag(cmd)
	dial := g.adminFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if hclog.LevelFromString(req.Level) == hclog.NoLevel {
			return usage(cmd, "--level %q: it is trace, debug, info, warn or error", req.Level)
		}
		client, err := dial()
		if err != nil {
			return err
		}
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		err = client.Logs(ctx, req, func(l admin.LogLine) error {
			if l.Dropped > 0 && !*asJSON {
				g.say("%s left out here: they came too fast.", count(int(l.Dropped), "line"))
			}
			if *asJSON {
				_, err := fmt.Fprintf(g.Out, "%s\n", versioned(l.Line))
				return err
			}
			return printLogLine(g.Out, l.Line)
		})
		if ctx.Err() != nil || !req.Follow && errors.Is(err, admin.ErrStreamEnded) {
			return nil
		}
		return err
	}
	return cmd
}

// printLogLine writes a line of the log as hclog writes it for people.
func printLogLine(out io.Writer, doc []byte) error {
	var fields map[string]any
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	if err := dec.Decode(&fields); err != nil {
		return err
	}
	take := func(key string) string {
		text, _ := fields[key].(string)
		delete(fields, key)
		return text
	}
	at := take("@timestamp")
	if t, err := time.Parse("2006-01-02T15:04:05.000000Z07:00", at); err == nil {
		at = t.Format("2006-01-02T15:04:05.000Z0700")
	}
	text := fmt.Sprintf("%s [%s]", at, strings.ToUpper(take("@level")))
	if module := take("@module"); module != "" {
		text += " " + module + ":"
	}
	text += " " + take("@message")
	var pairs []string
	for key, v := range fields {
		pairs = append(pairs, fmt.Sprintf("%s=%v", key, v))
	}
	slices.Sort(pairs)
	if len(pairs) > 0 {
		text += ": " + strings.Join(pairs, " ")
	}
	_, err := fmt.Fprintln(out, text)
	return err
}

// versioned is a line of JSON with the version of its format at its beginning.
func versioned(line []byte) []byte {
	rest, ok := bytes.CutPrefix(line, []byte("{"))
	if !ok {
		return line
	}
	return fmt.Appendf(nil, `{"format_version":%d,%s`, formatVersion, rest)
}
