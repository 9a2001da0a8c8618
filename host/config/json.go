package config

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// isJSON tells whether a file is in the JSON form of the language: by its name,
// or what came from stdin by its first character, with which no file in the
// native form begins.
// https://github.com/hashicorp/hcl/blob/main/json/spec.md
func isJSON(path string, src []byte) bool {
	if path == stdinName {
		return bytes.HasPrefix(bytes.TrimLeft(src, " \t\r\n"), []byte("{"))
	}
	return filepath.Ext(path) == ".json"
}

// A jsonText is a text in a JSON file that is a value.
type jsonText struct {
	path     []string // names of the objects around it, and its own
	text     string
	from, to int // of the literal with its quotes, in bytes
}

// walkJSON calls f with each value that is a text. It returns how many brackets
// stand inside each other at most, and where it had to stop, because what follows
// is no JSON; -1: nowhere.
func walkJSON(src []byte, f func(jsonText)) (deepest, stopped int) {
	type level struct {
		name   string // of the value that is next, or of the one in it
		object bool
		key    bool // a key is next
	}
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	var open []level
	for {
		before := int(dec.InputOffset())
		token, err := dec.Token()
		if err == io.EOF {
			return deepest, -1
		}
		if err != nil {
			return deepest, before
		}
		top := &level{}
		if len(open) > 0 {
			top = &open[len(open)-1]
		}
		delim, isDelim := token.(json.Delim)
		text, isText := token.(string)
		switch {
		case isDelim && (delim == '}' || delim == ']'):
			open = open[:len(open)-1]
			continue
		case top.object && top.key && isText:
			top.name, top.key = text, false
			continue
		}
		top.key = true // of an object: its value is this one
		switch {
		case isDelim:
			open = append(open, level{object: delim == '{', key: true})
			deepest = max(deepest, len(open))
			if deepest > maxNesting {
				return deepest, before
			}
		case isText:
			var path []string
			for _, l := range open {
				if l.object {
					path = append(path, l.name)
				}
			}
			to := int(dec.InputOffset())
			from := before + bytes.IndexByte(src[before:to], '"')
			f(jsonText{path, text, from, to})
		}
	}
}

// harmless is a template that names where a secret is, and spells out none.
var harmless = regexp.MustCompile(`^\$\{\s*((env|file)\(\s*"[^"]*"\s*\)|(var|local)\.[\w.-]+)\s*\}$`)

// secretPath tells whether a value stands where secrets are written.
func secretPath(path []string) bool {
	return path[len(path)-1] == "token" || slices.Contains(path, "secrets") || slices.Contains(path, "headers")
}

// maskJSON is mask for the JSON form. What follows after a syntax error is
// overwritten wherever it is a text.
func maskJSON(src []byte) (masked []byte, secrets []string) {
	masked = slices.Clone(src)
	hide := func(from, to int) {
		for i := from; i < to; i++ {
			if masked[i] != '\n' {
				masked[i] = maskByte
			}
		}
	}
	_, stopped := walkJSON(src, func(t jsonText) {
		if len(t.path) > 0 && secretPath(t.path) && !harmless.MatchString(t.text) {
			secrets = append(secrets, t.text, string(src[t.from+1:t.to-1]))
			hide(t.from+1, t.to-1)
		}
	})
	if stopped >= 0 {
		for _, at := range regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"?`).FindAllIndex(src[stopped:], -1) {
			hide(stopped+at[0]+1, stopped+at[1])
		}
	}
	for _, at := range tokenShape.FindAllIndex(src, -1) {
		secrets = append(secrets, string(src[at[0]:at[1]]))
		hide(at[0], at[1])
	}
	return masked, secrets
}

// nestingJSON tells where a file nests deeper than maxNesting, in brackets or in
// an expression.
func nestingJSON(src []byte, path string) (rng hcl.Range, deep bool) {
	deepest, stopped := walkJSON(src, func(t jsonText) {
		if deep || !strings.Contains(t.text, "{") {
			return
		}
		tokens, _ := hclsyntax.LexTemplate([]byte(t.text), path, hcl.InitialPos)
		if _, deep = nestedTokens(tokens); deep {
			rng = rangeAt(src, path, t.from)
		}
	})
	if deepest > maxNesting {
		return rangeAt(src, path, stopped), true
	}
	return rng, deep
}

// rangeAt is the place of one byte.
func rangeAt(src []byte, path string, at int) hcl.Range {
	before := src[:at]
	line := bytes.Count(before, []byte("\n"))
	pos := hcl.Pos{Line: line + 1, Column: at - bytes.LastIndexByte(before, '\n'), Byte: at}
	end := pos
	end.Column, end.Byte = pos.Column+1, min(at+1, len(src))
	return hcl.Range{Filename: path, Start: pos, End: end}
}
