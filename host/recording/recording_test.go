package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/discord"
)

func message(sequence uint64, body string) abi.Frame {
	return abi.Frame{
		Kind: abi.KindEvent, Tag: sequence, Guild: 81, Received: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC).UnixNano(), Shard: 2,
		Event: uint16(discord.EventMessageCreate), Name: []byte("MESSAGE_CREATE"), Body: []byte(body),
	}
}

// sample is a recording of two plugins with three frames.
func sample() []byte {
	first, second := message(1, `{"content":"a"}`), message(2, `{"content":"b"}`)
	timer := abi.Frame{Kind: abi.KindTimer, Tag: 7, Event: abi.UnknownEvent}
	b := (&Header{FormatVersion: 1, Host: "v1", Plugin: "ping", Redacted: []string{"content"}}).Append(nil)
	b = first.Append(b)
	b = (&Header{Plugin: "remind", Dropped: 3}).Append(b)
	b = timer.Append(b)
	b = (&Header{Plugin: "ping"}).Append(b)
	return second.Append(b)
}

func TestReader(t *testing.T) {
	r := NewReader(bytes.NewReader(sample()))
	for i, want := range []struct {
		plugin  string
		kind    abi.Kind
		dropped uint64
	}{{"ping", abi.KindEvent, 0}, {"remind", abi.KindTimer, 3}, {"ping", abi.KindEvent, 3}} {
		f, err := r.Next()
		if h := r.Header(); err != nil || f.Kind != want.kind || h.Plugin != want.plugin || h.Dropped != want.dropped || h.Host != "v1" {
			t.Errorf("frame %d: %+v of %+v, %v", i, f, h, err)
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestDamagedRecording(t *testing.T) {
	whole := sample()
	first := len((&Header{FormatVersion: 1, Host: "v1", Plugin: "ping", Redacted: []string{"content"}}).Append(nil))
	change := func(at int, b byte) []byte {
		c := bytes.Clone(whole)
		c[at] = b
		return c
	}
	for _, c := range []struct {
		name   string
		file   []byte
		offset int64
		frames int
		says   string
	}{
		{"cut off in a header", whole[:first+20], int64(first), 0, "20 bytes of a frame's header: it was cut off"},
		{"cut off in a body", whole[:len(whole)-8], int64(len(whole) - 80), 2, "it was cut off"},
		{"no recording", []byte(strings.Repeat("text of a person\n", 10)), 0, 0, "no frame begins here"},
		{"zeros", make([]byte, 100), 0, 0, "0 is not the size of one"},
		{"a size that lies", change(first, 64), int64(first), 0, "lengths contradict"},
		{"a huge size", change(first+3, 0x7f), int64(first), 0, "larger than any"},
		{"another kind", change(first+4, 9), int64(first), 0, "kind 9"},
		{"of a newer program", (&Header{FormatVersion: 2}).Append(nil), 0, 0, "newer one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewReader(bytes.NewReader(c.file))
			var err error
			for err == nil {
				_, err = r.Next()
			}
			var damage *DamageError
			if !errors.As(err, &damage) || damage.Offset != c.offset || damage.Frames != c.frames || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q at %d after %d frames", err, c.says, c.offset, c.frames)
			}
		})
	}
}

func TestLine(t *testing.T) {
	event := message(12, ` {"content": "a"}`)
	event.Flags = abi.FlagRedelivered | abi.FlagReplayed
	for _, c := range []struct {
		name  string
		frame abi.Frame
		line  string
	}{
		{"event", event, `{"kind":"event","event":"MESSAGE_CREATE","sequence":12,"guild":"81","shard":2,"received":"2026-05-04T03:02:01Z","flags":["redelivered","replayed"],"body":{"content":"a"}}`},
		{"completion", abi.Frame{Kind: abi.KindCompletion, Event: abi.UnknownEvent, Tag: 1 << 63, Status: -10, Name: []byte("ctx"), Body: []byte("no JSON")},
			`{"kind":"completion","tag":"9223372036854775808","status":-10,"shard":0,"name":"ctx","text":"no JSON"}`},
		{"timer", abi.Frame{Kind: abi.KindTimer, Event: abi.UnknownEvent, Tag: 7, Flags: abi.FlagEarlier}, `{"kind":"timer","tag":"7","shard":0,"flags":["earlier"]}`},
		{"message", abi.Frame{Kind: abi.KindMessage, Event: abi.UnknownEvent, Name: []byte("levels.up"), Body: []byte("[1]")}, `{"kind":"message","shard":0,"name":"levels.up","body":[1]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := json.Marshal(NewLine(&c.frame))
			if err != nil || string(doc) != c.line {
				t.Fatalf("got  %s, %v\nwant %s", doc, err, c.line)
			}
			l, err := ReadLine(doc)
			if err != nil {
				t.Fatal(err)
			}
			back, err := l.Frame()
			c.frame.Body = bytes.ReplaceAll(bytes.TrimSpace(c.frame.Body), []byte(`: `), []byte(":"))
			if err != nil || !bytes.Equal(back.Append(nil), c.frame.Append(nil)) {
				t.Errorf("it becomes %+v, %v", back, err)
			}
		})
	}
}

func TestLineOfAPerson(t *testing.T) {
	for _, c := range []struct {
		name, line string
		want       abi.Frame
		says       string // of the error
	}{
		{"the guild as a shard finds it", `{"event":"MESSAGE_CREATE","body":{"guild_id":"5"}}`, abi.Frame{Guild: 5}, ""},
		{"the guild itself", `{"event":"GUILD_CREATE","body":{"id":"6"}}`, abi.Frame{Guild: 6}, ""},
		{"an event of tomorrow", `{"event":"TEA_TIME","guild":7}`, abi.Frame{Guild: 7, Event: abi.UnknownEvent}, ""},
		{"no event", `{"kind":"event"}`, abi.Frame{}, `"event", such as`},
		{"no status", `{"kind":"completion","tag":1}`, abi.Frame{}, `"status"`},
		{"a misspelt key", `{"evnet":"X"}`, abi.Frame{}, `"evnet"`},
		{"a misspelt kind", `{"kind":"evnet"}`, abi.Frame{}, `"evnet"`},
		{"a misspelt flag", `{"event":"X","flags":["replay"]}`, abi.Frame{}, `"replay"`},
		{"a number that is none", `{"event":"X","guild":-1}`, abi.Frame{}, `-1 is not`},
		{"two bodies", `{"event":"X","text":"a","body":1}`, abi.Frame{}, `exclude`},
		{"two frames", `{"event":"X"} {}`, abi.Frame{}, `one line`},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := ReadLine([]byte(c.line))
			var f abi.Frame
			if err == nil {
				f, err = l.Frame()
			}
			switch {
			case c.says != "":
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v, want %q", err, c.says)
				}
			case err != nil || f.Guild != c.want.Guild || c.want.Event != 0 && f.Event != c.want.Event:
				t.Errorf("%+v, %v", f, err)
			}
		})
	}
}

func TestRedact(t *testing.T) {
	f := message(1, `{"content":"private","token":"secret","id":"5"}`)
	Redact(&f, []string{"content"})
	if got, want := string(f.Body), `{"content":"xxxxxxx","token":"xxxxxx","id":"5"}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	Redact(&f, nil)
	c := abi.Frame{Kind: abi.KindCompletion, Name: []byte(`{"content":"private"}`)}
	if Redact(&c, []string{"content"}); strings.Contains(string(c.Name), "private") {
		t.Errorf("the context is %s", c.Name)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(sample())
	f.Add(sample()[:100])
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r := NewReader(bytes.NewReader(file))
		var copied []byte
		for {
			frame, err := r.Next()
			if err != nil {
				var damage *DamageError
				if err != io.EOF && (!errors.As(err, &damage) || damage.Offset < 0 || damage.Offset > int64(len(file))) {
					t.Fatalf("ends with %v", err)
				}
				break
			}
			copied = frame.Append(copied)
			line := NewLine(&frame)
			doc, err := json.Marshal(line)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ReadLine(doc); err != nil {
				t.Fatalf("its own line %s: %v", doc, err)
			}
		}
		again := NewReader(bytes.NewReader(copied))
		n := 0
		for ; ; n++ {
			if _, err := again.Next(); err != nil {
				break
			}
		}
		if n != r.frames {
			t.Fatalf("%d frames, copied %d", r.frames, n)
		}
	})
}

func FuzzLine(f *testing.F) {
	f.Add([]byte(`{"event":"MESSAGE_CREATE","body":{"guild_id":"5"}}`))
	f.Add([]byte(`{"kind":"completion","tag":"1","status":200,"text":"x"}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		l, err := ReadLine(doc)
		if err != nil {
			return
		}
		frame, err := l.Frame()
		if err != nil {
			return
		}
		back := NewLine(&frame)
		again, err := back.Frame()
		if err != nil || again.Kind != frame.Kind || again.Guild != frame.Guild || !reflect.DeepEqual(again.Flags, frame.Flags) {
			t.Fatalf("%+v becomes %+v, %v", frame, again, err)
		}
	})
}
