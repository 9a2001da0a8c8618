package index_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/abi/index"
)

// values are what the table says of a body, by path; nil where it says nothing.
func values(t testing.TB, body []byte, paths ...string) []json.RawMessage {
	t.Helper()
	p, err := index.Compile(paths)
	if err != nil {
		t.Fatal(err)
	}
	f := abi.Frame{Body: body, Fields: p.Append(nil, body)}
	if len(f.Fields) != p.Size() || p.Size() != abi.FieldSize*len(paths) {
		t.Fatalf("the table has %d bytes, Size is %d, for %d paths", len(f.Fields), p.Size(), len(paths))
	}
	all := make([]json.RawMessage, len(paths))
	for i := range paths {
		all[i] = f.Field(i)
	}
	return all
}

func TestTables(t *testing.T) {
	for _, c := range conformance.FieldCases() {
		t.Run(c.Name, func(t *testing.T) {
			p, err := index.Compile(c.Paths)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Append(nil, []byte(c.Body)); !bytes.Equal(got, c.Table()) {
				t.Errorf("the table of %s for %q is\n%v, want\n%v", c.Body, c.Paths, got, c.Table())
			}
		})
	}
}

func TestRefusedPaths(t *testing.T) {
	for name, paths := range map[string][]string{
		"too many":         slices.Repeat([]string{"a"}, abi.MaxFields+1),
		"too long":         {strings.Repeat("a", abi.MaxFieldPath+1)},
		"too deep":         {strings.Repeat("a.", abi.MaxFieldDepth) + "a"},
		"empty":            {""},
		"dot at the end":   {"a."},
		"dot at the start": {".a"},
		"two dots":         {"a..b"},
	} {
		if _, err := index.Compile(paths); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	deep := strings.Repeat("a.", abi.MaxFieldDepth-1) + "a"
	long := strings.Repeat("b", abi.MaxFieldPath)
	if _, err := index.Compile(slices.Repeat([]string{deep, long}, abi.MaxFields/2)); err != nil {
		t.Errorf("at the limits: %v", err)
	}
}

// FuzzTable compares with encoding/json: of text that is JSON each path's value
// is that which decoding gives, first key first; of any other the entries lie
// within the body.
func FuzzTable(f *testing.F) {
	sample, err := os.ReadFile("../../host/wasm/testdata/corpus/message_create.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample, "author.id\ncontent\nguild_id\nmember.nick\nmember.roles.x\nauthor")
	for _, c := range conformance.FieldCases() {
		f.Add([]byte(c.Body), strings.Join(c.Paths, "\n"))
	}
	f.Fuzz(func(t *testing.T, body []byte, list string) {
		paths := strings.Split(list, "\n")
		if _, err := index.Compile(paths); err != nil {
			return
		}
		got := values(t, body, paths...)
		if !json.Valid(body) {
			return
		}
		for i, path := range paths {
			if want := lookup(body, strings.Split(path, ".")); !bytes.Equal(got[i], want) {
				t.Errorf("%q of %s is %q, want %q", path, body, got[i], want)
			}
		}
	})
}

// lookup goes down a path with encoding/json alone.
func lookup(value json.RawMessage, keys []string) json.RawMessage {
	for _, want := range keys {
		d := json.NewDecoder(bytes.NewReader(value))
		if open, err := d.Token(); err != nil || open != json.Delim('{') {
			return nil
		}
		value = nil
		for value == nil && d.More() {
			key, err := d.Token()
			if err != nil {
				return nil
			}
			var v json.RawMessage
			if d.Decode(&v) != nil {
				return nil
			}
			if key == want {
				value = v
			}
		}
	}
	return value
}

func TestTableAllocatesNothing(t *testing.T) {
	p, body := messagePaths(t)
	room := make([]byte, 0, p.Size())
	if n := testing.AllocsPerRun(100, func() { p.Append(room, body) }); n != 0 {
		t.Errorf("%v allocations for a table", n)
	}
}

// messagePaths are those of the Go SDK's Message, and a message of 1.2 KB.
func messagePaths(t testing.TB) (*index.Paths, []byte) {
	body, err := os.ReadFile("../../host/wasm/testdata/corpus/message_create.json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := index.Compile([]string{"id", "channel_id", "guild_id", "content", "author.id", "author.username", "author.global_name", "author.bot"})
	if err != nil {
		t.Fatal(err)
	}
	return p, body
}

// BenchmarkTable is what an indexed event costs the host.
func BenchmarkTable(b *testing.B) {
	p, body := messagePaths(b)
	var room []byte
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		room = p.Append(room[:0], body)
	}
}
