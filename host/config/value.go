package config

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/shardhost/shardhost/discord"
	"github.com/zclconf/go-cty/cty"
)

// value is an argument's value, with what is needed to complain about it.
type value struct {
	cty.Value           // known and without marks
	marked    cty.Value // as evaluated
	d         *decoder
	name      string // of the argument
	expr      hcl.Expression
	rng       hcl.Range
	sensitive bool // it came, in part, from env() or file()
	element   bool // of a list that is the argument's value
}

// subject begins a sentence about the value.
func (v value) subject() string {
	if v.element {
		return "An element of " + v.name
	}
	return v.name
}

// wrong reports that the value cannot be what it is used for.
func (v value) wrong(format string, args ...any) {
	detail := fmt.Sprintf(format, args...)
	if strings.HasPrefix(detail, hidden) {
		detail = "T" + detail[1:]
	}
	v.d.errorf(v.rng, "Invalid "+v.name, "%s", detail)
}

// hidden stands for a value that is not shown.
const hidden = "the value"

// show is the value in a message.
func (v value) show() string {
	switch {
	case v.sensitive:
		return hidden
	case v.IsNull():
		return "null"
	case v.Type() == cty.String:
		return strconv.Quote(clip(v.AsString()))
	case v.Type() == cty.Number:
		return v.AsBigFloat().Text('f', -1)
	case v.Type() == cty.Bool:
		return strconv.FormatBool(v.True())
	}
	return hidden
}

// clip shortens a text for a message.
func clip(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// kind names the value's type for people.
func (v value) kind() string {
	switch t := v.Type(); {
	case v.IsNull():
		return "null"
	case t.IsTupleType() || t.IsListType() || t.IsSetType():
		return "a list"
	case t.IsObjectType() || t.IsMapType():
		return "an object"
	case t == cty.Bool:
		return "a boolean"
	case t == cty.String:
		return "a text"
	default:
		return "a " + t.FriendlyName()
	}
}

// text is the value as a string.
func (v value) text() (string, bool) {
	if v.IsNull() || v.Type() != cty.String {
		v.wrong("%s has to be a text, in quotes, and is %s.", v.subject(), v.kind())
		return "", false
	}
	return v.AsString(), true
}

// filled is a text that is not empty.
func (v value) filled() (string, bool) {
	s, ok := v.text()
	if ok && strings.TrimSpace(s) == "" {
		v.wrong("%s is empty.", v.subject())
		return "", false
	}
	return s, ok
}

// quantity is the text of a number with a unit. A bare number is passed on as
// its digits, so that the parser can say which unit is missing.
func (v value) quantity() (string, bool) {
	if !v.IsNull() && v.Type() == cty.Number {
		return v.AsBigFloat().Text('f', -1), true
	}
	return v.text()
}

// elements are the values of a list, each with its own place where the list is
// spelled out.
func (v value) elements() ([]value, bool) {
	t := v.Type()
	if v.IsNull() || !t.IsTupleType() && !t.IsListType() && !t.IsSetType() {
		hint := ""
		if !v.sensitive && !v.IsNull() && t == cty.String {
			hint = " Did you mean [" + v.show() + "]?"
		}
		v.wrong("%s has to be a list such as [\"a\", \"b\"], and is %s.%s", v.name, v.kind(), hint)
		return nil, false
	}
	exprs, diags := hcl.ExprList(v.expr)
	// Unmarked values lose which element was sensitive: take them from the
	// marked list when that can be taken apart.
	list, _ := v.marked.Unmark()
	var all []value
	for i, el := range list.AsValueSlice() {
		expr := v.expr
		if !diags.HasErrors() && i < len(exprs) {
			expr = exprs[i]
		}
		e := newValue(v.d, v.name, expr, el)
		e.sensitive, e.element = e.sensitive || v.marked.IsMarked(), true
		all = append(all, e)
	}
	return all, true
}

// texts sets p to a list of strings; check, if any, judges each of them.
func texts(p *[]string, check func(v value, s string) bool) setter {
	return custom("list of texts", "none", func(v value) {
		elements, ok := v.elements()
		if !ok {
			return
		}
		list := make([]string, 0, len(elements))
		for _, e := range elements {
			if s, ok := e.filled(); ok && (check == nil || check(e, s)) {
				list = append(list, s)
			}
		}
		*p = list
	})
}

// text sets p to a string.
func text(p *string) setter {
	return custom("text", "none", func(v value) {
		if s, ok := v.text(); ok {
			*p = s
		}
	})
}

// oneOf is a text that has to be one of those given.
func (v value) oneOf(allowed []string) (string, bool) {
	s, ok := v.text()
	if !ok || slices.Contains(allowed, s) {
		return s, ok
	}
	v.wrong("%s is not one of %s.%s", v.show(), list(allowed), v.suggest(s, allowed))
	return "", false
}

// suggest is a sentence with what may have been meant, or nothing.
func (v value) suggest(s string, names []string) string {
	if v.sensitive {
		return ""
	}
	if near := discord.Suggest(s, names); near != "" {
		return fmt.Sprintf(" Did you mean %q?", near)
	}
	return ""
}

// enum sets p to one of the allowed strings.
func enum(p *string, allowed ...string) setter {
	return custom(alternatives(allowed), code("%q", *p), func(v value) {
		if s, ok := v.oneOf(allowed); ok {
			*p = s
		}
	})
}

// boolean sets p to a boolean.
func boolean(p *bool) setter {
	return custom("`true` or `false`", code("%t", *p), func(v value) {
		if v.Type() != cty.Bool {
			v.wrong("%s has to be true or false, without quotes, and is %s.%s", v.name, v.kind(), v.meantBool())
			return
		}
		*p = v.True()
	})
}

// meantBool is a sentence with what a word or a number may stand for.
func (v value) meantBool() string {
	switch strings.ToLower(strings.Trim(v.show(), `"`)) {
	case "true", "yes", "on", "1":
		return " Did you mean true?"
	case "false", "no", "off", "0":
		return " Did you mean false?"
	}
	return ""
}

// meantNumber is a sentence with the number in a text.
func (v value) meantNumber() string {
	if v.sensitive || v.Type() != cty.String {
		return ""
	}
	n, err := strconv.ParseInt(strings.TrimSpace(v.AsString()), 10, 64)
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" Did you mean %d?", n)
}

