package discordtest

import (
	"bytes"
	"fmt"
)

// stencil is JSON with holes: a load of thousands of events a second is not
// marshalled one by one.
type stencil struct {
	parts [][]byte
	slots []int // which value stands behind each part but the last
}

// newStencil cuts JSON at marks. Each mark must stand in it exactly once.
func newStencil(data []byte, marks ...string) *stencil {
	st := &stencil{}
	for {
		at, which := -1, 0
		for i, m := range marks {
			if n := bytes.Index(data, []byte(m)); n >= 0 && (at < 0 || n < at) {
				at, which = n, i
			}
		}
		if at < 0 {
			break
		}
		st.parts = append(st.parts, data[:at])
		st.slots = append(st.slots, which)
		data = data[at+len(marks[which]):]
	}
	st.parts = append(st.parts, data)
	if len(st.slots) != len(marks) {
		panic(fmt.Sprintf("discordtest: a stencil has %d holes for %d values", len(st.slots), len(marks)))
	}
	return st
}

// fill returns the JSON with values in the holes.
func (st *stencil) fill(values ...[]byte) []byte {
	size := 0
	for _, p := range st.parts {
		size += len(p)
	}
	for _, v := range values {
		size += len(v)
	}
	out := make([]byte, 0, size)
	for i, slot := range st.slots {
		out = append(out, st.parts[i]...)
		out = append(out, values[slot]...)
	}
	return append(out, st.parts[len(st.slots)]...)
}
