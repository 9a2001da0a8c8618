package binary_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/host/wasm/binary"
	"github.com/shardhost/shardhost/host/wasm/internal/corpus"
)

func TestUnsigned(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes []byte
		want  uint32
		fails string
	}{
		{"zero", []byte{0}, 0, ""},
		{"one byte", []byte{0x7f}, 127, ""},
		{"two bytes", []byte{0x80, 1}, 128, ""},
		{"the most", []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, math.MaxUint32, ""},
		{"padded", []byte{0x81, 0x80, 0}, 1, ""},
		{"too large", []byte{0xff, 0xff, 0xff, 0xff, 0x1f}, 0, "longer than 32 bits"},
		{"too long", []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0}, 0, "longer than 32 bits"},
		{"cut", []byte{0x80}, 0, "truncated at byte 1"},
		{"empty", nil, 0, "truncated at byte 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := binary.NewReader(c.bytes, 0)
			got := r.U32()
			check(t, r.Err(), c.fails)
			if c.fails == "" && (got != c.want || r.More()) {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestSigned(t *testing.T) {
	for _, c := range []struct {
		name  string
		bits  int
		bytes []byte
		want  int64
		fails string
	}{
		{"zero", 32, []byte{0}, 0, ""},
		{"minus one", 32, []byte{0x7f}, -1, ""},
		{"64", 32, []byte{0xc0, 0}, 64, ""},
		{"the least i32", 32, []byte{0x80, 0x80, 0x80, 0x80, 0x78}, math.MinInt32, ""},
		{"the most i32", 32, []byte{0xff, 0xff, 0xff, 0xff, 0x07}, math.MaxInt32, ""},
		{"the least i64", 64, []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}, math.MinInt64, ""},
		{"the most i64", 64, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0}, math.MaxInt64, ""},
		{"33 bits", 33, []byte{0x80, 0x80, 0x80, 0x80, 0x10}, 1 << 32 >> 0, "longer"},
		{"33 bits, the most", 33, []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, math.MaxUint32, ""},
		{"unused bits differ from the sign", 32, []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, 0, "longer than 32 bits"},
		{"too long", 32, []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0}, 0, "longer than 32 bits"},
		{"cut", 64, []byte{0x80, 0x80}, 0, "truncated at byte 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := binary.NewReader(c.bytes, 0)
			got := r.Signed(c.bits)
			check(t, r.Err(), c.fails)
			if c.fails != "" {
				return
			}
			if got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
			if again := binary.NewReader(binary.AppendSigned(nil, got), 0).Signed(c.bits); again != got {
				t.Errorf("%d became %d", got, again)
			}
		})
	}
}

func check(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("got error %v, want %q", err, want)
	}
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	const head = "\x00asm\x01\x00\x00\x00"
	for _, c := range []struct {
		name, bytes, want string
		is                error
	}{
		{"nothing", "", "truncated at byte 0", binary.ErrTruncated},
		{"half a header", "\x00asm\x01", "truncated at byte 5", binary.ErrTruncated},
		{"text", "hello world", "not a WebAssembly module", binary.ErrNotModule},
		{"a component", "\x00asm\x0d\x00\x01\x00", "component", binary.ErrComponent},
		{"version 2", "\x00asm\x02\x00\x00\x00", "version", binary.ErrNotModule},
		{"empty module", head, "", nil},
		{"section beyond the end", head + "\x01\x7f\x01", "truncated at byte 11", binary.ErrTruncated},
		{"a vector of four billion", head + "\x03\x05\xff\xff\xff\xff\x0f", "does not fit", nil},
		{"four billion locals are not allocated", head + "\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x0a\x0a\x01\x08\x01\xff\xff\xff\xff\x0f\x7f\x0b", "", nil},
		{"unknown section", head + "\x20\x00", "no section number 32", nil},
		{"sections out of order", head + "\x03\x01\x00\x01\x01\x00", "out of order", nil},
		{"section twice", head + "\x01\x01\x00\x01\x01\x00", "out of order or doubled", nil},
		{"bytes left over", head + "\x01\x02\x00\x00", "1 bytes too many", nil},
		{"code without function", head + "\x0a\x04\x01\x02\x00\x0b", "0 functions are declared", nil},
		{"function of no type", head + "\x03\x02\x01\x05\x0a\x04\x01\x02\x00\x0b", "type 5 of only 0", nil},
		{"a name that is no UTF-8", head + "\x00\x02\x01\xff", "UTF-8", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := binary.Decode([]byte(c.bytes))
			check(t, err, c.want)
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v is not %v", err, c.is)
			}
		})
	}
}

