package gateway

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/discord"
)

// read reads a message as a connection does.
func (e *envelope) read(msg []byte) (guild discord.GuildID, err error) {
	if at, ok := e.head(msg); ok {
		if guild, ok = e.body(msg, at, discord.LookupEvent(e.name).GuildPath()); ok {
			return guild, nil
		}
	}
	if err = e.parse(msg); err != nil {
		return 0, err
	}
	guild, _ = findGuild(e.data, 0, discord.LookupEvent(e.name).GuildPath())
	return guild, nil
}

func TestEnvelope(t *testing.T) {
	for _, test := range []struct {
		name, msg string
		op        int
		seq       int64
		t, d      string
		guild     uint64
		err       string
	}{
		{"usual order", `{"t":"MESSAGE_CREATE","s":42,"op":0,"d":{"guild_id":"7"}}`, 0, 42, "MESSAGE_CREATE", `{"guild_id":"7"}`, 7, ""},
		{"other order", `{"op":0,"d":{"guild_id":"7"},"s":42,"t":"MESSAGE_CREATE"}`, 0, 42, "MESSAGE_CREATE", `{"guild_id":"7"}`, 7, ""},
		{"white space", " {\n\"t\" : \"X\" ,\t\"s\":1,\r\"op\":0,\"d\" : { \"guild_id\" : \"7\" } } ", 0, 1, "X", `{ "guild_id" : "7" }`, 7, ""},
		{"nulls", `{"t":null,"s":null,"op":11,"d":null}`, 11, -1, "", "null", 0, ""},
		{"absent", `{"op":11}`, 11, -1, "", "", 0, ""},
		{"sequence 0", `{"t":"READY","s":0,"op":0,"d":{}}`, 0, 0, "READY", "{}", 0, ""},
		{"d scalar", `{"t":null,"s":null,"op":9,"d":false}`, 9, -1, "", "false", 0, ""},
		{"d string", `{"op":0,"t":"X","s":1,"d":"}"}`, 0, 1, "X", `"}"`, 0, ""},
		{"field behind d", `{"t":"X","s":1,"op":0,"d":{"a":1},"e":{"guild_id":"9"}}`, 0, 1, "X", `{"a":1}`, 0, ""},
		{"guild in message_reference", `{"t":"MESSAGE_CREATE","s":1,"op":0,"d":{"message_reference":{"guild_id":"1","x":[{"guild_id":"3"}]},"id":"5"}}`, 0, 1, "MESSAGE_CREATE", `{"message_reference":{"guild_id":"1","x":[{"guild_id":"3"}]},"id":"5"}`, 0, ""},
		{"guild behind message_reference", `{"t":"MESSAGE_CREATE","s":1,"op":0,"d":{"message_reference":{"guild_id":"1"},"guild_id":"2"}}`, 0, 1, "MESSAGE_CREATE", `{"message_reference":{"guild_id":"1"},"guild_id":"2"}`, 2, ""},
		{"guild before message_reference", `{"t":"MESSAGE_CREATE","s":1,"op":0,"d":{"guild_id":"2","message_reference":{"guild_id":"1"}}}`, 0, 1, "MESSAGE_CREATE", `{"guild_id":"2","message_reference":{"guild_id":"1"}}`, 2, ""},
		{"guild in text", `{"t":"MESSAGE_CREATE","s":1,"op":0,"d":{"content":"\"guild_id\":\"9\"","a":"guild_id"}}`, 0, 1, "MESSAGE_CREATE", `{"content":"\"guild_id\":\"9\"","a":"guild_id"}`, 0, ""},
		{"guild null", `{"t":"MESSAGE_CREATE","s":1,"op":0,"d":{"guild_id":null}}`, 0, 1, "MESSAGE_CREATE", `{"guild_id":null}`, 0, ""},
		{"guild as number", `{"t":"MESSAGE_CREATE","s":1,"op":0,"d":{"guild_id":81384788765712384}}`, 0, 1, "MESSAGE_CREATE", `{"guild_id":81384788765712384}`, 81384788765712384, ""},
		{"guild twice", `{"t":"MESSAGE_CREATE","s":1,"op":0,"d":{"guild_id":"1","guild_id":"2"}}`, 0, 1, "MESSAGE_CREATE", `{"guild_id":"1","guild_id":"2"}`, 2, ""},
		{"guild of odd type", `{"t":"MESSAGE_CREATE","s":1,"op":0,"d":{"guild_id":{"id":"1"}}}`, 0, 1, "MESSAGE_CREATE", `{"guild_id":{"id":"1"}}`, 0, ""},
		{"guild too large", `{"t":"MESSAGE_CREATE","s":1,"op":0,"d":{"guild_id":"18446744073709551616"}}`, 0, 1, "MESSAGE_CREATE", `{"guild_id":"18446744073709551616"}`, 0, ""},
		{"guild is id", `{"t":"GUILD_CREATE","s":1,"op":0,"d":{"owner":{"id":"4"},"id":"5","guild_id":"6"}}`, 0, 1, "GUILD_CREATE", `{"owner":{"id":"4"},"id":"5","guild_id":"6"}`, 5, ""},
		{"guild in meta", `{"t":"RATE_LIMITED","s":1,"op":0,"d":{"guild_id":"1","meta":{"x":{"guild_id":"2"},"guild_id":"3"},"opcode":8}}`, 0, 1, "RATE_LIMITED", `{"guild_id":"1","meta":{"x":{"guild_id":"2"},"guild_id":"3"},"opcode":8}`, 3, ""},
		{"meta null", `{"t":"RATE_LIMITED","s":1,"op":0,"d":{"meta":null}}`, 0, 1, "RATE_LIMITED", `{"meta":null}`, 0, ""},
		{"event without a guild", `{"t":"USER_UPDATE","s":1,"op":0,"d":{"guild_id":"3"}}`, 0, 1, "USER_UPDATE", `{"guild_id":"3"}`, 0, ""},
		{"escaped keys", `{"\u006fp":0,"\u0074":"\u0058\"","s":3,"d":{"\u0067uild_id":"\u0037"}}`, 0, 3, `X"`, `{"\u0067uild_id":"\u0037"}`, 7, ""},
		{"keys twice", `{"op":1,"op":0,"s":1,"s":2,"t":"A","t":"B","d":1,"d":2}`, 0, 2, "B", "2", 0, ""},
		{"null after value", `{"op":0,"s":1,"s":null,"t":"A","t":null}`, 0, -1, "", "", 0, ""},
		{"keys in capitals", `{"op":0,"OP":5,"D":1}`, 0, -1, "", "", 0, ""},
		{"nothing", "", 0, 0, "", "", 0, "not a gateway message"},
		{"array", "[]", 0, 0, "", "", 0, "not a gateway message"},
		{"cut", `{"t":"X","s":1,"op":0,"d":{"a":`, 0, 0, "", "", 0, "not a gateway message"},
		{"cut in string", `{"t":"X","s":1,"op":0,"d":{"a":"\`, 0, 0, "", "", 0, "not a gateway message"},
		{"two messages", `{"op":1}{"op":2}`, 0, 0, "", "", 0, "not a gateway message"},
		{"empty", `{}`, 0, 0, "", "", 0, "no op"},
		{"op null", `{"op":null}`, 0, 0, "", "", 0, "no op"},
		{"op text", `{"op":"1"}`, 0, 0, "", "", 0, "op is not a number"},
		{"op fraction", `{"op":1.5}`, 0, 0, "", "", 0, "op is not a number"},
		{"s text", `{"op":0,"s":"1"}`, 0, 0, "", "", 0, "s is not a number"},
		{"t number", `{"op":0,"t":1}`, 0, 0, "", "", 0, "t is not a string"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var e envelope
			guild, err := e.read([]byte(test.msg))
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Fatalf("error %v, want %s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if int(e.op) != test.op || e.seq != test.seq || string(e.name) != test.t || string(e.data) != test.d || uint64(guild) != test.guild {
				t.Errorf("op %d s %d t %q d %s guild %d", e.op, e.seq, e.name, e.data, guild)
			}
		})
	}
}

// oracle reads a message with encoding/json; ok is false when it is not one.
func oracle(msg []byte) (e envelope, guild discord.GuildID, ok bool) {
	var keys map[string]json.RawMessage
	if json.Unmarshal(msg, &keys) != nil || keys == nil {
		return e, 0, false
	}
	var op *int32
	var seq *int64
	var name *string
	if json.Unmarshal(keys["op"], &op) != nil || op == nil {
		return e, 0, false
	}
	if s := keys["s"]; s != nil && json.Unmarshal(s, &seq) != nil {
		return e, 0, false
	}
	if n := keys["t"]; n != nil && json.Unmarshal(n, &name) != nil {
		return e, 0, false
	}
	e = envelope{op: discord.Opcode(*op), seq: none, data: keys["d"]}
	if seq != nil {
		e.seq = *seq
	}
	if name != nil {
		e.name = []byte(*name)
	}
	id := func(object []byte, key string) json.RawMessage {
		var fields map[string]json.RawMessage
		_ = json.Unmarshal(object, &fields)
		return fields[key]
	}
	var raw json.RawMessage
	switch discord.LookupEvent(e.name).GuildPath() {
	case discord.GuildPathGuildID:
		raw = id(e.data, "guild_id")
	case discord.GuildPathID:
		raw = id(e.data, "id")
	case discord.GuildPathMeta:
		raw = id(id(e.data, "meta"), "guild_id")
	}
	text := string(raw)
	if strings.HasPrefix(text, `"`) {
		_ = json.Unmarshal(raw, &text)
	}
	if n, err := strconv.ParseUint(text, 10, 64); err == nil && len(text) <= 20 {
		guild = discord.GuildID(n)
	}
	return e, guild, true
}

func sampleMessages(t testing.TB) [][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/messages/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no messages in testdata", err)
	}
	var all [][]byte
	for _, file := range files {
		msg, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, msg)
	}
	return all
}

