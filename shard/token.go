package shard

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// botID reads the bot's id out of a token, whose first part is it in base64.
func botID(token string) (id string, ok bool) {
	first, _, ok := strings.Cut(token, ".")
	if !ok {
		return "", false
	}
	decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(first, "="))
	if err != nil || len(decoded) == 0 || len(decoded) > 20 {
		return "", false
	}
	for _, c := range decoded {
		if c < '0' || c > '9' {
			return "", false
		}
	}
	return string(decoded), true
}

// fingerprint tells tokens apart without showing them.
func fingerprint(token string) string {
	sum := sha256.Sum256([]byte("shardhost token fingerprint\x00" + token))
	return hex.EncodeToString(sum[:8])
}

// bareToken is a token without the prefix that REST needs.
func bareToken(token string) string {
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(token), "Bot "))
}

// appOf names the application of a token without showing anything of it that
// is secret: a Discord token begins with the bot's id.
func appOf(token string) string {
	token = bareToken(token)
	if id, ok := botID(token); ok {
		return id
	}
	return fingerprint(token)
}
