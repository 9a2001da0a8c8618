package discord

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// 175928847299117063 is the example of Discord's reference.
const example = 175928847299117063

func TestSnowflakeParts(t *testing.T) {
	s := Snowflake(example)
	if got, want := s.Time(), time.Date(2016, 4, 30, 11, 18, 25, 796e6, time.UTC); !got.Equal(want) {
		t.Errorf("time %v, want %v", got, want)
	}
	if s.Worker() != 1 || s.PID() != 0 || s.Increment() != 7 {
		t.Errorf("worker %d, process %d, increment %d, want 1, 0, 7", s.Worker(), s.PID(), s.Increment())
	}
	if low := NewSnowflake(s.Time()); low > s || low.Time() != s.Time() {
		t.Errorf("lowest id of the moment is %d", low)
	}
}

func TestIDInJSON(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     GuildID
		out      string
		err      bool
	}{
		{"string", `"175928847299117063"`, example, `"175928847299117063"`, false},
		{"number", `175928847299117063`, example, `"175928847299117063"`, false},
		{"largest but null", `"18446744073709551614"`, 18446744073709551614, `"18446744073709551614"`, false},
		{"null", `null`, NullGuildID, `null`, false},
		{"empty string", `""`, NullGuildID, `null`, false},
		{"zero", `"0"`, 0, `null`, false},
		{"negative", `-1`, 0, "", true},
		{"fraction", `1.5`, 0, "", true},
		{"exponent", `1e3`, 0, "", true},
		{"too large", `"18446744073709551616"`, 0, "", true},
		{"text", `"abc"`, 0, "", true},
		{"object", `{}`, 0, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			// encoding/json does not call UnmarshalJSON of null for a plain field,
			// so the value is read directly.
			var id GuildID
			err := id.UnmarshalJSON([]byte(test.in))
			if test.err {
				if err == nil || !strings.Contains(err.Error(), "not a snowflake") {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil || id != test.want {
				t.Fatalf("got %d, %v, want %d", uint64(id), err, uint64(test.want))
			}
			if out, err := json.Marshal(id); err != nil || string(out) != test.out {
				t.Errorf("written %s, %v, want %s", out, err, test.out)
			}
		})
	}
}

func TestIDValidity(t *testing.T) {
	for _, test := range []struct {
		name        string
		id          UserID
		valid, null bool
		text        string
	}{
		{"an id", example, true, false, "175928847299117063"},
		{"zero", 0, false, false, ""},
		{"null", NullUserID, false, true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.id.IsValid() != test.valid || test.id.IsNull() != test.null || test.id.String() != test.text {
				t.Errorf("valid %v, null %v, text %q", test.id.IsValid(), test.id.IsNull(), test.id)
			}
		})
	}
}

func TestParseSnowflake(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     Snowflake
		err      bool
	}{
		{"digits", "175928847299117063", example, false},
		{"empty", "", NullSnowflake, false},
		{"null", "null", NullSnowflake, false},
		{"text", "general", 0, true},
		{"sign", "+5", 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseSnowflake(test.in)
			if got != test.want || (err != nil) != test.err {
				t.Errorf("got %d, %v", got, err)
			}
		})
	}
}

func TestGuildShard(t *testing.T) {
	for _, test := range []struct {
		name  string
		guild GuildID
		n     int
		want  int
	}{
		{"one shard", example, 1, 0},
		{"by the bits above 22", 5<<22 | 0x3FFFFF, 4, 1},
		{"no guild", 0, 16, 0},
		{"null guild", NullGuildID, 16, 0},
		{"no shards", example, 0, 0},
		{"negative", example, -3, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := GuildShard(test.guild, test.n); got != test.want {
				t.Errorf("shard %d, want %d", got, test.want)
			}
		})
	}
}

func FuzzSnowflakeJSON(f *testing.F) {
	f.Add([]byte(`"175928847299117063"`))
	f.Add([]byte(`"`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s, again Snowflake
		if s.UnmarshalJSON(b) != nil || !s.IsValid() {
			return
		}
		out, err := s.MarshalJSON()
		if err != nil || again.UnmarshalJSON(out) != nil || again != s {
			t.Errorf("%q gives %d, written %s, read again %d", b, s, out, again)
		}
	})
}
