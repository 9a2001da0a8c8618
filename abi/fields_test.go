package abi_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
)

// TestFieldsExample is the example of docs/abi.md.
func TestFieldsExample(t *testing.T) {
	c := conformance.FieldCases()[0]
	f := abi.Frame{Kind: abi.KindEvent, Name: []byte("MESSAGE_CREATE"), Body: []byte(c.Body), Fields: c.Table()}
	b := f.Append(nil)
	if want := []byte{34, 0, 0, 0, 4, 0, 0, 0, 11, 0, 0, 0, 7, 0, 0, 0, 45, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}; len(b) != 160 || !bytes.Equal(b[128:], want) {
		t.Fatalf("the frame has %d bytes, its table is %v", len(b), b[128:])
	}
	got, rest, err := abi.Parse(append(b, 1, 2, 3))
	if err != nil || got.Flags != abi.FlagFields || len(rest) != 3 || string(got.Body) != c.Body {
		t.Fatalf("%+v, %v, %v", got, rest, err)
	}
	for i, want := range c.Want {
		if v := got.Field(i); string(v) != want || (v == nil) != (want == "") {
			t.Errorf("field %d is %q, want %q", i, v, want)
		}
	}
	if got.Field(-1) != nil || got.Field(len(c.Want)) != nil {
		t.Error("there are more fields than the table has")
	}
	if again := got.Append(nil); !bytes.Equal(again, b) {
		t.Error("the frame changes when it is written again")
	}
	got.Fields = nil
	if plain := got.Append(nil); len(plain) != 128 || plain[6] != 0 {
		t.Errorf("without a table the frame has %d bytes and the flags %d", len(plain), plain[6])
	}
}

func TestBrokenTables(t *testing.T) {
	table := make([]byte, 2*abi.FieldSize)
	f := abi.Frame{Kind: abi.KindEvent, Body: []byte("{}"), Fields: table}
	binary.LittleEndian.PutUint32(table[4:], 3)       // longer than the body
	binary.LittleEndian.PutUint32(table[8:], 1<<32-1) // beyond any body
	binary.LittleEndian.PutUint32(table[12:], 1<<32-1)
	if f.Field(0) != nil || f.Field(1) != nil {
		t.Error("a field lies outside of the body")
	}
	whole := f.Append(nil)
	for name, c := range map[string]struct {
		change func(b []byte) []byte
		want   error
	}{
		"a table without its flag": {func(b []byte) []byte { b[6] = 0; return b }, abi.ErrBadFrame},
		"half an entry":            {func(b []byte) []byte { b[0] -= 4; return b }, abi.ErrBadFrame},
		"cut short":                {func(b []byte) []byte { return b[:len(b)-1] }, abi.ErrShortFrame},
		"shorter than its body":    {func(b []byte) []byte { b[0] = 48; return b }, abi.ErrBadFrame},
		"a flag and no table":      {func(b []byte) []byte { b[0] = 56; return b[:56] }, nil},
	} {
		if _, _, err := abi.Parse(c.change(bytes.Clone(whole))); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
