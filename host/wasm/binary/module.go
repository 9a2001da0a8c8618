package binary

import (
	"bytes"
	"errors"
	"fmt"
)

// Numbers of the sections.
const (
	SectionCustom byte = iota
	SectionType
	SectionImport
	SectionFunction
	SectionTable
	SectionMemory
	SectionGlobal
	SectionExport
	SectionStart
	SectionElement
	SectionCode
	SectionData
	SectionDataCount
	SectionTag
)

// Section is one section as it stands in the file.
type Section struct {
	ID     byte
	Offset int    // of Data in the input
	Data   []byte // aliases the input; without the name if it is a custom section
	Name   string // of a custom section
}

// Code is the body of one function: the declared locals and the expression.
type Code struct {
	Offset int    // of Data in the input
	Data   []byte // aliases the input; without the length in front
}

// Module is a decoded module.
type Module struct {
	Sections []Section
	Types    []FuncType
	Imports  []Import
	Funcs    []uint32 // types of the module's own functions
	Tables   []Table  // the module's own
	Memories []Limits // the module's own
	Tags     []uint32 // types of the module's own tags
	Globals  []Global // the module's own
	Exports  []Export
	Start    *uint32
	Code     []Code

	ImportedFuncs, ImportedTables, ImportedMemories, ImportedGlobals, ImportedTags int

	importedFuncTypes []uint32

	// RecGroups is set when types are in recursion groups, which keeps the
	// type section from being extended by appending.
	RecGroups bool
}

// Errors that tell what kind of file was given instead of a module.
var (
	ErrNotModule = errors.New("not a WebAssembly module")
	ErrComponent = errors.New("a WebAssembly component, not a core module")
)

var magic = []byte("\x00asm")

// Decode reads a module. It checks the structure of every section but the
// bodies of functions, which Walk reads, and the segments. Errors say at which
// byte.
func Decode(b []byte) (*Module, error) {
	if err := header(b); err != nil {
		return nil, err
	}
	m := &Module{}
	r := NewReader(b, 0)
	r.Bytes(8)
	last := 0
	for r.More() {
		id := r.Byte()
		size := r.U32()
		if r.err == nil && int64(size) > int64(r.Left()) {
			r.short()
		}
		s := Section{ID: id, Offset: r.Offset(), Data: r.Bytes(int(size))}
		if r.err != nil {
			return nil, r.err
		}
		if id == SectionCustom {
			c := NewReader(s.Data, s.Offset)
			s.Name = c.Name()
			if c.err != nil {
				return nil, fmt.Errorf("custom section: %w", c.err)
			}
			s.Data, s.Offset = s.Data[c.pos:], c.Offset()
		} else {
			rank, ok := sectionRank(id)
			if !ok {
				return nil, &Error{s.Offset, fmt.Errorf("there is no section number %d", id)}
			}
			if rank <= last {
				return nil, &Error{s.Offset, fmt.Errorf("section %s is out of order or doubled", SectionName(id))}
			}
			last = rank
			c := NewReader(s.Data, s.Offset)
			if id != SectionType { // types may refer to later ones of their group
				c.LimitTypes(len(m.Types))
			}
			m.section(c, id)
			if c.err == nil && c.More() {
				c.Fail("%d bytes too many", c.Left())
			}
			if c.err != nil {
				return nil, fmt.Errorf("section %s: %w", SectionName(id), c.err)
			}
		}
		m.Sections = append(m.Sections, s)
	}
	if r.err != nil {
		return nil, r.err
	}
	if len(m.Funcs) != len(m.Code) {
		return nil, fmt.Errorf("%d functions are declared, but there is code for %d", len(m.Funcs), len(m.Code))
	}
	return m, m.checkTypes()
}

func header(b []byte) error {
	switch {
	case len(b) >= 8 && bytes.Equal(b[:4], magic):
		if v := b[4:8]; bytes.Equal(v, []byte{1, 0, 0, 0}) {
			return nil
		} else if v[2] == 1 && v[3] == 0 {
			return ErrComponent
		}
		return fmt.Errorf("%w of version 1: its version field is %x", ErrNotModule, b[4:8])
	case len(b) < 8 && (bytes.HasPrefix(b, magic) || bytes.HasPrefix(magic, b)):
		return &Error{len(b), ErrTruncated}
	}
	return ErrNotModule
}

// checkTypes checks the type indices that later code relies on.
func (m *Module) checkTypes() error {
	for _, t := range m.Funcs {
		if int(t) >= len(m.Types) {
			return fmt.Errorf("a function has type %d of only %d", t, len(m.Types))
		}
	}
	for _, i := range m.Imports {
		if (i.Kind == KindFunc || i.Kind == KindTag) && int(i.Type) >= len(m.Types) {
			return fmt.Errorf("import %s.%s has type %d of only %d", clip(i.Module), clip(i.Name), i.Type, len(m.Types))
		}
	}
	return nil
}

func clip(s string) string {
	if len(s) > 64 {
		return s[:64] + "…"
	}
	return s
}

// TypeIndex is the index of the type of a function, imports first.
func (m *Module) TypeIndex(function uint32) (uint32, bool) {
	if i := int64(function); i < int64(m.ImportedFuncs) {
		return m.importedFuncTypes[i], true
	} else if i -= int64(m.ImportedFuncs); i < int64(len(m.Funcs)) {
		return m.Funcs[i], true
	}
	return 0, false
}

// Custom returns the first custom section of that name, nil if there is none.
func (m *Module) Custom(name string) []byte {
	for _, s := range m.Sections {
		if s.ID == SectionCustom && s.Name == name {
			return s.Data
		}
	}
	return nil
}

// sectionRank is the place of a section in the prescribed order.
func sectionRank(id byte) (int, bool) {
	switch {
	case id == SectionTag:
		return 2*int(SectionMemory) + 1, true
	case id == SectionDataCount:
		return 2*int(SectionElement) + 1, true
	case id <= SectionData:
		return 2 * int(id), true
	}
	return 0, false
}

// SectionBefore says whether section a stands before section b. Custom sections
// may stand anywhere; here, everything stands before them.
func SectionBefore(a, b byte) bool {
	if b == SectionCustom {
		return true
	}
	x, _ := sectionRank(a)
	y, _ := sectionRank(b)
	return x < y
}

// SectionName is the name of a section in the specification.
func SectionName(id byte) string {
	names := [...]string{"custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count", "tag"}
	if int(id) < len(names) {
		return names[id]
	}
	return "unknown"
}
