package conformance

import "github.com/shardhost/shardhost/abi"

// pointerParams lists, for each function of the contract that is given memory, its
// parameters that are addresses; the parameter behind each is the length, but
// for kv_add's out, where the host writes 8 bytes.
var pointerParams = []struct {
	name   string
	params []int
}{
	{"log", []int{1}},
	{"fail", []int{0}},
	{"metric", []int{0}},
	{"rest", []int{1}},
	{"kv_get", []int{0, 2}},
	{"kv_put", []int{0, 2}},
	{"kv_version", []int{0}},
	{"kv_cas", []int{0, 3}},
	{"kv_del", []int{0}},
	{"kv_add", []int{0, 3}},
	{"kv_list", []int{0, 2, 4}},
	{"section", []int{0, 2}},
	{"gateway", []int{2}},
	{"state_write", []int{1}},
	{"fetch", []int{1}},
	{"publish", []int{0, 2}},
}

// pointers are the parameters of a function that are addresses.
func pointers(f abi.Function) []int {
	for _, p := range pointerParams {
		if p.name == f.Name {
			return p.params
		}
	}
	return nil
}

// Ranges returns the memory that a call of a function of the contract names:
// the address and the length in bytes of each range. stack holds the
// parameters as the host gets them.
func Ranges(f abi.Function, stack []uint64) [][2]uint32 {
	var list [][2]uint32
	for _, at := range pointers(f) {
		n := uint32(8)
		if at+1 < len(f.Params) {
			n = uint32(stack[at+1])
		}
		list = append(list, [2]uint32{uint32(stack[at]), n})
	}
	return list
}
