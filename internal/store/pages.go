package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// bbolt trusts its file: a page that points to itself makes it recurse until the
// process dies of it, a length that is too large reaches beyond the mapping.
// So an existing file is read through once before bbolt opens it, with plain
// reads and every bound checked. The layout is that of bbolt 1.x:
// https://github.com/etcd-io/bbolt/blob/main/internal/common/page.go

const (
	pageHeader    = 16
	elementSize   = 16 // of a branch and of a leaf alike
	bucketHeader  = 16
	boltMagic     = 0xED0CDAED
	boltVersion   = 2
	noFreelist    = ^uint64(0)
	maxTreeDepth  = 64
	metaChecksum  = 56 // bytes of a meta that its checksum covers
	bucketElement = 1
)

// Kinds of pages.
const (
	branchPage   = 0x01
	leafPage     = 0x02
	metaPage     = 0x04
	freelistPage = 0x10
)

// boltMeta is one of the two roots of a file.
type boltMeta struct {
	pageSize uint64
	root     uint64
	freelist uint64
	pages    uint64 // that the file has
	tx       uint64
}

// errNotBolt says that a file has no root.
var errNotBolt = errors.New("it has no valid root")

// verifyFile reads the whole of a file and says what is wrong with its
// structure, or with a record's checksum where check says so.
func verifyFile(path string, check func(bucket string, key, value []byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	v := &verifier{file: f, size: uint64(info.Size()), check: check}
	if v.meta, err = readMeta(f, v.size); err != nil {
		return err
	}
	if v.meta.pages*v.meta.pageSize > v.size {
		return fmt.Errorf("it is cut off: %d bytes of %d", v.size, v.meta.pages*v.meta.pageSize)
	}
	v.seen = make([]uint64, (v.meta.pages+63)/64)
	if err := v.freelist(); err != nil {
		return err
	}
	return v.tree("", v.meta.root, 0, nil)
}

// readMeta finds the root that bbolt would take: the valid one of the newer
// transaction.
func readMeta(f io.ReaderAt, size uint64) (best boltMeta, err error) {
	found := false
	for _, at := range []uint64{0, 512, 1 << 10, 2 << 10, 4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10} {
		m, ok := metaAt(f, at)
		// The second root stands at the second page.
		if ok && (at == 0 || at == m.pageSize) && (!found || m.tx > best.tx) {
			best, found = m, true
		}
	}
	switch {
	case !found:
		return best, errNotBolt
	case best.pages < 3 || best.pages > 1<<40 || best.root < 2 || best.root >= best.pages:
		return best, fmt.Errorf("its root names page %d of %d", best.root, best.pages)
	}
	return best, nil
}

func metaAt(f io.ReaderAt, at uint64) (m boltMeta, ok bool) {
	var b [pageHeader + metaChecksum + 8]byte
	if _, err := f.ReadAt(b[:], int64(at)); err != nil {
		return m, false
	}
	le, body := binary.LittleEndian, b[pageHeader:]
	sum := fnv.New64a()
	_, _ = sum.Write(body[:metaChecksum])
	if le.Uint32(body) != boltMagic || le.Uint32(body[4:]) != boltVersion || le.Uint64(body[metaChecksum:]) != sum.Sum64() {
		return m, false
	}
	m = boltMeta{
		pageSize: uint64(le.Uint32(body[8:])), root: le.Uint64(body[16:]), freelist: le.Uint64(body[32:]),
		pages: le.Uint64(body[40:]), tx: le.Uint64(body[48:]),
	}
	return m, m.pageSize >= 512 && m.pageSize <= 64<<10 && m.pageSize&(m.pageSize-1) == 0
}

type verifier struct {
	file  io.ReaderAt
	size  uint64
	meta  boltMeta
	seen  []uint64 // a bit for each page that is in use, or free
	pages [][]byte // memory for one page at each depth
	check func(bucket string, key, value []byte) error
}

// page is one page with those that it overflows into.
type page struct {
	id    uint64
	flags uint16
	count int
	data  []byte // with the header; until another page of the same depth is read
}

// read reads a page and takes note that it is used: each is, once.
func (v *verifier) read(id uint64, depth int) (p page, err error) {
	if id < 2 || id >= v.meta.pages {
		return p, fmt.Errorf("page %d is named, of %d", id, v.meta.pages)
	}
	for len(v.pages) <= depth {
		v.pages = append(v.pages, make([]byte, v.meta.pageSize))
	}
	data := v.pages[depth][:v.meta.pageSize]
	if _, err := v.file.ReadAt(data, int64(id*v.meta.pageSize)); err != nil {
		return p, err
	}
	le := binary.LittleEndian
	more := uint64(le.Uint32(data[12:]))
	if own := le.Uint64(data); own != id || more >= v.meta.pages-id {
		return p, fmt.Errorf("page %d says that it is page %d, with %d more", id, own, more)
	}
	for i := id; i <= id+more; i++ {
		if err := v.use(i); err != nil {
			return p, err
		}
	}
	if more > 0 {
		data = append(data, make([]byte, more*v.meta.pageSize)...)
		if _, err := v.file.ReadAt(data[v.meta.pageSize:], int64((id+1)*v.meta.pageSize)); err != nil {
			return p, err
		}
		v.pages[depth] = data
	}
	return page{id: id, flags: le.Uint16(data[8:]), count: int(le.Uint16(data[10:])), data: data}, nil
}

func (v *verifier) use(id uint64) error {
	if v.seen[id/64]&(1<<(id%64)) != 0 {
		return fmt.Errorf("page %d is used twice", id)
	}
	v.seen[id/64] |= 1 << (id % 64)
	return nil
}

// freelist reads the list of free pages.
func (v *verifier) freelist() error {
	if v.meta.freelist == noFreelist {
		return nil
	}
	p, err := v.read(v.meta.freelist, 0)
	if err != nil {
		return fmt.Errorf("list of free pages: %w", err)
	}
	le, ids := binary.LittleEndian, p.data[pageHeader:]
	count := uint64(p.count)
	if p.count == 0xFFFF {
		count, ids = le.Uint64(ids), ids[8:]
	}
	if p.flags != freelistPage || count > uint64(len(ids)/8) {
		return fmt.Errorf("page %d is no list of %d free pages", p.id, count)
	}
	for i := range count {
		id := le.Uint64(ids[8*i:])
		if id < 2 || id >= v.meta.pages {
			return fmt.Errorf("page %d of %d is said to be free", id, v.meta.pages)
		}
		if err := v.use(id); err != nil {
			return err
		}
	}
	return nil
}

// tree reads a page of a bucket's tree, and all below it. The keys of its
// elements are not less than least.
func (v *verifier) tree(bucket string, id uint64, depth int, least []byte) error {
	if depth > maxTreeDepth {
		return fmt.Errorf("bucket %q is more than %d pages deep", bucket, maxTreeDepth)
	}
	p, err := v.read(id, depth)
	if err != nil {
		return err
	}
	return v.elements(bucket, p, depth, least)
}

func (v *verifier) elements(bucket string, p page, depth int, least []byte) error {
	if p.flags != branchPage && p.flags != leafPage {
		return fmt.Errorf("page %d of bucket %q is of kind %d", p.id, bucket, p.flags)
	}
	if pageHeader+p.count*elementSize > len(p.data) || p.flags == branchPage && p.count == 0 {
		return fmt.Errorf("page %d has %d elements in %d bytes", p.id, p.count, len(p.data))
	}
	le := binary.LittleEndian
	for i := range p.count {
		at := pageHeader + i*elementSize
		e := p.data[at : at+elementSize]
		position, flags, keySize, valueSize := uint64(le.Uint32(e)), uint32(0), uint64(le.Uint32(e[4:])), uint64(0)
		if p.flags == leafPage {
			flags, position, keySize, valueSize = le.Uint32(e), uint64(le.Uint32(e[4:])), uint64(le.Uint32(e[8:])), uint64(le.Uint32(e[12:]))
		}
		start := uint64(at) + position
		if position < elementSize || start+keySize+valueSize > uint64(len(p.data)) {
			return fmt.Errorf("element %d of page %d reaches beyond it", i, p.id)
		}
		key, value := p.data[start:start+keySize], p.data[start+keySize:start+keySize+valueSize]
		if cmp := bytes.Compare(key, least); cmp < 0 || cmp == 0 && i > 0 {
			return fmt.Errorf("keys of page %d are out of order", p.id)
		}
		least = key
		var err error
		switch {
		case p.flags == branchPage:
			err = v.tree(bucket, le.Uint64(e[8:]), depth+1, key)
		case flags&bucketElement != 0:
			err = v.bucket(string(key), value, p.id, depth)
		default:
			err = v.check(bucket, key, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// bucket reads a bucket that stands inside of another: on pages of its own, or
// in the value itself when it is small.
func (v *verifier) bucket(name string, value []byte, at uint64, depth int) error {
	if len(value) < bucketHeader {
		return fmt.Errorf("bucket %q has no root", name)
	}
	le := binary.LittleEndian
	if root := le.Uint64(value); root != 0 {
		return v.tree(name, root, depth+1, nil)
	}
	inline := value[bucketHeader:]
	if len(inline) < pageHeader || depth > maxTreeDepth {
		return fmt.Errorf("bucket %q has no page", name)
	}
	p := page{id: at, flags: le.Uint16(inline[8:]), count: int(le.Uint16(inline[10:])), data: inline}
	if p.flags != leafPage {
		return fmt.Errorf("bucket %q is of kind %d", name, p.flags)
	}
	return v.elements(name, p, depth+1, nil)
}
