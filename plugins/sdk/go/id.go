package sdk

import (
	"math"
	"strconv"
)

// ID is Discord's id of a user, a guild, a channel, a message: a number that
// JSON carries as a string. 0 is none. IDs compare with == and may be map keys.
// See https://docs.discord.com/developers/reference#snowflakes.
type ID uint64

// String returns the decimal form, as it stands in paths and JSON.
func (id ID) String() string { return strconv.FormatUint(uint64(id), 10) }

// MarshalJSON writes the id as a string.
func (id ID) MarshalJSON() ([]byte, error) { return []byte(`"` + id.String() + `"`), nil }

// UnmarshalJSON reads a string of digits or a number; null is 0.
func (id *ID) UnmarshalJSON(text []byte) error {
	*id = JSON(text).ID()
	return nil
}

// ParseID reads the decimal form. What is not an id is 0.
func ParseID(text string) ID { return parseID([]byte(text)) }

func parseID(digits []byte) ID {
	if len(digits) > 20 {
		return 0
	}
	var id uint64
	for i, c := range digits {
		c -= '0'
		if c > 9 || i == 19 && (id > math.MaxUint64/10 || id*10 > math.MaxUint64-uint64(c)) {
			return 0
		}
		id = id*10 + uint64(c)
	}
	return ID(id)
}

// Mention returns the text that mentions the user with this id in a message.
func (id ID) Mention() string { return "<@" + id.String() + ">" }
