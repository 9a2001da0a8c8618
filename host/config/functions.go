package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/shardhost/shardhost/discord"
)

// mark is the type of marks on values.
type mark string

// sensitiveMark is on every value that came from the environment or from a
// file, and by cty's rules on everything that was computed with it.
const sensitiveMark mark = "sensitive"

// maxRead bounds what file() reads.
const maxRead = 1 << 20 // bytes

// missingEnv is the error of env() for a variable that is not set.
type missingEnv struct{ name string }

func (e missingEnv) Error() string {
	return fmt.Sprintf("the environment variable %s is not set", e.name)
}

// functions are what expressions in files of a folder can call. There is none
// that runs a program or uses the network.
func (d *decoder) functions(dir string) map[string]function.Function {
	return map[string]function.Function{
		"env":        d.envFunc(),
		"file":       d.fileFunc(dir),
		"abspath":    abspathFunc(dir),
		"jsondecode": jsonDecodeFunc(),
		"jsonencode": stdlib.JSONEncodeFunc,
		"format":     stdlib.FormatFunc,
		"join":       stdlib.JoinFunc,
		"split":      stdlib.SplitFunc,
		"coalesce":   stdlib.CoalesceFunc,
		"try":        tryfunc.TryFunc,
		"can":        tryfunc.CanFunc,
	}
}

// keep remembers a text that must not be printed.
func (d *decoder) keep(s string) {
	for part := range strings.FieldsSeq(s) {
		d.sensitive = append(d.sensitive, part)
	}
}

// envFunc is env(name) and env(name, default).
func (d *decoder) envFunc() function.Function {
	return function.New(&function.Spec{
		Params:   []function.Parameter{{Name: "name", Type: cty.String}},
		VarParam: &function.Parameter{Name: "default", Type: cty.String},
		Type:     function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if len(args) > 2 {
				return cty.NilVal, function.NewArgErrorf(2, "env takes a name and, if it may be unset, a default")
			}
			name := args[0].AsString()
			s, ok := d.opts.Env(name)
			if !ok {
				if len(args) == 2 {
					return args[1], nil
				}
				return cty.NilVal, missingEnv{name}
			}
			d.keep(s)
			return cty.StringVal(s).Mark(sensitiveMark), nil
		},
	})
}

// fileFunc is file(path): a file's text without the line end at its end.
func (d *decoder) fileFunc(dir string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := readText(absolute(dir, args[0].AsString()))
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			d.keep(s)
			return cty.StringVal(s).Mark(sensitiveMark), nil
		},
	})
}

// readText reads a small file without the line end at its end.
func readText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("%s cannot be read: %s", path, cause(err))
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxRead+1))
	if err != nil {
		return "", fmt.Errorf("%s cannot be read: %s", path, cause(err))
	}
	if len(b) > maxRead {
		return "", fmt.Errorf("%s is larger than %s", path, formatSize(maxRead))
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

func abspathFunc(dir string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.StringVal(absolute(dir, args[0].AsString())), nil
		},
	})
}

func absolute(dir, p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(dir, p)
}

// jsonDecodeFunc is cty's, with errors that quote nothing of the text.
func jsonDecodeFunc() function.Function {
	check := func(args []cty.Value) error {
		var v any
		err := json.Unmarshal([]byte(args[0].AsString()), &v)
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			return function.NewArgErrorf(0, "not valid JSON at byte %d", syntax.Offset)
		}
		return nil
	}
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "str", Type: cty.String}},
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := check(args); err != nil {
				return cty.NilType, err
			}
			ty, err := stdlib.JSONDecodeFunc.ReturnTypeForValues(args)
			if err != nil {
				return cty.NilType, function.NewArgErrorf(0, "not JSON that a configuration can hold")
			}
			return ty, nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := stdlib.JSONDecode(args[0])
			if err != nil {
				return cty.NilVal, function.NewArgErrorf(0, "not JSON that a configuration can hold")
			}
			return v, nil
		},
	})
}

// explain replaces what hcl says of a failed call where we know better.
func explain(diag *hcl.Diagnostic, functions []string) {
	switch extra := diag.Extra.(type) {
	case hclsyntax.FunctionCallUnknownDiagExtra:
		// hcl proposes whichever near name it finds first in a map.
		name := extra.CalledFunctionName()
		diag.Detail = fmt.Sprintf("There is no function named %q; there are %s.", name, list(functions))
		if near := discord.Suggest(name, functions); near != "" {
			diag.Detail = fmt.Sprintf("There is no function named %q. Did you mean %q?", name, near)
		}
	case hclsyntax.FunctionCallDiagExtra:
		if missing, ok := errors.AsType[missingEnv](extra.FunctionCallError()); ok {
			diag.Summary = "Environment variable not set"
			diag.Detail = fmt.Sprintf("The environment variable %s is not set. Set it for the host, for example with\n\n  export %s=...\n\nWhere it may be unset, write env(%q, \"default\").", missing.name, missing.name, missing.name)
		}
	}
}
