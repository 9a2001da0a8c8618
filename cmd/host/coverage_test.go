package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"golang.org/x/tools/txtar"
)

// call is what a script does with the program in one line.
type call struct {
	command *cobra.Command
	fails   bool
	json    bool
	version bool // its output is compared with something that has a format version
}

// calls are the lines of all scripts that run the program.
func calls(t *testing.T, root *cobra.Command) (all []call) {
	t.Helper()
	paths, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	line := regexp.MustCompile(`^(exec|exits (\d+)|until '[^']*')(?: sh -c '.*)? .*?\bshardhost( [^<>&']*)`)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		archive := txtar.Parse(text)
		last := -1
		for l := range strings.Lines(string(archive.Comment)) {
			switch m := line.FindStringSubmatch(l); {
			case m != nil:
				words := strings.Fields(m[3])
				cmd, _, err := root.Find(words)
				if err != nil {
					last = -1
					continue
				}
				all = append(all, call{
					command: cmd, fails: m[2] != "" && m[2] != "2", json: strings.Contains(m[3], "--json"),
				})
				last = len(all) - 1
			case strings.HasPrefix(l, "live"):
				cmd, _, err := root.Find([]string{"run"})
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, call{command: cmd})
			case last >= 0 && strings.HasPrefix(l, "cmp stdout "):
				for _, f := range archive.Files {
					all[last].version = all[last].version || f.Name == strings.TrimSpace(strings.TrimPrefix(l, "cmp stdout ")) && bytes.Contains(f.Data, []byte(`"format_version"`))
				}
			case last >= 0 && strings.Contains(l, "format_version"):
				all[last].version = true
			}
		}
	}
	return all
}

// TestEveryCommandHasAScript looks for a script that has each command succeed,
// one that has it refuse something, and, where it prints JSON, one that looks for
// the version of its format.
func TestEveryCommandHasAScript(t *testing.T) {
	root := newRoot(&stdio{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}})
	root.InitDefaultCompletionCmd()
	all := calls(t, root)
	err := eachCommand(root, func(cmd *cobra.Command) error {
		if cmd.HasSubCommands() {
			return nil
		}
		var succeeds, refuses, prints bool
		for _, c := range all {
			if c.command == cmd {
				succeeds = succeeds || !c.fails
				refuses = refuses || c.fails
				prints = prints || c.json && c.version
			}
		}
		if !succeeds {
			t.Errorf("no script has `%s` succeed", cmd.CommandPath())
		}
		if !refuses && cmd.Parent().Name() != "completion" {
			t.Errorf("no script has `%s` refuse something", cmd.CommandPath())
		}
		if cmd.Flags().Lookup("json") != nil && !prints {
			t.Errorf("no script looks for format_version in what `%s --json` prints", cmd.CommandPath())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryFlagHasACompletion looks for values that a shell could offer file
// names for, which would be wrong.
func TestEveryFlagHasACompletion(t *testing.T) {
	root := newRoot(&stdio{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}})
	offered := map[string]bool{}
	if err := eachCommand(root, func(cmd *cobra.Command) error {
		for _, flag := range []string{"plugin", "force", "events", "from"} {
			if cmd.Flags().Lookup(flag) == nil {
				continue
			}
			offer, ok := cmd.GetFlagCompletionFunc(flag)
			if !ok {
				t.Errorf("%s: --%s is not completed", cmd.CommandPath(), flag)
				continue
			}
			offered[flag] = true
			if err := root.PersistentFlags().Set("config", filepath.Join("testdata", "completion.hcl")); err != nil {
				return err
			}
			words, how := offer(cmd, nil, "")
			if len(words) == 0 || how&cobra.ShellCompDirectiveNoFileComp == 0 {
				t.Errorf("%s: --%s is completed with %v, %v", cmd.CommandPath(), flag, words, how)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(offered) != 4 {
		t.Errorf("there are only %v", offered)
	}
}