func FuzzEnvelope(f *testing.F) {
	for _, msg := range sampleMessages(f) {
		f.Add(msg)
	}
	for _, msg := range []string{
		`{"t":"X","s":1,"op":0,"d":{"a":1},"e":{"guild_id":"9"}}`,
		`{"\u006fp":0,"t":"\ud800","s":3,"d":{"\u0067uild_id":"\u0037"}}`,
		`{"op":1,"op":0,"s":1,"s":null,"t":"A","t":"B","d":1,"d":[{}]}`,
		`{"t":"RATE_LIMITED","s":0,"op":0,"d":{"meta":{"guild_id":5}}}`,
		` {"d" : "}" , "op":0} `,
	} {
		f.Add([]byte(msg))
	}
	f.Fuzz(func(t *testing.T, msg []byte) {
		var got envelope
		guild, err := got.read(msg)
		if err == nil && len(got.data) > len(msg) {
			t.Fatal("data is longer than the message")
		}
		want, wantGuild, ok := oracle(msg)
		if !ok {
			return // what is not JSON may be taken or refused, but must not crash
		}
		if err != nil {
			t.Fatalf("%q refused: %v", msg, err)
		}
		if got.op != want.op || got.seq != want.seq || !bytes.Equal(got.name, want.name) || !bytes.Equal(got.data, want.data) || guild != wantGuild {
			t.Fatalf("%q\ngot  %d %d %q %q %d\nwant %d %d %q %q %d", msg, got.op, got.seq, got.name, got.data, guild, want.op, want.seq, want.name, want.data, wantGuild)
		}
	})
}

