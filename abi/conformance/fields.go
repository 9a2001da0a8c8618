package conformance

import (
	"encoding/binary"
	"encoding/json"
	"strings"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance/guest"
)

// Fields asks for fields of one event, and logs the value of each, in order, of
// every frame that has a table, "no table" of every other. It traps where the
// body begins with a space, unless the frame is redelivered.
func Fields(event string, paths ...string) []byte {
	manifest, err := json.Marshal(map[string]any{"fields": map[string][]string{event: paths}})
	if err != nil {
		panic(err) // strings make no error
	}
	b := guest.New()
	log := b.Import("log")
	b.Custom(abi.ManifestSection, manifest)
	flags := guest.Seq(guest.Get(guest.FramePtr), guest.Op(0x2f, 0, 6)) // i32.load16_u
	has := func(flag abi.Flags) guest.Code {
		return guest.Seq(flags, guest.I32(int32(flag)), guest.I32And, guest.I32(int32(flag)), guest.I32Eq)
	}
	say := guest.Code{}
	for i := range paths {
		entry := guest.Seq(guest.Get(guest.FramePtr), guest.Get(guest.FramePtr), guest.Load32(0), guest.I32Add,
			guest.I32(int32(abi.FieldSize*(len(paths)-i))), guest.I32Sub)
		say = guest.Seq(say, guest.I32(abi.LogInfo), guest.FrameBodyPtr, entry, guest.Load32(0), guest.I32Add, entry, guest.Load32(4), guest.Call(log), guest.Drop)
	}
	b.Plugin(guest.Plugin{Frame: guest.Seq(
		guest.FrameBodyPtr, guest.Load8(0), guest.I32(' '), guest.I32Eq,
		guest.If(guest.Empty, has(abi.FlagRedelivered), guest.If(guest.Empty, guest.Else, guest.Unreachable)),
		has(abi.FlagFields),
		guest.If(guest.Empty, say, guest.Else, guest.I32(abi.LogInfo), b.Data("no table").Both(), guest.Call(log), guest.Drop),
	)})
	return b.Module()
}

// FieldCase is the body of an event, what a guest's manifest asks for, and what
// the table of the frame must say.
type FieldCase struct {
	Name  string
	Rule  string // the rule of docs/abi.md that it is about
	Body  string
	Paths []string
	Want  []string // the values as they stand in the body, each for the first time; "": the entry (0, 0)
}

// Table is what follows the body in the frame.
func (c *FieldCase) Table() []byte {
	var table []byte
	for _, value := range c.Want {
		at := 0
		if value != "" {
			at = strings.Index(c.Body, value)
		}
		table = binary.LittleEndian.AppendUint32(table, uint32(at))
		table = binary.LittleEndian.AppendUint32(table, uint32(len(value)))
	}
	return table
}

// FieldCases are what a host's tables must be like.
func FieldCases() []FieldCase {
	deep := strings.Repeat("a.", abi.MaxFieldDepth-1) + "a"
	nested := strings.Repeat(`{"a":`, abi.MaxFieldDepth) + `"end"` + strings.Repeat("}", abi.MaxFieldDepth)
	brackets := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	return []FieldCase{
		{
			Name: "the example", Rule: "the table has an entry for each path, in the order of the manifest",
			Body:  `{"content":"!ping","author":{"id":"42","bot":null},"guild_id":"7"}`,
			Paths: []string{"author.id", "content", "author.bot", "author.clan"},
			Want:  []string{`"42"`, `"!ping"`, "null", ""},
		},
		{
			Name: "every kind of value", Rule: "a value stands in the table as it stands in the body",
			Body:  `{"o":{"x":1},"a":[1,{"b":2}],"n":-1.5e3,"t":true,"f":false,"s":"q\"\\","e":""}`,
			Paths: []string{"o", "a", "n", "t", "f", "s", "e"},
			Want:  []string{`{"x":1}`, `[1,{"b":2}]`, "-1.5e3", "true", "false", `"q\"\\"`, `""`},
		},
		{
			Name: "white space", Rule: "a value has no white space around it",
			Body:  " {\n\t\"a\" : { \"b\" : 17 } ,\r\n \"c\" : null } ",
			Paths: []string{"a.b", "c", "a"},
			Want:  []string{"17", "null", `{ "b" : 17 }`},
		},
		{
			Name: "a key that stands twice", Rule: "of a key that stands twice in an object the first counts",
			Body:  `{"a":{"x":1},"b":3,"a":{"y":2},"b":4}`,
			Paths: []string{"b", "a.x", "a.y"},
			Want:  []string{"3", "1", ""},
		},
		{
			Name: "escapes in keys", Rule: "a key is compared with its escapes resolved",
			Body:  `{"\u0061\u00e9":true,"\"":false,"\ud83d\ude00":null,"\\":{}}`,
			Paths: []string{"aé", `"`, "😀", `\`},
			Want:  []string{"true", "false", "null", "{}"},
		},
		{
			Name: "a path and one below it", Rule: "the table has an entry for each path, in the order of the manifest",
			Body:  `{"member":{"user":{"id":"5"}}}`,
			Paths: []string{"member.user.id", "member", "member.user.id", "member.user"},
			Want:  []string{`"5"`, `{"user":{"id":"5"}}`, `"5"`, `{"id":"5"}`},
		},
		{
			Name: "through what is no object", Rule: "a path leads through objects only",
			Body:  `{"a":[{"b":1}],"c":"{\"b\":1}","d":null,"e":7}`,
			Paths: []string{"a.b", "c.b", "d.b", "e.b", "a.0"},
			Want:  []string{"", "", "", "", ""},
		},
		{
			Name: "quotes and brackets in strings", Rule: "a value stands in the table as it stands in the body",
			Body:  `{"x":{"}":"]","y":["\\",{"z":"xxxxxxxxxxxxxxxx\\\"}"}]},"a":"}\\\\","b":9}`,
			Paths: []string{"b", "a"},
			Want:  []string{"9", `"}\\\\"`},
		},
		{
			Name: "as deep as a path may go", Rule: "a path has at most 8 keys",
			Body: nested, Paths: []string{deep}, Want: []string{`"end"`},
		},
		{
			Name: "deep beside a path", Rule: "what no path leads through may be as deep as it likes",
			Body: `{"x":` + brackets + `,"a":1}`, Paths: []string{"a"}, Want: []string{"1"},
		},
		{
			Name: "no object", Rule: "a body that is no object has no fields",
			Body: `["a"]`, Paths: []string{"a"}, Want: []string{""},
		},
		{
			Name: "cut short", Rule: "what stands behind something that is not JSON is not there",
			Body: `{"a":1,"b":"tw`, Paths: []string{"a", "b", "c"}, Want: []string{"1", "", ""},
		},
		{
			Name: "not JSON on the way", Rule: "what stands behind something that is not JSON is not there",
			Body: `{"a":1,,"b":2}`, Paths: []string{"a", "b"}, Want: []string{"1", ""},
		},
		{
			Name: "empty", Rule: "a body that is no object has no fields",
			Body: "", Paths: []string{"a"}, Want: []string{""},
		},
	}
}
