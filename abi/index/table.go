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
		p.look(dst[at:], body, 0, 0)
	}
	return dst
}

// look finds the children of a node in an object, which begins at base in the
// body. It goes as deep as the tree, at most abi.MaxFieldDepth.
func (p *Paths) look(table, object []byte, base int, of int32) {
	n := &p.nodes[of]
	s := scan.Scanner{Text: object}
	// Of a key that stands twice the first counts: each child is found once.
	for left := n.all; left != 0 && s.NextField() && s.At() < len(object); {
		bit, child := p.match(n, left, s.Key)
		if bit == 0 {
			continue
		}
		left &^= bit
		at := base + s.At() - len(s.Value)
		found := &p.nodes[child]
		for _, slot := range found.slots {
			entry := table[slot*abi.FieldSize:]
			binary.LittleEndian.PutUint32(entry, uint32(at))
			binary.LittleEndian.PutUint32(entry[4:], uint32(len(s.Value)))
		}
		if found.all != 0 {
			p.look(table, s.Value, at, child)
		}
	}
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
