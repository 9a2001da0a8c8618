package index

import (
	"bytes"
	"errors"
	"math/bits"
	"strconv"
	"strings"

	"github.com/shardhost/shardhost/abi"
)

// Paths are the fields that a guest asks for of one event, made ready to be
// looked for in one walk over a body. They may be used by several goroutines.
type Paths struct {
	count int
	nodes []node // a tree of keys; 0 is the body itself
}

// A node is one key of a path. Its children are those keys of which one must
// stand in its value.
type node struct {
	key      []byte
	slots    []int32    // places in the table that get this node's value
	children []int32    // at most abi.MaxFields: as many as there are paths
	all      uint64     // one bit a child
	byLength [32]uint64 // the children with a key of that length; the last: of that or more
}

// Compile reads paths such as "content" and "author.id": keys of objects, each
// within the value of the one before, with dots between them. Elements of arrays
// and keys that hold a dot have no path. The same path may stand twice.
func Compile(paths []string) (*Paths, error) {
	if len(paths) > abi.MaxFields {
		return nil, errors.New(strconv.Itoa(len(paths)) + " fields are asked for; at most " + strconv.Itoa(abi.MaxFields))
	}
	p := &Paths{count: len(paths), nodes: make([]node, 1)}
	for slot, path := range paths {
		if err := Check(path); err != nil {
			return nil, errors.New("field " + strconv.Quote(path) + ": " + err.Error())
		}
		at := int32(0)
		for key := range strings.SplitSeq(path, ".") {
			at = p.child(at, []byte(key))
		}
		p.nodes[at].slots = append(p.nodes[at].slots, int32(slot))
	}
	return p, nil
}

var errEmptyKey = errors.New("a key is empty; write it as author.id")

// Check tells what is wrong with a path.
func Check(path string) error {
	switch {
	case len(path) > abi.MaxFieldPath:
		return errors.New("it has " + strconv.Itoa(len(path)) + " bytes; at most " + strconv.Itoa(abi.MaxFieldPath))
	case strings.Count(path, ".") >= abi.MaxFieldDepth:
		return errors.New("it goes through more than " + strconv.Itoa(abi.MaxFieldDepth) + " keys")
	case path == "", path[0] == '.', path[len(path)-1] == '.', strings.Contains(path, ".."):
		return errEmptyKey
	}
	return nil
}

// child returns the child of a node with that key, a new one if need be.
func (p *Paths) child(of int32, key []byte) int32 {
	n := &p.nodes[of]
	for _, c := range n.children {
		if bytes.Equal(p.nodes[c].key, key) {
			return c
		}
	}
	bit := uint64(1) << len(n.children)
	made := int32(len(p.nodes))
	n.children = append(n.children, made)
	n.all |= bit
	n.byLength[min(len(key), len(n.byLength)-1)] |= bit
	p.nodes = append(p.nodes, node{key: key})
	return made
}

// find returns which of the children in the set has that key, as its bit and its
// number; 0 for none.
func (p *Paths) find(n *node, set uint64, key []byte) (bit uint64, child int32) {
	for set &= n.byLength[min(len(key), len(n.byLength)-1)]; set != 0; set &= set - 1 {
		if c := n.children[bits.TrailingZeros64(set)]; string(p.nodes[c].key) == string(key) {
			return set & -set, c
		}
	}
	return 0, 0
}

// Count is how many paths there are.
func (p *Paths) Count() int { return p.count }

// Size is the length of a table in bytes.
func (p *Paths) Size() int { return p.count * abi.FieldSize }
