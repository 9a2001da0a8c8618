package sdk_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"testing"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

func TestJSONReads(t *testing.T) {
	doc := sdk.JSON(` { "id" : "81384788765712384", "n": -12, "f": 2.5e3, "ok": true, "no": null,
		"text": "a\"b\\\/\n\u00e9\ud83d\ude00\ud83d", "k\u0065y": 1, "": 2,
		"list": [ 1, "two", [3], {"four": 4} ], "empty": {}, "none": [],
		"deep": {"er": {"est": "here", "}": "]"}} } `)
	for _, test := range []struct {
		name string
		got  any
		want any
	}{
		{"id", doc.Get("id").ID(), sdk.ID(81384788765712384)},
		{"id as a number in a string", doc.Get("id").Int(), int64(81384788765712384)},
		{"negative number", doc.Get("n").Int(), int64(-12)},
		{"float", doc.Get("f").Float(), 2500.0},
		{"float as int", doc.Get("f").Int(), int64(0)},
		{"true", doc.Get("ok").Bool(), true},
		{"null is there", doc.Get("no").Exists(), true},
		{"null", doc.Get("no").IsNull(), true},
		{"null as text", doc.Get("no").String(), ""},
		{"null as id", doc.Get("no").ID(), sdk.ID(0)},
		{"escapes", doc.Get("text").String(), "a\"b\\/\né😀\ufffd"},
		{"escaped key", doc.Get("key").Int(), int64(1)},
		{"empty key", doc.Get("").Int(), int64(2)},
		{"nested", doc.Get("deep", "er", "est").String(), "here"},
		{"bracket as key", doc.Get("deep", "er", "}").String(), "]"},
		{"missing", doc.Get("deep", "nowhere", "est").Exists(), false},
		{"into a string", doc.Get("id", "x").Exists(), false},
		{"element", doc.Get("list").Index(1).String(), "two"},
		{"element in element", doc.Get("list").Index(3).Get("four").Int(), int64(4)},
		{"element too far", doc.Get("list").Index(4).Exists(), false},
		{"element before the first", doc.Get("list").Index(-1).Exists(), false},
		{"length of a list", doc.Get("list").Len(), 4},
		{"length of an object", doc.Get("deep", "er").Len(), 2},
		{"length of nothing in a list", doc.Get("none").Len(), 0},
		{"length of nothing in an object", doc.Get("empty").Len(), 0},
		{"object as text", doc.Get("empty").String(), "{}"},
		{"array as text", string(doc.Get("list").Index(2)), "[3]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.got != test.want {
				t.Errorf("got %#v, want %#v", test.got, test.want)
			}
		})
	}
}

func TestJSONCutShort(t *testing.T) {
	whole := `{"a": [1, {"b": "c\\\"d"}], "id": "17", "x": {"y": [true, null]}}`
	for n := range len(whole) {
		doc := sdk.JSON(whole[:n])
		_ = doc.Get("x", "y").Index(1).String()
		_ = doc.Get("a").Index(1).Get("b").String()
		_ = doc.Len()
		for range doc.Fields() {
		}
	}
}

