package rest

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// idNames says what an id means by the word that stands before it.
var idNames = map[string]string{
	"applications":      "application.id",
	"bans":              "user.id",
	"channels":          "channel.id",
	"commands":          "command.id",
	"emojis":            "emoji.id",
	"entitlements":      "entitlement.id",
	"guilds":            "guild.id",
	"integrations":      "integration.id",
	"interactions":      "interaction.id",
	"members":           "user.id",
	"messages":          "message.id",
	"permissions":       "overwrite.id",
	"pins":              "message.id",
	"recipients":        "user.id",
	"roles":             "role.id",
	"rules":             "rule.id",
	"scheduled-events":  "event.id",
	"skus":              "sku.id",
	"soundboard-sounds": "sound.id",
	"stage-instances":   "channel.id",
	"stickers":          "sticker.id",
	"sticker-packs":     "pack.id",
	"thread-members":    "user.id",
	"threads":           "thread.id",
	"users":             "user.id",
	"voice-states":      "user.id",
	"webhooks":          "webhook.id",
}

// Template reduces a request to its route, in which every id, token and name is
// replaced by what it stands for, and to its major parameter: the channel,
// guild or webhook that has rate limits of its own.
//
//	Template("POST", "/channels/81/messages") = "POST /channels/{channel.id}/messages", "channels/81"
//
// Neither result holds a secret, whatever the path: a segment that is not a
// plain word is replaced, and a token in the major parameter is hashed. Both
// may be logged. See https://docs.discord.com/developers/topics/rate-limits.
func Template(method, path string) (route, major string) {
	path, _, _ = strings.Cut(path, "?")
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	named := make([]string, len(segments))
	for i, segment := range segments {
		named[i] = nameSegment(segments, i, segment)
	}
	return methodWord(method) + " /" + strings.Join(named, "/"), majorOf(segments)
}

// nameSegment returns what stands for one segment in the route.
func nameSegment(segments []string, i int, segment string) string {
	before := ""
	if i > 0 {
		before = segments[i-1]
	}
	switch {
	case i == 2 && segments[0] == "webhooks":
		return "{webhook.token}"
	case i == 2 && segments[0] == "interactions":
		return "{interaction.token}"
	case i == 1 && segments[0] == "invites":
		return "{invite.code}"
	case before == "templates":
		return "{template.code}"
	case before == "reactions":
		return "{emoji}"
	case isID(segment):
		if i > 1 && segments[i-2] == "reactions" {
			return "{user.id}"
		}
		if name, ok := idNames[before]; ok {
			return "{" + name + "}"
		}
		return "{id}"
	case isWord(segment):
		return segment
	}
	return "{value}"
}

func majorOf(segments []string) string {
	if len(segments) < 2 || !isID(segments[1]) {
		return ""
	}
	switch segments[0] {
	case "channels", "guilds":
		return segments[0] + "/" + segments[1]
	case "webhooks", "interactions":
		major := segments[0] + "/" + segments[1]
		if len(segments) > 2 {
			sum := sha256.Sum256([]byte(segments[2]))
			major += "/" + hex.EncodeToString(sum[:8])
		}
		return major
	}
	return ""
}

// isID reports whether a segment is a snowflake.
func isID(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// isWord reports whether a segment is a word of the API, such as "voice-states"
// or "@me": short, lower-case letters only.
func isWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && c != '-' && c != '_' && (c != '@' || i > 0) {
			return false
		}
	}
	return len(s) <= 32
}

func methodWord(method string) string {
	if method == "" || len(method) > 10 {
		return "?"
	}
	for i := range len(method) {
		if method[i] < 'A' || method[i] > 'Z' {
			return "?"
		}
	}
	return method
}

// unmetered says which of Discord's limits a route stands outside of.
//
// Interaction callbacks and everything done with a webhook's or interaction's
// own token are outside the global limit; a callback is answered once, so that
// it has no bucket worth keeping.
func unmetered(segments []string) (ownToken, callback bool) {
	if len(segments) < 3 {
		return false, false
	}
	switch segments[0] {
	case "webhooks":
		return true, false
	case "interactions":
		return true, len(segments) == 4 && segments[3] == "callback"
	}
	return false, false
}
