package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/host/config"
)

func newFmt(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "fmt [FILE|FOLDER|-]...",
		Short: "Bring configuration files into the canonical layout",
		Long: "Bring configuration files into the canonical layout. Files that change are named on stdout.\n" +
			"The path - is stdin, formatted to stdout. Without arguments it formats what --config names.",
		ValidArgsFunction: files("hcl"),
	}
	check := cmd.Flags().Bool("check", false, "change nothing; exit with 1 when a file is not formatted")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			args = g.configs
		}
		unformatted := 0
		for _, arg := range args {
			files, err := hclFiles(arg)
			if err != nil {
				return err
			}
			for _, file := range files {
				changed, err := g.format(file, *check)
				if err != nil {
					return err
				}
				if changed {
					unformatted++
				}
			}
		}
		if *check && unformatted > 0 {
			return &failure{count(unformatted, "file") + " not formatted"}
		}
		return nil
	}
	return cmd
}

// hclFiles returns the configuration files that a path stands for.
func hclFiles(path string) ([]string, error) {
	if path == config.Stdin {
		return []string{path}, nil
	}
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, err
	}
	files, err := filepath.Glob(filepath.Join(path, "*.hcl"))
	if err == nil && files == nil {
		err = fmt.Errorf("the folder %s has no *.hcl file", path)
	}
	return files, err
}

// format formats one file and tells whether that changed it.
func (g *globals) format(path string, check bool) (bool, error) {
	var src []byte
	var err error
	if path == config.Stdin {
		src, err = io.ReadAll(g.In)
	} else {
		src, err = os.ReadFile(path)
	}
	if err != nil {
		return false, err
	}
	if filepath.Ext(path) == ".json" {
		return false, fmt.Errorf("%s is JSON, and fmt lays out HCL: leave it to what writes it", path)
	}
	out, diags := config.Format(src, path)
	if diags.HasErrors() {
		return false, &configError{diags: diags}
	}
	changed := !bytes.Equal(src, out)
	switch {
	case path == config.Stdin && !check:
		_, err = g.Out.Write(out)
	case changed:
		fmt.Fprintln(g.Out, path)
		if !check {
			err = replace(path, out)
		}
	}
	return changed, err
}

// replace writes a file so that a reader sees the old text or the new one.
func replace(path string, content []byte) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(target), "."+strings.TrimSuffix(filepath.Base(target), ".hcl")+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing is there after the rename
	_, err = f.Write(content)
	if err == nil {
		err = f.Chmod(info.Mode().Perm())
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), target)
	}
	return err
}
