package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/shardhost/shardhost"
	"github.com/shardhost/shardhost/host/build/quickjs"
)

// script builds plugins in JavaScript and TypeScript: esbuild makes one file of
// the author's, the libraries that he imports and the SDK, without types; the
// engine reads it from a section of the module. Nothing has to be installed.
type script struct{}

func (script) build(ctx context.Context, r Request, output, _ string) error {
	text, sourceMap, _, err := bundle(r.Source)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	return os.WriteFile(output, quickjs.Module(text, sourceMap), 0o644)
}

// sources are the files that the script imports, and what decides which those
// are, as far as it is not in node_modules.
func (script) sources(_ context.Context, r Request) ([]string, error) {
	_, _, inputs, err := bundle(r.Source)
	return inputs, err
}

func (script) version(context.Context, Request) (string, error) {
	return "quickjs-ng " + quickjs.Version, nil
}

// entries are the files that a folder's script may begin with, in the order in
// which they are looked for; package.json may name another under "main".
var entries = []string{"bot", "main", "index", "plugin", "src/bot", "src/main", "src/index"}

var scriptEnds = []string{".ts", ".mts", ".js", ".mjs"}

// entry finds the file that a script begins with.
func entry(source string) (dir, file string, err error) {
	info, err := os.Stat(source)
	if err != nil {
		return "", "", err
	}
	if source, err = filepath.Abs(source); err != nil {
		return "", "", err
	}
	if !info.IsDir() {
		return filepath.Dir(source), source, nil
	}
	if text, err := os.ReadFile(filepath.Join(source, "package.json")); err == nil {
		var about struct{ Main string }
		if err := json.Unmarshal(text, &about); err != nil {
			return "", "", fmt.Errorf("package.json: %w", err)
		}
		if about.Main != "" {
			return source, filepath.Join(source, filepath.FromSlash(about.Main)), nil
		}
	}
	for _, name := range entries {
		for _, end := range scriptEnds {
			file := filepath.Join(source, filepath.FromSlash(name+end))
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
				return source, file, nil
			}
		}
	}
	if file := onlyScript(source); file != "" {
		return source, file, nil
	}
	return "", "", errors.New("which file the script begins with cannot be told: call it bot.ts or bot.js, or name it in package.json under \"main\"")
}

// onlyScript is the one script in a folder, tests and descriptions of types left
// out; "" if there are several.
func onlyScript(dir string) (only string) {
	for _, end := range scriptEnds {
		files, _ := filepath.Glob(filepath.Join(dir, "*"+end))
		for _, file := range files {
			if name := filepath.Base(file); strings.HasSuffix(name, ".d.ts") || strings.Contains(name, ".test.") {
				continue
			}
			if only != "" {
				return ""
			}
			only = file
		}
	}
	return only
}

// bundle makes one ES module of a script, and lists the files that it is made of.
func bundle(source string) (text, sourceMap []byte, inputs []string, err error) {
	dir, file, err := entry(source)
	if err != nil {
		return nil, nil, nil, err
	}
	result := api.Build(api.BuildOptions{
		EntryPoints:    []string{file},
		AbsWorkingDir:  dir,
		Outfile:        filepath.Join(dir, "script.js"), // it is not written
		Bundle:         true,
		Format:         api.FormatESModule,
		Platform:       api.PlatformNeutral,
		Target:         api.ES2024,
		MainFields:     []string{"module", "main"},
		Conditions:     []string{"shardhost", "worker", "browser"},
		Charset:        api.CharsetUTF8,
		Sourcemap:      api.SourceMapExternal,
		SourcesContent: api.SourcesContentExclude,
		Metafile:       true,
		LegalComments:  api.LegalCommentsNone,
		Define:         map[string]string{"process.env.NODE_ENV": `"production"`, "global": "globalThis"},
		External:       []string{"shardhost:host"},
		Loader:         map[string]api.Loader{".txt": api.LoaderText, ".md": api.LoaderText, ".html": api.LoaderText},
		Plugins:        []api.Plugin{sdk()},
		LogLevel:       api.LogLevelSilent,
	})
	if len(result.Errors) > 0 {
		return nil, nil, nil, complaints(dir, result.Errors)
	}
	for _, out := range result.OutputFiles {
		if strings.HasSuffix(out.Path, ".map") {
			sourceMap = out.Contents
		} else {
			text = out.Contents
		}
	}
	inputs, err = listed(dir, result.Metafile)
	return text, sourceMap, inputs, err
}

// sdk lets scripts import "shardhost", the SDK in this binary.
func sdk() api.Plugin {
	const namespace, home = "shardhost", "plugins/sdk/js/"
	return api.Plugin{Name: "shardhost", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^shardhost$`}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: "shardhost.js", Namespace: namespace}, nil
		})
		b.OnResolve(api.OnResolveOptions{Filter: `^\./`, Namespace: namespace}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: strings.TrimPrefix(a.Path, "./"), Namespace: namespace}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: namespace}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			text, err := fs.ReadFile(shardhost.SDKs, home+a.Path)
			contents := string(text)
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderJS}, err
		})
	}}
}

// complaints are what esbuild found wrong.
func complaints(dir string, messages []api.Message) error {
	e := &Error{Dir: dir}
	for _, m := range messages {
		d := Diagnostic{Message: m.Text}
		if at := m.Location; at != nil {
			d.File, d.Line, d.Column = at.File, at.Line, at.Column+1
			if line := strings.TrimSpace(at.LineText); line != "" && len(line) < 200 {
				d.Message += "\n" + line
			}
		}
		if of, ok := strings.CutPrefix(m.Text, "Could not resolve "); ok {
			d.Message = "could not resolve " + of + missingPackage(of)
		}
		e.Diagnostics = append(e.Diagnostics, d)
	}
	return e
}

// nodeOnly are modules of Node.js that scripts name most.
var nodeOnly = []string{"fs", "path", "http", "https", "net", "os", "crypto", "child_process", "events", "util", "stream", "buffer", "url", "worker_threads", "zlib", "process", "timers"}

// missingPackage says what to do about an import that leads nowhere.
func missingPackage(quoted string) string {
	name := strings.Trim(quoted, `"`)
	switch base := strings.TrimPrefix(name, "node:"); {
	case base != name, slices.Contains(nodeOnly, base):
		return ": it belongs to Node.js, which plugins do not run in"
	case name == "discord.js", name == "eris", name == "oceanic.js":
		return `: plugins hold no connection of their own; import { on, command } from "shardhost" instead`
	case strings.HasPrefix(name, "."):
		return ""
	}
	return ": install it beside the script with npm install " + name
}

// listed are the files of a bundle outside of node_modules, and the tsconfig and
// package files beside the script.
func listed(dir, metafile string) ([]string, error) {
	var meta struct{ Inputs map[string]any }
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("read what the script is made of: %w", err)
	}
	var files []string
	for name := range meta.Inputs {
		if strings.HasPrefix(name, "shardhost:") || strings.Contains(name, "node_modules/") {
			continue
		}
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, filepath.FromSlash(name))
		}
		files = append(files, name)
	}
	for _, name := range []string{"tsconfig.json", "package.json"} {
		files = append(files, filepath.Join(dir, name))
	}
	slices.Sort(files)
	return files, nil
}
