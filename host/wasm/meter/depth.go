package meter

import "github.com/shardhost/shardhost/host/wasm/binary"

// countDepth decides which functions count the depth of calls: those that can
// call themselves, directly or through others. Chains of the others end by
// themselves; when even those are long, all functions count.
func (w *rewriter) countDepth() {
	g := w.callGraph()
	components, order := g.components()
	size := make([]int, len(components))
	for _, c := range components {
		size[c]++
	}
	for i := range w.funcs {
		f := &w.funcs[i]
		f.counted = f.try || size[components[i]] > 1 || g.callsItself(i)
	}
	// What the uncounted functions on one path take: order lists callees
	// before callers, and the nodes of a component together.
	longest := make([]int64, len(size))
	for _, n := range order {
		c := components[n]
		var weight int64
		if n < len(w.funcs) && !w.funcs[n].counted {
			weight = w.funcs[n].weight
		}
		longest[c] = max(longest[c], weight)
		for i := 0; ; i++ {
			to, ok := g.edge(n, i)
			if !ok {
				break
			}
			if components[to] != c {
				longest[c] = max(longest[c], weight+longest[components[to]])
			}
		}
		if longest[c] > w.o.Stack/8 {
			for i := range w.funcs {
				w.funcs[i].counted = !w.funcs[i].leaf
			}
			return
		}
	}
}

// graph has a node for each of the module's own functions, and behind them one
// for each type that is called indirectly: from callers to it, from it to the
// functions of that type whose address is taken.
type graph struct {
	w      *rewriter
	byType [][]uint32 // nodes behind the functions
	nodeOf []uint32   // of a type, 1 + index in byType; 0 none
}

func (w *rewriter) callGraph() *graph {
	g := &graph{w: w, nodeOf: make([]uint32, len(w.m.Types))}
	canonical := w.canonicalTypes()
	for i := range w.funcs {
		for _, t := range w.funcs[i].indirect {
			t = canonical[t]
			if g.nodeOf[t] == 0 {
				g.byType = append(g.byType, nil)
				g.nodeOf[t] = uint32(len(g.byType))
			}
		}
	}
	for i, taken := range w.addressTaken() {
		if t := canonical[w.m.Funcs[i]]; taken && g.nodeOf[t] != 0 {
			list := &g.byType[g.nodeOf[t]-1]
			*list = append(*list, uint32(i))
		}
	}
	for t, c := range canonical {
		g.nodeOf[t] = g.nodeOf[c]
	}
	return g
}

// canonicalTypes maps every type to the first that is equal to it.
func (w *rewriter) canonicalTypes() []uint32 {
	first := make(map[string]uint32, len(w.m.Types))
	list := make([]uint32, len(w.m.Types))
	var key []byte
	for i, t := range w.m.Types {
		key = t.Append(key[:0])
		c, ok := first[string(key)]
		if !ok {
			c = uint32(i)
			first[string(key)] = c
		}
		list[i] = c
	}
	return list
}

// addressTaken finds the functions that can be called indirectly: those in
// segments, initializers and ref.func. It is generous: exported functions
// count too.
func (w *rewriter) addressTaken() []bool {
	taken := make([]bool, len(w.funcs))
	take := func(f uint32) {
		if i := int64(f) - int64(w.m.ImportedFuncs); i >= 0 && i < int64(len(taken)) {
			taken[i] = true
		}
	}
	for _, x := range w.m.Exports {
		if x.Kind == binary.KindFunc {
			take(x.Index)
		}
	}
	for _, s := range w.m.Sections {
		r := binary.NewReader(s.Data, s.Offset)
		switch s.ID {
		case binary.SectionElement:
			for n := r.Count(2); n > 0 && r.Err() == nil; n-- {
				e := r.Element()
				for _, f := range e.Funcs {
					take(f)
				}
				for _, x := range e.Exprs {
					takeRefs(x, take)
				}
			}
		case binary.SectionGlobal, binary.SectionTable:
			// ref.func in an initializer must be declared by an export, a
			// segment or another initializer; reading the bytes finds those.
			takeRefs(s.Data, take)
		}
	}
	return taken
}

// takeRefs reports what follows each byte that could be ref.func.
func takeRefs(b []byte, take func(uint32)) {
	for i, c := range b {
		if c == binary.OpRefFunc {
			take(binary.NewReader(b[i+1:], 0).U32())
		}
	}
}

func (g *graph) len() int { return len(g.w.funcs) + len(g.byType) }

func (g *graph) callsItself(n int) bool {
	for _, c := range g.w.funcs[n].callees {
		if int(c)-g.w.m.ImportedFuncs == n {
			return true
		}
	}
	return false
}

// components numbers the strongly connected components, and lists the nodes so
// that those a node leads to come first unless they are in its own component.
// It is Tarjan's algorithm without recursion.
func (g *graph) components() (component []int, order []int) {
	n := g.len()
	component = make([]int, n)
	index := make([]int32, n) // 0: not seen
	low := make([]int32, n)
	onStack := make([]bool, n)
	order = make([]int, 0, n)
	type visit struct{ node, edge int }
	var calls []visit
	var stack []int
	next, count := int32(1), 0
	for root := range n {
		if index[root] != 0 {
			continue
		}
		calls = append(calls[:0], visit{root, 0})
		for len(calls) > 0 {
			v := &calls[len(calls)-1]
			if v.edge == 0 {
				index[v.node], low[v.node] = next, next
				next++
				stack = append(stack, v.node)
				onStack[v.node] = true
			}
			if to, ok := g.edge(v.node, v.edge); ok {
				v.edge++
				if index[to] == 0 {
					calls = append(calls, visit{to, 0})
				} else if onStack[to] {
					low[v.node] = min(low[v.node], index[to])
				}
				continue
			}
			node := v.node
			calls = calls[:len(calls)-1]
			if len(calls) > 0 {
				parent := calls[len(calls)-1].node
				low[parent] = min(low[parent], low[node])
			}
			if low[node] != index[node] {
				continue
			}
			for {
				top := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				onStack[top] = false
				component[top] = count
				order = append(order, top)
				if top == node {
					break
				}
			}
			count++
		}
	}
	return component, order
}

// edge is the i-th edge of a node.
func (g *graph) edge(n, i int) (int, bool) {
	own := len(g.w.funcs)
	if n >= own {
		list := g.byType[n-own]
		if i < len(list) {
			return int(list[i]), true
		}
		return 0, false
	}
	f := &g.w.funcs[n]
	if i < len(f.callees) {
		to := int(f.callees[i]) - g.w.m.ImportedFuncs
		if to < 0 {
			to = n // an imported function leads nowhere
		}
		return to, true
	}
	if i -= len(f.callees); i < len(f.indirect) {
		return own + int(g.nodeOf[f.indirect[i]]) - 1, true
	}
	return 0, false
}
