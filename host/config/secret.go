package config

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is every printed form of a secret.
const redacted = "[redacted]"

// Secret is a string that cannot print itself: every formatting verb, JSON,
// text and log form is "[redacted]". Reveal is the only way to the value.
// Secrets are compared with Equal, not with ==.
type Secret struct {
	// A pointer, because fmt calls no method on what lies in an unexported
	// field: it prints a string there, and only the address of a pointer.
	value *string
}

// NewSecret wraps a value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{&value}
}

// Reveal returns the value, for the one place that needs it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero tells whether there is no value.
func (s Secret) IsZero() bool { return s.value == nil }

// Equal tells whether both hold the same value.
func (s Secret) Equal(other Secret) bool { return s.Reveal() == other.Reveal() }

// Format writes the redacted form, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

func (s Secret) String() string               { return redacted }
func (s Secret) GoString() string             { return redacted }
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
