package scan_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/abi/scan"
)

func TestUint(t *testing.T) {
	for text, want := range map[string]uint64{
		"0": 0, "7": 7, "12345678": 12345678, "1372289413866590301": 1372289413866590301, "18446744073709551615": 1<<64 - 1, "00000000000000000001": 1,
	} {
		if got, ok := scan.Uint([]byte(text)); got != want || !ok {
			t.Errorf("%q is %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "-1", "18446744073709551616", "99999999999999999999", "000000000000000000001", "1234567a", "a2345678", "1234:678", "1234/678", "12345678:", "１"} {
		if got, ok := scan.Uint([]byte(text)); got != 0 || ok {
			t.Errorf("%q is %d, %v", text, got, ok)
		}
	}
}

func FuzzUint(f *testing.F) {
	f.Add("1372289413866590301")
	f.Add("18446744073709551616")
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := scan.Uint([]byte(text))
		want, err := strconv.ParseUint(text, 10, 64)
		if err != nil || len(text) > 20 {
			want = 0
		}
		if got != want || ok != (err == nil && len(text) <= 20) {
			t.Errorf("%q is %d, %v, want %d, %v", text, got, ok, want, err)
		}
	})
}

// FuzzUnquote compares with encoding/json on the insides of strings, and demands
// an end without a panic on anything else.
func FuzzUnquote(f *testing.F) {
	for _, text := range []string{
		"", "plain", `\"\\\/\b\f\n\r\t`, `\u00e9\ud83d\ude00\ud83d`, "é\xff\xc3", `\`, `\u12`, `\é`, "123456789012345678901234567890123\\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := scan.Unquote([]byte(text))
		if again := string(scan.AppendUnquoted([]byte("x"), []byte(text))); again != "x"+got {
			t.Errorf("%q is %q, appended %q", text, got, again)
		}
		if scan.IsPlain([]byte(text)) && got != text {
			t.Errorf("%q is plain, and became %q", text, got)
		}
		var want string
		if json.Unmarshal([]byte(`"`+text+`"`), &want) == nil && got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	})
}

// TestEnds cuts a value short everywhere: no end lies outside of the text.
func TestEnds(t *testing.T) {
	whole := `{"a":[1,{"b":"c\\\"d"},"éééééééééééééééé"],"e":{"f":"}]"},"g":-1.5e3,"h":null}`
	for n := range len(whole) {
		text := []byte(whole[:n])
		if end := scan.ValueEnd(text, 0); end != n {
			t.Errorf("%s ends at %d of %d", text, end, n)
		}
		s := scan.Scanner{Text: text}
		for s.NextField() {
			if at := strings.Index(whole, string(s.Value)); at < 0 {
				t.Errorf("%s is no part of it", s.Value)
			}
		}
		if end := scan.Close(text, min(1, n)); end != n {
			t.Errorf("%s closes at %d of %d", text, end, n)
		}
	}
	if end := scan.ValueEnd([]byte(whole+`,"x"`), 0); end != len(whole) {
		t.Errorf("the whole ends at %d, want %d", end, len(whole))
	}
	if end := scan.Close([]byte(whole+`,"x"`), 1); end != len(whole) {
		t.Errorf("the whole closes at %d, want %d", end, len(whole))
	}
}