func TestRealMessages(t *testing.T) {
	for _, msg := range sampleMessages(t) {
		var e envelope
		guild, err := e.read(msg)
		want, wantGuild, ok := oracle(msg)
		if err != nil || !ok || e.op != want.op || e.seq != want.seq || !bytes.Equal(e.data, want.data) || guild != wantGuild {
			t.Errorf("%.100s: %v, guild %d want %d", msg, err, guild, wantGuild)
		}
	}
}

// Discord's own messages take the short way.
func TestRealMessagesAreOrdered(t *testing.T) {
	for _, file := range []string{"01-READY.json", "02-GUILD_CREATE.json", "6_0_MESSAGE_CREATE.json", "00-OP10.json"} {
		msg, err := os.ReadFile(filepath.Join("testdata/messages", file))
		if err != nil {
			t.Fatal(err)
		}
		msg = bytes.TrimSpace(msg)
		var e envelope
		at, ok := e.head(msg)
		if !ok {
			t.Fatalf("%s: head refused it", file)
		}
		if _, ok := e.body(msg, at, discord.GuildPathGuildID); !ok {
			t.Errorf("%s: body refused it", file)
		}
	}
}

func TestEnvelopeAllocatesNothing(t *testing.T) {
	msg, err := os.ReadFile("testdata/messages/02-GUILD_CREATE.json")
	if err != nil {
		t.Fatal(err)
	}
	other := []byte(`{"op":0,"d":{"guild_id":"7"},"s":42,"t":"MESSAGE_CREATE"}`)
	var e envelope
	if n := testing.AllocsPerRun(100, func() { e.read(msg); e.read(other) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkEnvelope(b *testing.B) {
	msg, err := os.ReadFile("testdata/messages/6_0_MESSAGE_CREATE.json")
	if err != nil {
		b.Fatal(err)
	}
	msg = bytes.TrimSpace(msg)
	var e envelope
	b.Run("head", func(b *testing.B) {
		b.SetBytes(int64(len(msg)))
		b.ReportAllocs()
		for b.Loop() {
			e.head(msg)
		}
	})
	b.Run("head and body", func(b *testing.B) {
		b.SetBytes(int64(len(msg)))
		b.ReportAllocs()
		for b.Loop() {
			at, _ := e.head(msg)
			e.body(msg, at, discord.GuildPathGuildID)
		}
	})
	b.Run("any order", func(b *testing.B) {
		b.SetBytes(int64(len(msg)))
		b.ReportAllocs()
		for b.Loop() {
			e.parse(msg)
			findGuild(e.data, 0, discord.GuildPathGuildID)
		}
	})
	b.Run("encoding json", func(b *testing.B) {
		b.SetBytes(int64(len(msg)))
		b.ReportAllocs()
		for b.Loop() {
			var v struct {
				Op int             `json:"op"`
				S  int64           `json:"s"`
				T  string          `json:"t"`
				D  json.RawMessage `json:"d"`
			}
			json.Unmarshal(msg, &v)
		}
	})
}
