package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/language"
	"github.com/shardhost/shardhost/host/wasm"
)

func newPlugin(g *globals) *cobra.Command {
	cmd := &cobra.Command{Use: "plugin", Short: "Work on plugins"}
	group(cmd)
	cmd.AddCommand(
		newPluginList(g), newPluginNew(g), newPluginBuild(g), newPluginRun(g), newCheck(g), newPluginTest(g), newPluginBench(g),
		newPluginEnable(g), newPluginDisable(g), newRollback(g),
	)
	return cmd
}

func newCheck(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check FILE.wasm|FOLDER|SCRIPT...",
		Short: "Check plugins against the contract, without running them",
		Long: "Check plugins against the contract between host and guest, without running them, and list\n" +
			"what they need to be granted, their exports, sizes and the version of the contract that they\n" +
			"need. What is source is built first. The path - is a module on stdin.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(cmd, "name a plugin: its source or a .wasm file")
			}
			return nil
		},
		ValidArgsFunction: anyFile,
	}
	asJSON := jsonFlag(cmd)
	memory := cmd.Flags().String("memory", "64MiB", "memory that a lane may have")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		limit, err := config.ParseSize(*memory)
		if err != nil {
			return usage(cmd, "--memory: %s", err)
		}
		modules := make([]checked, 0, len(args))
		bad := 0
		ctx, stop := interruptible(cmd.Context(), g.stdio)
		defer stop()
		for _, path := range args {
			m := g.check(ctx, path, limit)
			if !m.Valid {
				bad++
			}
			modules = append(modules, m)
		}
		if *asJSON {
			err = printJSON(g.Out, struct {
				FormatVersion int       `json:"format_version"`
				Modules       []checked `json:"modules"`
			}{formatVersion, modules})
		} else {
			for _, m := range modules {
				m.print(g.Out)
			}
		}
		if err == nil && bad > 0 {
			err = &failure{fmt.Sprintf("%s cannot run on this host", count(bad, "module"))}
		}
		return err
	}
	return cmd
}

// checked is what was found out about one module.
type checked struct {
	File     string         `json:"file"`
	Valid    bool           `json:"valid"`
	SHA256   string         `json:"sha256,omitempty"`
	Size     int            `json:"size"`          // bytes
	Memory   int64          `json:"memory_min"`    // bytes that an instance starts with
	ABI      string         `json:"abi,omitempty"` // version of the contract that it needs
	Grants   []string       `json:"grants"`        // blocks that it needs in plugin.grant
	Optional []string       `json:"optional"`      // blocks without which it starts, too
	Exports  []string       `json:"exports"`
	Imports  []string       `json:"imports"` // module.name
	Manifest *wasm.Manifest `json:"manifest,omitempty"`
	Problems []problem      `json:"problems"`
}

type problem struct {
	Text string `json:"text"`
	Hint string `json:"hint,omitempty"`
}

// check reads a module and compares it with the contract.
func (g *globals) check(ctx context.Context, path string, limit int64) checked {
	m := checked{File: path, Grants: []string{}, Optional: []string{}, Exports: []string{}, Imports: []string{}, Problems: []problem{}}
	module, err := g.readPlugin(ctx, path)
	if err != nil {
		m.Problems = append(m.Problems, problem{Text: err.Error()})
		return m
	}
	m.Size = len(module)
	info, err := wasm.Inspect(module)
	if err != nil {
		m.Problems = append(m.Problems, problem{Text: err.Error()})
		return m
	}
	m.SHA256, m.Manifest, m.Memory = info.SHA256, info.Manifest, int64(info.MemoryMin)<<16
	for _, e := range info.Exports {
		m.Exports = append(m.Exports, e.Name)
	}
	since := 0
	for _, i := range info.Imports {
		m.Imports = append(m.Imports, i.Module+"."+i.Name)
		f, ok := abi.LookupFunction(i.Name)
		if !ok || i.Module != abi.Module {
			continue
		}
		since = max(since, f.Since)
		to := &m.Grants
		if info.Optional(i.Name) {
			to = &m.Optional
		}
		if f.Grant != "" && !slices.Contains(*to, f.Grant) {
			*to = append(*to, f.Grant)
		}
	}
	m.ABI = fmt.Sprintf("%d.%d", abi.Version, since)
	slices.Sort(m.Grants)
	slices.Sort(m.Optional)
	for _, p := range info.Check(limit, func(string) bool { return true }) {
		m.Problems = append(m.Problems, problem{p.Text, p.Hint})
	}
	m.Valid = len(m.Problems) == 0
	return m
}

// readPlugin reads a module, or builds it where there is source.
func (g *globals) readPlugin(ctx context.Context, path string) ([]byte, error) {
	if _, ok := language.Of(path); !ok || filepath.Ext(path) == ".wasm" {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return nil, fmt.Errorf("the folder has no source in %s", language.Titles())
		}
		return g.readModule(path)
	}
	dir, err := os.MkdirTemp("", "shardhost-check-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	built, err := build.Source(ctx, build.Request{Source: path, Output: filepath.Join(dir, "plugin.wasm"), Log: g.Err})
	if err != nil {
		return nil, err
	}
	return os.ReadFile(built.Path)
}

// maxModule is the largest module that a configuration can permit.
const maxModule = 1 << 30

func (g *globals) readModule(path string) ([]byte, error) {
	in := g.In
	if path != config.Stdin {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, errors.New("there is no such file")
		}
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	module, err := io.ReadAll(io.LimitReader(in, maxModule+1))
	if err == nil && len(module) > maxModule {
		err = errors.New("it is larger than 1 GiB")
	}
	return module, err
}

// print writes the findings for a person.
func (m checked) print(out io.Writer) {
	if !m.Valid {
		fmt.Fprintf(out, "%s: cannot run\n", m.File)
		for _, p := range m.Problems {
			fmt.Fprintf(out, "  - %s\n", p.Text)
			if p.Hint != "" {
				fmt.Fprintf(out, "    %s\n", p.Hint)
			}
		}
		return
	}
	grants := "none"
	if len(m.Grants) > 0 {
		grants = strings.Join(m.Grants, ", ")
	}
	fmt.Fprintf(out, "%s: ok\n", m.File)
	if len(m.Optional) > 0 {
		grants += "; where it uses them " + strings.Join(m.Optional, ", ")
	}
	fmt.Fprintf(out, "  sha256  %s\n  size    %.1f KiB, starts with %.1f MiB of memory\n  needs   contract %s or later\n  grants  %s\n  exports %s\n",
		m.SHA256, float64(m.Size)/1024, float64(m.Memory)/(1<<20), m.ABI, grants, strings.Join(m.Exports, ", "))
	if m.Manifest != nil {
		fmt.Fprintf(out, "  plugin  %s\n", strings.TrimSpace(m.Manifest.Name+" "+m.Manifest.Version))
		fmt.Fprintf(out, "  events  %s\n", strings.Join(m.Manifest.Events, ", "))
	}
}
