package index

import (
	"encoding/binary"
	"math"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/scan"
)

// Append adds the table of a body to dst: abi.FieldSize bytes for each path.
// What is not there, or stands behind what is not JSON, has the entry (0, 0). It
// allocates nothing where dst has room.
func (p *Paths) Append(dst, body []byte) []byte {
	at := len(dst)
	for range p.count {
		dst = binary.LittleEndian.AppendUint64(dst, 0)
	}
	if uint64(len(body)) <= math.MaxUint32 {
		if i := space(body, 0); i < len(body) && body[i] == '{' {
			p.look(dst[at:], body, i, 0)
		}
	}
	return dst
}

// look finds the children of a node in the object at i, and returns where that
// ends: -1 if it does not, or something in it is not JSON, and anything once all
// of the body is found. It goes as deep as the tree, at most abi.MaxFieldDepth.
func (p *Paths) look(table, body []byte, i int, of int32) int {
	n := &p.nodes[of]
	left := n.all // of a key that stands twice the first counts: each child is found once
	if i = space(body, i+1); i < len(body) && body[i] == '}' {
		return i + 1
	}
	for i < len(body) && body[i] == '"' {
		key := i + 1
		if i = scan.StringEnd(body, key); i == 0 {
			return -1
		}
		bit, child := p.match(n, left, body[key:i-1])
		if i = space(body, i); i >= len(body) || body[i] != ':' {
			return -1
		}
		value := space(body, i+1)
		if bit != 0 && p.nodes[child].all != 0 && value < len(body) && body[value] == '{' {
			i = p.look(table, body, value, child)
		} else {
			i = scan.ValueEnd(body, value)
		}
		if i <= value || i >= len(body) {
			return -1 // none, or cut short
		}
		if bit != 0 {
			left &^= bit
			p.nodes[child].put(table, value, i)
			if left == 0 {
				if of == 0 {
					return i
				}
				return scan.Close(body, i)
			}
		}
		switch i = space(body, i); {
		case i < len(body) && body[i] == ',':
			i = space(body, i+1)
		case i < len(body) && body[i] == '}':
			return i + 1
		default:
			return -1
		}
	}
	return -1
}

// put notes a node's value.
func (n *node) put(table []byte, from, to int) {
	for _, slot := range n.slots {
		entry := table[slot*abi.FieldSize:]
		binary.LittleEndian.PutUint32(entry, uint32(from))
		binary.LittleEndian.PutUint32(entry[4:], uint32(to-from))
	}
}

// space returns the index of what stands behind white space.
func space(text []byte, i int) int {
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	return i
}

// match is find for a key as it stands in the text, which may have escapes.
func (p *Paths) match(n *node, set uint64, key []byte) (bit uint64, child int32) {
	if bit, child = p.find(n, set, key); bit != 0 || scan.IsPlain(key) || len(key) > longestKey {
		return bit, child
	}
	var plain [abi.MaxFieldPath]byte
	return p.find(n, set, scan.AppendUnquoted(plain[:0], key))
}

// longestKey is as long as a key can be that is one of a path: each byte may be
// an escape of six.
const longestKey = 6 * abi.MaxFieldPath