// whole is the value as a whole number between bounds.
func (v value) whole(low, high int64) (int64, bool) {
	if v.Type() != cty.Number {
		v.wrong("%s has to be a whole number, without quotes, and is %s.%s", v.subject(), v.kind(), v.meantNumber())
		return 0, false
	}
	n, accuracy := v.AsBigFloat().Int64()
	if accuracy != big.Exact {
		v.wrong("%s has to be a whole number, and is %s.", v.name, v.show())
		return 0, false
	}
	return n, v.within(n < low, n > high, strconv.FormatInt(low, 10), strconv.FormatInt(high, 10))
}

// within reports a value outside its bounds.
func (v value) within(below, above bool, low, high string) bool {
	if below || above {
		v.wrong("%s has to be from %s to %s, and is %s.", v.name, low, high, v.shown())
	}
	return !below && !above
}

// shown is show, without the words that would make a sentence read oddly.
func (v value) shown() string {
	if v.sensitive {
		return "not"
	}
	return v.show()
}

// integer sets p to a whole number from low to high.
func integer(p *int, low, high int) setter {
	return custom(fmt.Sprintf("number, %d to %d", low, high), code("%d", *p), func(v value) {
		if n, ok := v.whole(int64(low), int64(high)); ok {
			*p = int(n)
		}
	})
}

// duration sets p to a time such as "250ms".
func duration(p *time.Duration, low, high time.Duration) setter {
	return custom(fmt.Sprintf("duration, `%q` to `%q`", formatDuration(low), formatDuration(high)), code("%q", formatDuration(*p)), func(v value) {
		s, ok := v.quantity()
		if !ok {
			return
		}
		t, hint := parseDuration(s)
		if hint != "" {
			v.wrong("%s is not a duration: %s", v.show(), v.hint(hint, `write a number and a unit such as "250ms", "5s" or "1m30s"`))
			return
		}
		if v.within(t < low, t > high, formatDuration(low), formatDuration(high)) {
			*p = t
		}
	})
}

// size sets p to a number of bytes such as "64MiB".
func size(p *int64, low, high int64) setter {
	return custom(fmt.Sprintf("size, `%q` to `%q`", formatSize(low), formatSize(high)), code("%q", formatSize(*p)), func(v value) {
		s, ok := v.quantity()
		if !ok {
			return
		}
		n, hint := parseSize(s)
		if hint != "" {
			v.wrong("%s is not a size: %s", v.show(), v.hint(hint, `write a number and a unit such as "64MiB"`))
			return
		}
		if v.within(n < low, n > high, formatSize(low), formatSize(high)) {
			*p = n
		}
	})
}

// hint is the end of a sentence: a parser's advice, which may repeat the
// value, or a general one.
func (v value) hint(specific, general string) string {
	if v.sensitive {
		specific = general
	}
	if strings.HasSuffix(specific, "?") {
		return specific
	}
	return specific + "."
}

func list(words []string) string { return strings.Join(words, ", ") }
