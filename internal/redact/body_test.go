package redact

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestBody(t *testing.T) {
	keys := []string{"content", "author", "token"}
	for _, test := range []struct{ name, in, want string }{
		{"a message", `{"id":"1","content":"hi \"you\"\u00e4","tts":false}`, `{"id":"1","content":"xxxxxxxxx","tts":false}`},
		{"ids stay", `{"author":{"id":"81384788765712384","username":"ann","bot":true,"n":5,"role_ids":["1","x"]}}`,
			`{"author":{"id":"81384788765712384","username":"xxx","bot":false,"n":0,"role_ids":["1","x"]}}`},
		{"an id that is none", `{"author":{"id":"ann","nick":null}}`, `{"author":{"id":"xxx","nick":null}}`},
		{"a list", ` { "content" : [ "ab" , { "c" : -1.5e3 } ] } `, ` { "content" : [ "xx" , { "c" : 0 } ] } `},
		{"deeper", `{"d":[{"content":""}],"content2":"y"}`, `{"d":[{"content":""}],"content2":"y"}`},
		{"an escaped key", `{"\u0063ontent":"ab"}`, `{"\u0063ontent":"xx"}`},
		{"a scalar", `"content"`, `"content"`},
		{"a list of none", `[]`, `[]`},
		{"no JSON", `{"content":"cut o`, `{"content":"[redacted]"`},
		{"nothing", ``, ``},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Body([]byte(test.in), keys); string(got) != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func FuzzBody(f *testing.F) {
	f.Add([]byte(`{"content":"x","a":[1,{"content":[true,null]}]}`))
	f.Add([]byte(`{"content":{"id":"5","\u0061":"ä"}} `))
	f.Fuzz(func(t *testing.T, doc []byte) {
		masked := Body(doc, []string{"content"})
		if !json.Valid(doc) {
			return
		}
		if !json.Valid(masked) {
			t.Fatalf("%s becomes %s", doc, masked)
		}
		if again := Body(masked, []string{"content"}); !bytes.Equal(again, masked) {
			t.Fatalf("masked twice, %s becomes %s", masked, again)
		}
		if same := Body(doc, []string{"no such key"}); !bytes.Equal(same, doc) && bytes.IndexByte(doc, 'n') < 0 {
			t.Fatalf("without a key %s becomes %s", doc, same)
		}
	})
}