func TestParseID(t *testing.T) {
	for text, want := range map[string]sdk.ID{
		"0": 0, "1": 1, "18446744073709551615": math.MaxUint64,
		"18446744073709551616": 0, "99999999999999999999": 0, "184467440737095516150": 0,
		"": 0, "-1": 0, "12a": 0, " 1": 0,
	} {
		if got := sdk.ParseID(text); got != want {
			t.Errorf("ParseID(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestJSONInsideStructs(t *testing.T) {
	var v struct {
		User sdk.ID   `json:"user"`
		Rest sdk.JSON `json:"rest"`
		None sdk.JSON `json:"none"`
	}
	if err := json.Unmarshal([]byte(`{"user":"7","rest":{"a":1}}`), &v); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(v)
	if want := `{"user":"7","rest":{"a":1},"none":null}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
}

func TestParseMessage(t *testing.T) {
	event, err := os.ReadFile("testdata/message_create.json")
	if err != nil {
		t.Fatal(err)
	}
	m := sdk.ParseMessage(sdk.JSON(event).Get("d"))
	want := sdk.Message{
		ID: 530540557355082137, ChannelID: 295284577899827526, GuildID: 244858025024032168, Content: "kxlf",
		Author: sdk.User{ID: 228180291252386391, Username: "Msgmll"}, Data: m.Data,
	}
	if !reflect.DeepEqual(*m, want) {
		t.Errorf("got %+v, want %+v", *m, want)
	}
	sample, err := os.ReadFile("testdata/message.json")
	if err != nil {
		t.Fatal(err)
	}
	if m := sdk.ParseMessage(sample); m.Content != "Supa Hot" || m.Author.Username != "Mason" || m.GuildID != 0 {
		t.Errorf("got %+v", *m)
	}
}

func TestAppendJSON(t *testing.T) {
	for _, test := range []struct {
		name string
		v    any
		want string
	}{
		{"nothing", nil, `null`},
		{"text", "a\"\\\n\t\r\x01é\xff\u2028😀", `"a\"\\\n\t\r\u0001é` + "\ufffd\u2028" + `😀"`},
		{"numbers", []any{1, int32(2), int64(-3), uint(4), uint32(5), uint64(6), 2.5, 1e300}, `[1,2,-3,4,5,6,2.5,1e+300]`},
		{"ids", []sdk.ID{1, 2}, `["1","2"]`},
		{"object in the order of its keys", sdk.Object{"b": true, "a": sdk.Object{}, "": []string{"x"}}, `{"":["x"],"a":{},"b":true}`},
		{"map of strings", map[string]string{"a": "b"}, `{"a":"b"}`},
		{"finished text", []any{sdk.JSON(`{"x":1}`), []byte(`[2]`), json.RawMessage(`3`), sdk.JSON(nil)}, `[{"x":1},[2],3,null]`},
		{"empty lists", []any{[]string(nil), []any{}, []sdk.Object{}, []int{}}, `[[],[],[],[]]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := sdk.AppendJSON(nil, test.v)
			if err != nil || string(got) != test.want {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
	for _, v := range []any{struct{}{}, sdk.Object{"x": make(chan int)}, []any{math.NaN()}, math.Inf(-1)} {
		if text, err := sdk.AppendJSON(nil, v); err == nil {
			t.Errorf("%#v was written as %s", v, text)
		}
	}
}

// FuzzJSON compares with encoding/json on text that is JSON, and demands an
// end without a panic on any other.
func FuzzJSON(f *testing.F) {
	for _, file := range []string{"testdata/message_create.json", "testdata/message.json", "testdata/interaction.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"a\u0062":["\ud83d\ude00\udc00\ud83dx","\\\"",1e5,-0,null],"":{"":true}}`))
	f.Add([]byte(`[[],{},"",[[[]]]]`))
	f.Add([]byte("{\"\":{\"\":{\"\xd1\":\"\"}}}"))
	f.Add([]byte(`{"a":{"b\"}":"]","c":[["\\"],{"d":"xxxxxxxxxxxxxx\\\"}"}]},"e":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		kept := bytes.Clone(text)
		if !json.Valid(text) {
			walk(text, 0)
		} else {
			decoder := json.NewDecoder(bytes.NewReader(text))
			decoder.UseNumber()
			var want any
			if err := decoder.Decode(&want); err != nil {
				return // valid, but deeper than encoding/json goes
			}
			compare(t, text, want)
		}
		if !bytes.Equal(text, kept) {
			t.Fatal("reading changed the text")
		}
	})
}

func walk(j sdk.JSON, depth int) {
	_, _, _, _, _ = j.String(), j.Int(), j.Float(), j.ID(), j.Len()
	if depth > 50 {
		return
	}
	for _, v := range j.Fields() {
		walk(v, depth+1)
	}
	for v := range j.Items() {
		walk(v, depth+1)
	}
}

func compare(t *testing.T, got sdk.JSON, want any) {
	t.Helper()
	switch want := want.(type) {
	case nil:
		if !got.IsNull() {
			t.Errorf("%s is not null", got)
		}
	case bool:
		if got.Bool() != want {
			t.Errorf("%s is not %v", got, want)
		}
	case string:
		if got.String() != want {
			t.Errorf("%s is %q, want %q", got, got.String(), want)
		}
	case json.Number:
		if n, err := want.Int64(); err == nil && got.Int() != n {
			t.Errorf("%s is %d, want %d", got, got.Int(), n)
		}
		if n, err := want.Float64(); err == nil && got.Float() != n {
			t.Errorf("%s is %g, want %g", got, got.Float(), n)
		}
	case []any:
		i := 0
		for item := range got.Items() {
			if i < len(want) {
				compare(t, item, want[i])
			}
			i++
		}
		if i != len(want) || got.Len() != i {
			t.Errorf("%s has %d items, Len %d, want %d", got, i, got.Len(), len(want))
		}
	case map[string]any:
		last := map[string]sdk.JSON{}
		for key, value := range got.Fields() {
			last[key] = value
			if first := got.Get(key); len(first) == 0 {
				t.Errorf("%s has no %q", got, key)
			}
		}
		if len(last) != len(want) {
			t.Errorf("%s has %d fields, want %d", got, len(last), len(want))
		}
		for key, value := range want {
			compare(t, last[key], value)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\"\\\n\xff\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		theirs, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back, want string
		text, err := sdk.AppendJSON(nil, s)
		if err != nil || json.Unmarshal(text, &back) != nil || json.Unmarshal(theirs, &want) != nil || back != want {
			t.Errorf("%q became %s, want %s", s, text, theirs)
		}
		if sdk.JSON(text).String() != back {
			t.Errorf("%s reads as %q, want %q", text, sdk.JSON(text).String(), back)
		}
	})
}

func BenchmarkParseMessage(b *testing.B) {
	event, err := os.ReadFile("testdata/message_create.json")
	if err != nil {
		b.Fatal(err)
	}
	data := sdk.JSON(event).Get("d")
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		sdk.ParseMessage(data)
	}
}
