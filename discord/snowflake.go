package discord

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// Epoch is the moment from which snowflakes count milliseconds: the first
// second of 2015, UTC.
const Epoch = 1420070400000 // unix milliseconds

// NullSnowflake is a snowflake that is written as null on purpose.
const NullSnowflake = ^Snowflake(0)

// A Snowflake is Discord's 64-bit id: 42 bits of milliseconds since Epoch, 5
// bits of worker, 5 of process, 12 of increment. In JSON it is a string of
// digits; numbers are read too.
// See https://docs.discord.com/developers/reference#snowflakes.
type Snowflake uint64

// NewSnowflake returns the lowest id that could have been made at t, for use
// as a pagination bound.
func NewSnowflake(t time.Time) Snowflake {
	return Snowflake(t.UnixMilli()-Epoch) << 22
}

// ParseSnowflake reads the decimal form. The empty string and "null" are
// NullSnowflake.
func ParseSnowflake(s string) (Snowflake, error) {
	if s == "" || s == "null" {
		return NullSnowflake, nil
	}
	u, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("discord: %q is not a snowflake id: expected decimal digits below 2^64", s)
	}
	return Snowflake(u), nil
}

// IsValid tells whether s can be the id of something: neither 0 nor null.
func (s Snowflake) IsValid() bool { return s != 0 && s != NullSnowflake }

// IsNull tells whether s is NullSnowflake.
func (s Snowflake) IsNull() bool { return s == NullSnowflake }

// String returns the decimal form, or nothing if s is not valid.
func (s Snowflake) String() string {
	if !s.IsValid() {
		return ""
	}
	return strconv.FormatUint(uint64(s), 10)
}

// Time returns when the id was made, to the millisecond.
func (s Snowflake) Time() time.Time {
	return time.UnixMilli(int64(s>>22) + Epoch)
}

// Worker returns the internal worker that made the id.
func (s Snowflake) Worker() uint8 { return uint8(s >> 17 & 0x1F) }

// PID returns the internal process that made the id.
func (s Snowflake) PID() uint8 { return uint8(s >> 12 & 0x1F) }

// Increment returns how many ids the process had made in that millisecond.
func (s Snowflake) Increment() uint16 { return uint16(s & 0xFFF) }

// MarshalJSON writes a string of digits, or null if s is not valid.
func (s Snowflake) MarshalJSON() ([]byte, error) {
	if !s.IsValid() {
		return []byte("null"), nil
	}
	b := make([]byte, 0, 22)
	b = append(b, '"')
	b = strconv.AppendUint(b, uint64(s), 10)
	return append(b, '"'), nil
}

// UnmarshalJSON reads a string of digits or a number. null and the empty
// string give NullSnowflake.
func (s *Snowflake) UnmarshalJSON(b []byte) error {
	digits := b
	if len(b) >= 2 && b[0] == '"' && b[len(b)-1] == '"' {
		digits = b[1 : len(b)-1]
	}
	if bytes.Equal(b, []byte("null")) || len(digits) == 0 {
		*s = NullSnowflake
		return nil
	}
	u, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		return fmt.Errorf("discord: %.32s is not a snowflake id: expected a string of digits", b)
	}
	*s = Snowflake(u)
	return nil
}
