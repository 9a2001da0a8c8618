package sdk

import (
	"strconv"
	"strings"

	"github.com/shardhost/shardhost/abi"
)

// Logger writes to the host's log under the plugin's name. Data goes in pairs
// of a key and a value behind a constant message:
//
//	c.Log().Info("reminder set", "user", m.Author.ID, "in", delay)
//
// Lines appear at once, whatever becomes of the handler.
type Logger struct{ guest *Guest }

// Log returns the plugin's logger.
func (c *Ctx) Log() Logger { return Logger{c.guest} }

// Debug writes a line that is hidden by default.
func (l Logger) Debug(message string, pairs ...any) { l.log(abi.LogDebug, message, pairs) }

// Info writes a line.
func (l Logger) Info(message string, pairs ...any) { l.log(abi.LogInfo, message, pairs) }

// Warn writes a line about something an operator should look at.
func (l Logger) Warn(message string, pairs ...any) { l.log(abi.LogWarn, message, pairs) }

// Error writes a line about something that went wrong.
func (l Logger) Error(message string, pairs ...any) { l.log(abi.LogError, message, pairs) }

func (l Logger) log(level int32, message string, pairs []any) {
	if level < l.guest.host.LogLevel() {
		return
	}
	line := []byte(message)
	for i := 0; i < len(pairs); i += 2 {
		line = append(line, ' ')
		if i+1 == len(pairs) {
			line = appendText(append(line, "missing value of "...), pairs[i])
			break
		}
		line = appendText(line, pairs[i])
		line = appendText(append(line, '='), pairs[i+1])
	}
	l.guest.host.Log(level, string(line))
}

// appendText writes a value for people. Package fmt would do it for every type
// and make the guest a quarter larger.
func appendText(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "nil"...)
	case string:
		if v == "" || strings.ContainsAny(v, " \"=\n\t") {
			return strconv.AppendQuote(b, v)
		}
		return append(b, v...)
	case error:
		return strconv.AppendQuote(b, v.Error())
	case interface{ String() string }:
		return append(b, v.String()...)
	}
	if text, err := appendJSON(b, v); err == nil {
		return text
	}
	return append(b, '?')
}
