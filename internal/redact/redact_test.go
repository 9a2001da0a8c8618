package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
)

func TestText(t *testing.T) {
	keys := []string{"content", "email"}
	for _, test := range []struct{ name, in, want string }{
		{"no JSON", "content of the message", "content of the message"},
		{"a string", `{"id":"1","content":"hi \"you\" }","tts":false}`, `{"id":"1","content":"[redacted]","tts":false}`},
		{"spaces", `{ "content" : "hi" , "id":1}`, `{ "content" : "[redacted]" , "id":1}`},
		{"a number", `{"content":12.5,"id":1}`, `{"content":"[redacted]","id":1}`},
		{"null at the end", `{"content":null}`, `{"content":"[redacted]"}`},
		{"an object", `{"content":{"a":["x",{"b":"}"}]},"id":1}`, `{"content":"[redacted]","id":1}`},
		{"a list", `{"content":["x","y"],"id":1}`, `{"content":"[redacted]","id":1}`},
		{"nested", `{"a":[{"content":"x"},{"email":"y"}]}`, `{"a":[{"content":"[redacted]"},{"email":"[redacted]"}]}`},
		{"inside of text", `got {"content":"x"} from 5`, `got {"content":"[redacted]"} from 5`},
		{"cut off in the value", `{"content":"hello wor`, `{"content":"[redacted]"`},
		{"cut off before it", `{"content":`, `{"content":"[redacted]"`},
		{"cut off in an object", `{"content":{"a":"b`, `{"content":"[redacted]"`},
		{"a value of that name", `{"key":"content","x":"y"}`, `{"key":"content","x":"y"}`},
		{"another key", `{"contents":"x"}`, `{"contents":"x"}`},
		{"empty", ``, ``},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Text(test.in, keys); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// stringer prints a body.
type stringer struct{}

func (stringer) String() string { return `{"content":"private"}` }

func TestLogger(t *testing.T) {
	body := `{"content":"private","id":"1"}`
	for _, asJSON := range []bool{false, true} {
		var b bytes.Buffer
		inner := hclog.New(&hclog.LoggerOptions{Output: &b, JSONFormat: asJSON, Level: hclog.Trace})
		l := Logger(inner, []string{"content"})
		for _, log := range []func(string, ...any){l.Trace, l.Debug, l.Info, l.Warn, l.Error, l.Named("x").Info, l.ResetNamed("x").Info, l.With("body", body).Info} {
			log("event "+body, "content", "private", "raw", json.RawMessage(body), "bytes", []byte(body), "error", errors.New(body), "text", body, "stringer", stringer{})
		}
		l.Log(hclog.Info, "content", "content", "private")
		l.StandardLogger(&hclog.StandardLoggerOptions{}).Print(body)
		if out := b.String(); strings.Contains(out, "private") {
			t.Errorf("the value is in the log:\n%s", out)
		} else if n := strings.Count(out, "\n"); n < 10 {
			t.Errorf("%d lines", n)
		}
	}
	if inner := hclog.NewNullLogger(); Logger(inner, nil) != inner {
		t.Error("a logger without keys is not the logger itself")
	}
}

func FuzzText(f *testing.F) {
	f.Add(`{"content":"x","a":[1]}`, "y")
	f.Add(`"content": {`, `\"`)
	f.Fuzz(func(t *testing.T, s, secret string) {
		Text(s, []string{"content"})
		quoted, err := json.Marshal("private" + secret)
		if err != nil {
			t.Fatal(err)
		}
		doc := fmt.Sprintf(`{"a":1,"content":%s,"b":2}`, quoted)
		if got := Text(doc, []string{"content"}); got != `{"a":1,"content":"[redacted]","b":2}` {
			t.Errorf("got %s", got)
		}
	})
}
