package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/shardhost/shardhost/discord"
)

// What the library says of a file is right, and written for those who know its
// words. Here it gets what a person needs to go on.

// placing says of arguments and blocks that do not belong where they stand, or
// are not there, what to write instead. name is that of the block, s what may
// stand in it.
func placing(diags hcl.Diagnostics, name string, s shape) {
	for _, diag := range diags {
		var word string
		switch diag.Summary {
		case "Unsupported argument":
			if _, err := fmt.Sscanf(diag.Detail, "An argument named %q", &word); err == nil && s.blocks[word].decode == nil {
				var args []string
				for _, a := range s.args {
					args = append(args, a.name)
				}
				diag.Detail = fmt.Sprintf("An argument named %q is not expected here.%s", word, instead(word, name, args, false))
			}
		case "Unsupported block type":
			isArgument := func(a argument) bool { return a.name == word }
			if _, err := fmt.Sscanf(diag.Detail, "Blocks of type %q", &word); err == nil && !slices.ContainsFunc(s.args, isArgument) {
				diag.Detail = fmt.Sprintf("Blocks of type %q are not expected here.%s", word, instead(word, name, sorted(s.blocks), true))
			}
		case "Extraneous JSON object property":
			if _, err := fmt.Sscanf(diag.Detail, "No argument or block type is named %q", &word); err == nil {
				here := sorted(s.blocks)
				for _, a := range s.args {
					here = append(here, a.name)
				}
				_, arguments := homes(word, "", false)
				diag.Summary = "Unsupported argument"
				diag.Detail = fmt.Sprintf("%q is not expected here.%s", word, instead(word, name, here, arguments == nil))
			}
		case "Missing required argument":
			if _, err := fmt.Sscanf(diag.Detail, "The argument %q", &word); err == nil {
				for _, a := range s.args {
					if a.name == word {
						diag.Detail = fmt.Sprintf("Write %s, a %s: %s.", word, plain(a.kind), plain(a.meaning))
					}
				}
			}
		default:
			if kind, ok := strings.CutPrefix(diag.Summary, "Missing name for "); ok {
				diag.Detail = fmt.Sprintf("Write its name behind the word: %s \"NAME\" {", kind)
			} else if kind, ok := strings.CutPrefix(diag.Summary, extraName); ok {
				diag.Summary, diag.Detail = "Block with a name", fmt.Sprintf("There is one block %s, and it has no name. Write: %s {", kind, kind)
			}
		}
	}
}

// extraName is how the library begins to complain about one.
const extraName = "Extraneous label for "

// plain is Markdown without its marks.
func plain(s string) string {
	return regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(strings.ReplaceAll(s, "`", ""), "$1")
}

// instead is a sentence about where an argument or a block belongs, or what may
// have been meant; or nothing.
func instead(word, block string, here []string, isBlock bool) string {
	inner, all := homes(word, kindOf(block), isBlock)
	if near := discord.Suggest(word, here); near != "" && inner == nil {
		return fmt.Sprintf(" Did you mean %q?", near)
	}
	where := inner
	if where == nil {
		where = all
	}
	if len(where) == 0 || len(where) > 3 {
		return ""
	}
	return fmt.Sprintf(" It belongs into the block %s.", strings.Join(where, " or "))
}

// functionArgument is how the library begins when a function has refused.
var functionArgument = regexp.MustCompile(`^Invalid value for "\w+" parameter: (.)`)

// reword puts what the library says of syntax and expressions into words that a
// person understands who has never read its specification.
func reword(diag *hcl.Diagnostic) {
	switch diag.Summary {
	case "Unterminated template string":
		diag.Summary, diag.Detail = "Text not closed", "The quote at the end of the text is missing."
	case "Invalid multi-line string":
		diag.Summary, diag.Detail = "Text over several lines", "A text in quotes ends in its line. A line break in it is written \\n."
	case "Invalid single-argument block definition":
		diag.Summary, diag.Detail = "Block on one line", "On one line a block may have one argument. Write each on a line of its own, and the closing brace too."
	case "Unknown variable":
		diag.Detail += " A text stands in quotes. Names without quotes are var.NAME and local.NAME."
	case "Invalid function argument":
		if m := functionArgument.FindStringSubmatch(diag.Detail); m != nil {
			diag.Detail = strings.ToUpper(m[1]) + diag.Detail[len(m[0]):]
		}
	case "Unsupported attribute":
		unknownName(diag)
	}
}

// unknownName says which local or variable is not there, and which may be meant.
func unknownName(diag *hcl.Diagnostic) {
	if diag.Expression == nil || diag.EvalContext == nil {
		return
	}
	for _, t := range diag.Expression.Variables() {
		object, ok := diag.EvalContext.Variables[t.RootName()]
		if !ok || len(t) < 2 || !object.Type().IsObjectType() {
			continue
		}
		attr, ok := t[1].(hcl.TraverseAttr)
		if !ok || object.Type().HasAttribute(attr.Name) {
			continue
		}
		diag.Detail = fmt.Sprintf("There is no %s.%s.", t.RootName(), attr.Name)
		if near := discord.Suggest(attr.Name, sorted(object.Type().AttributeTypes())); near != "" {
			diag.Detail += fmt.Sprintf(" Did you mean %s.%s?", t.RootName(), near)
		}
		return
	}
}
