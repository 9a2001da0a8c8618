package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// variableEnv precedes a variable's name in the environment.
const variableEnv = "SHARDHOST_VAR_"

// scope evaluates the variable and locals blocks of all files, and returns for
// each file the context in which its other expressions are evaluated.
func (d *decoder) scope(blocks []placed) map[string]*hcl.EvalContext {
	vars := make(map[string]cty.Value)
	var locals []local
	for _, p := range blocks {
		d.ctx = &hcl.EvalContext{Functions: d.functions(p.dir)}
		switch p.block.Type {
		case "variable":
			d.variable(p.block, vars)
		case "locals":
			attrs, diags := p.block.Body.JustAttributes()
			d.diags = append(d.diags, diags...)
			for _, name := range sorted(attrs) {
				if d.once("local."+name, attrs[name].NameRange) {
					locals = append(locals, local{name, p.dir, attrs[name].Expr, attrs[name].NameRange})
				}
			}
		}
	}
	for _, name := range sorted(d.opts.Vars) {
		if _, ok := vars[name]; !ok {
			d.problem("Unknown variable", "A value was given for the variable "+name+", and no block variable \""+name+"\" stands in the files.")
		}
	}
	scopes := make(map[string]*hcl.EvalContext)
	values := d.locals(locals, vars)
	for _, f := range d.order {
		scopes[f.path] = &hcl.EvalContext{Functions: d.functions(f.dir), Variables: roots(vars, values)}
	}
	return scopes
}

func roots(vars, locals map[string]cty.Value) map[string]cty.Value {
	return map[string]cty.Value{"var": cty.ObjectVal(vars), "local": cty.ObjectVal(locals)}
}

// variable decodes one block variable "NAME". Its value is, in this order, the
// one given to Load, the one in the environment, the default.
func (d *decoder) variable(b *hcl.Block, vars map[string]cty.Value) {
	name := b.Labels[0]
	if !d.once("variable."+name, b.DefRange) {
		return
	}
	var def cty.Value
	var description string
	d.body("variable."+name, b.Body, shape{args: []argument{
		{"default", custom("any value", "none", func(v value) { def = v.marked }), "the value when none is given"},
		{"description", text(&description), "for the message when there is none"},
	}})
	switch given, ok := d.opts.Vars[name]; {
	case ok:
		vars[name] = cty.StringVal(given)
		return
	default:
		if s, ok := d.opts.Env(variableEnv + name); ok {
			d.keep(s)
			vars[name] = cty.StringVal(s).Mark(sensitiveMark)
			return
		}
	}
	vars[name] = def
	if def == cty.NilVal {
		vars[name] = cty.DynamicVal
		about := ""
		if description != "" {
			about = " (" + strings.TrimSuffix(description, ".") + ")"
		}
		d.errorf(b.DefRange, "Variable without a value", "The variable %s%s has no default: set the environment variable %s%s, or give --var %s=VALUE.", name, about, variableEnv, name, name)
	}
}

// local is one argument of a locals block.
type local struct {
	name string
	dir  string
	expr hcl.Expression
	rng  hcl.Range
}

// needs are the other locals that it refers to.
func (l local) needs() []string {
	var names []string
	for _, t := range l.expr.Variables() {
		if t.RootName() != "local" || len(t) < 2 {
			continue
		}
		if attr, ok := t[1].(hcl.TraverseAttr); ok {
			names = append(names, attr.Name)
		}
	}
	return names
}

// maxLocals bounds how many there may be: each is evaluated with all others in
// sight.
const maxLocals = 1000

// locals evaluates each after those that it refers to. What remains when none
// can be evaluated any more goes round in a circle.
func (d *decoder) locals(pending []local, vars map[string]cty.Value) map[string]cty.Value {
	values := make(map[string]cty.Value)
	if len(pending) > maxLocals {
		d.errorf(pending[maxLocals].rng, "Too many locals", "There are %d locals; up to %d are evaluated.", len(pending), maxLocals)
		pending = pending[:maxLocals]
	}
	waiting := make(map[string]bool)
	for _, l := range pending {
		waiting[l.name] = true
	}
	for len(pending) > 0 {
		var later []local
		for _, l := range pending {
			if slices.ContainsFunc(l.needs(), func(name string) bool { return waiting[name] }) {
				later = append(later, l)
				continue
			}
			d.ctx = &hcl.EvalContext{Functions: d.functions(l.dir), Variables: roots(vars, maps.Clone(values))}
			val, diags := l.expr.Value(d.ctx)
			d.diags = append(d.diags, diags...)
			if diags.HasErrors() {
				val = cty.DynamicVal // so that what refers to it is not reported too
			}
			values[l.name] = val
			delete(waiting, l.name)
		}
		if len(later) == len(pending) {
			for _, l := range later {
				values[l.name] = cty.DynamicVal
				d.errorf(l.rng, "Circular reference", "The value of local.%s depends on itself.", l.name)
			}
			break
		}
		pending = later
	}
	return values
}
