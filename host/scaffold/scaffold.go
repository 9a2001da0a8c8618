// Package scaffold writes what a new plugin begins with: a handler, golden tests, a
// configuration to run it with, and the SDK of its language, so that nothing has
// to be fetched. What it writes is in templates, a folder for each language; those
// in templates/all are for every one.
package scaffold

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/shardhost/shardhost"
	"github.com/shardhost/shardhost/host/language"
)

//go:embed all:templates
var templates embed.FS

// sdkFiles are, for each language, the folders of shardhost.SDKs that a project
// holds, and where. Languages that share an SDK each name it.
var sdkFiles = map[string]map[string]string{
	"assemblyscript": {"plugins/sdk/assemblyscript": "shardhost"},
	"c":              {"plugins/sdk/c": "shardhost"},
	"cpp":            {"plugins/sdk/c": "shardhost"},
	"go": {
		"abi":                    "shardhost/abi",
		"abi/index":              "shardhost/abi/index",
		"abi/scan":               "shardhost/abi/scan",
		"plugins/sdk/go":         "shardhost/plugins/sdk/go",
		"plugins/sdk/go/sdktest": "shardhost/plugins/sdk/go/sdktest",
	},
	"js": {"plugins/sdk/js": "shardhost"},
	"ts": {"plugins/sdk/js": "shardhost"},
	"rust": {
		"plugins/sdk/rust":             "shardhost",
		"plugins/sdk/rust/src":         "shardhost/src",
		"plugins/sdk/rust/src/testing": "shardhost/src/testing",
	},
	"zig": {"plugins/sdk/zig": "shardhost", "plugins/sdk/zig/src": "shardhost/src"},
}

// Project is a plugin to be.
type Project struct {
	Dir      string // a folder that is empty or not there
	Name     string // of the plugin, in the configuration and in code
	Language language.Language
}

var goodName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)

// CheckName says what is wrong with the name of a plugin.
func CheckName(name string) error {
	if !goodName.MatchString(name) {
		return fmt.Errorf("%q cannot be a plugin's name: use small letters, digits, - and _, a letter first", name)
	}
	return nil
}

// Write writes a project and lists its files, the SDK's left out. Nothing that
// is there is replaced.
func Write(p Project) (files []string, err error) {
	if err := CheckName(p.Name); err != nil {
		return nil, err
	}
	if entries, err := os.ReadDir(p.Dir); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("%s is not empty: name a folder that is not there yet", p.Dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, from := range []string{"all", p.Language.Name} {
		written, err := p.fill("templates/" + from)
		if err != nil {
			return nil, fmt.Errorf("write the project in %s: %w", p.Dir, err)
		}
		files = append(files, written...)
	}
	for from, to := range sdkFiles[p.Language.Name] {
		if err := p.copySDK(from, to); err != nil {
			return nil, fmt.Errorf("write the SDK in %s: %w", p.Dir, err)
		}
	}
	slices.Sort(files)
	return files, nil
}

// templateEnd is the end of the name of a file in templates; without it no build
// of this repository would leave the files alone.
const templateEnd = ".tmpl"

// fill writes the files of a folder of templates.
func (p Project) fill(root string) (files []string, err error) {
	err = fs.WalkDir(templates, root, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		t, err := template.New(path.Base(at)).Delims("<%", "%>").Option("missingkey=error").ParseFS(templates, at)
		if err != nil {
			return err
		}
		var text strings.Builder
		if err := t.Execute(&text, p); err != nil {
			return err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(at, root+"/"), templateEnd)
		files = append(files, name)
		return p.write(name, []byte(text.String()))
	})
	return files, err
}

// copySDK copies the files of one folder of the SDK, tests left out.
func (p Project) copySDK(from, to string) error {
	entries, err := fs.ReadDir(shardhost.SDKs, from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.IsDir() || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		text, err := fs.ReadFile(shardhost.SDKs, path.Join(from, entry.Name()))
		if err != nil {
			return err
		}
		if err := p.write(path.Join(to, entry.Name()), text); err != nil {
			return err
		}
	}
	return nil
}

func (p Project) write(name string, text []byte) error {
	file := filepath.Join(p.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

// Identifier is the name as most languages write names: my_plugin.
func (p Project) Identifier() string { return strings.ReplaceAll(p.Name, "-", "_") }
