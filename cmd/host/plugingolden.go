package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/golden"
)

func newPluginTest(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test [FOLDER|FILE.wasm]",
		Short: "Run a plugin's golden tests",
		Long: "Run the golden tests of a plugin, its source or a module (default: this folder):\n" +
			"the files testdata/*.txtar beside it, which say which frames go in and what comes out. The\n" +
			"clock is false and randomness fixed, so the same frames give the same effects. Nothing\n" +
			"takes place. --update writes what comes out into the files.",
		Args: atMostOnePlugin,

		ValidArgsFunction: anyFile, // a folder, a script or a module
	}
	update := cmd.Flags().Bool("update", false, "write what comes out into the files instead of comparing")
	run := cmd.Flags().String("run", "", "only tests whose file names match this regular expression")
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		path := "."
		if len(args) > 0 {
			path = args[0]
		}
		pattern, err := regexp.Compile(*run)
		if err != nil {
			return usage(cmd, "--run: %s", err)
		}
		files, err := goldenFiles(path, pattern)
		if err != nil {
			return err
		}
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		return withToolbox(g, func(tools *host.Toolbox) error {
			tests, err := runGolden(ctx, tools, path, files, *update)
			if err != nil {
				return err
			}
			return g.printGolden(tests, *asJSON)
		})
	}
	return cmd
}

// goldenFiles are the tests of a plugin.
func goldenFiles(path string, pattern *regexp.Regexp) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	dir := path
	if !info.IsDir() {
		dir = filepath.Dir(path)
	}
	all, err := filepath.Glob(filepath.Join(dir, "testdata", "*.txtar"))
	if err != nil {
		return nil, err
	}
	var files []string
	for _, file := range all {
		if pattern.MatchString(filepath.Base(file)) {
			files = append(files, file)
		}
	}
	switch {
	case len(all) == 0:
		return nil, fmt.Errorf("%s has no tests: write some as testdata/NAME.txtar, as docs/plugin-testing.md shows", dir)
	case len(files) == 0:
		return nil, fmt.Errorf("none of the %s in %s matches --run", count(len(all), "test"), dir)
	}
	return files, nil
}

// goldenTest is what became of one test.
type goldenTest struct {
	File    string `json:"file"`
	Passed  bool   `json:"passed"`
	Updated bool   `json:"updated,omitempty"`
	Error   string `json:"error,omitempty"` // why it could not be run
	Diff    string `json:"diff,omitempty"`  // expected against what came out
}

func runGolden(ctx context.Context, tools *host.Toolbox, path string, files []string, update bool) ([]goldenTest, error) {
	spec, diags := config.Standalone(path, "")
	if spec == nil {
		return nil, &configError{diags: diags}
	}
	module, err := tools.Module(ctx, *spec)
	if err != nil {
		return nil, err
	}
	o := golden.Options{Engine: tools.Engine, Module: module, Source: path, Version: buildInfo().Version}
	var tests []goldenTest
	for _, file := range files {
		if ctx.Err() != nil {
			return tests, errors.New("interrupted")
		}
		t := goldenTest{File: file}
		if err := t.run(ctx, o, update); err != nil {
			t.Error = err.Error()
		}
		tests = append(tests, t)
	}
	return tests, nil
}

func (t *goldenTest) run(ctx context.Context, o golden.Options, update bool) error {
	data, err := os.ReadFile(t.File)
	if err != nil {
		return err
	}
	f, err := golden.Parse(t.File, data)
	if err != nil {
		return err
	}
	effects, err := f.Run(ctx, o)
	if err != nil {
		return err
	}
	t.Diff = f.Diff(effects)
	t.Passed = t.Diff == ""
	if t.Passed || !update {
		return nil
	}
	t.Passed, t.Updated, t.Diff = true, true, ""
	return replace(t.File, f.Update(effects))
}

func (g *globals) printGolden(tests []goldenTest, asJSON bool) error {
	bad := 0
	for _, t := range tests {
		if !t.Passed {
			bad++
		}
	}
	if asJSON {
		if err := printJSON(g.Out, struct {
			FormatVersion int          `json:"format_version"`
			Tests         []goldenTest `json:"tests"`
		}{formatVersion, tests}); err != nil {
			return err
		}
	} else {
		for _, t := range tests {
			word := "ok"
			switch {
			case !t.Passed:
				word = "FAILED"
			case t.Updated:
				word = "updated"
			}
			fmt.Fprintf(g.Out, "%-8s%s\n", word, t.File)
			if text := strings.TrimRight(t.Error+t.Diff, "\n"); text != "" {
				fmt.Fprintf(g.Out, "    %s\n", strings.ReplaceAll(text, "\n", "\n    "))
			}
		}
	}
	if bad > 0 {
		return &failure{fmt.Sprintf("%d of %s failed; --update takes what came out as right", bad, count(len(tests), "test"))}
	}
	return nil
}