// encode writes a module from its decoded sections where it has them, and from
// their bytes where not.
func encode(m *binary.Module) []byte {
	out := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range m.Sections {
		data := s.Data
		switch s.ID {
		case binary.SectionCustom:
			data = append(binary.AppendName(nil, s.Name), data...)
		case binary.SectionType:
			if m.RecGroups {
				break
			}
			data = binary.AppendU32(nil, uint32(len(m.Types)))
			for _, t := range m.Types {
				data = t.Append(data)
			}
		case binary.SectionTable:
			data = binary.AppendU32(nil, uint32(len(m.Tables)))
			for _, t := range m.Tables {
				data = t.Append(data)
			}
		case binary.SectionGlobal:
			data = binary.AppendU32(nil, uint32(len(m.Globals)))
			for _, g := range m.Globals {
				data = g.Append(data)
			}
		case binary.SectionExport:
			data = binary.AppendU32(nil, uint32(len(m.Exports)))
			for _, x := range m.Exports {
				data = binary.AppendU32(append(binary.AppendName(data, x.Name), byte(x.Kind)), x.Index)
			}
		case binary.SectionElement:
			r := binary.NewReader(s.Data, 0)
			n := r.Count(1)
			data = binary.AppendU32(nil, uint32(n))
			for ; n > 0; n-- {
				data = r.Element().Append(data)
			}
		case binary.SectionCode:
			data = binary.AppendU32(nil, uint32(len(m.Code)))
			for _, c := range m.Code {
				data = append(binary.AppendU32(data, uint32(len(c.Data))), c.Data...)
			}
		}
		out = append(binary.AppendU32(append(out, s.ID), uint32(len(data))), data...)
	}
	return out
}

// TestDecodeEncode reads every module that travels with wazero and writes it
// again. Numbers may be written in more bytes than they need, so those that do
// not come back byte for byte must come back so from their second form.
func TestDecodeEncode(t *testing.T) {
	same, normalized, refused := 0, 0, 0
	for _, file := range corpus.Wazero(t) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := binary.Decode(b)
		if err != nil {
			refused++
			continue
		}
		once := encode(m)
		if bytes.Equal(once, b) {
			same++
			continue
		}
		normalized++
		again, err := binary.Decode(once)
		if err != nil {
			t.Errorf("%s: what was written cannot be read: %v", filepath.Base(file), err)
		} else if !bytes.Equal(encode(again), once) {
			t.Errorf("%s: writing it twice gives two results", filepath.Base(file))
		}
	}
	t.Logf("%d came back as they were, %d in normal form, %d refused", same, normalized, refused)
	if same < 20*normalized || same < 3000 {
		t.Errorf("only %d came back as they were, %d in normal form", same, normalized)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(conformance.Echo())
	f.Add(conformance.Counter("k"))
	for i, file := range corpus.Wazero(f) {
		if b, err := os.ReadFile(file); err == nil && i%50 == 0 && len(b) < 4096 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := binary.Decode(b)
		if err != nil {
			return
		}
		once := encode(m)
		again, err := binary.Decode(once)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if !bytes.Equal(encode(again), once) {
			t.Fatal("writing it twice gives two results")
		}
		var in binary.Instruction
		for _, c := range m.Code {
			r := binary.NewReader(c.Data, c.Offset)
			r.Locals()
			for r.More() {
				before := r.Pos()
				r.Next(&in)
				if r.Err() == nil && r.Pos() == before {
					t.Fatal("an instruction of no bytes")
				}
			}
		}
	})
}
