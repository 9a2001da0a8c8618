package sdk

import (
	"strconv"

	"github.com/shardhost/shardhost/abi/scan"
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
	id, _ := scan.Uint(digits)
	return ID(id)
}

// Mention returns the text that mentions the user with this id in a message.
func (id ID) Mention() string { return "<@" + id.String() + ">" }
