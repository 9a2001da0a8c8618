package journal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/rest"
)

// repeatable tells whether a call that may have been sent can be sent again
// without a second effect.
func repeatable(c *effect.Call) bool {
	return c.Method != "POST" || c.Resend || isMessageCreate(c) || isCallback(c)
}

// isMessageCreate: a message with a nonce is made once.
// https://docs.discord.com/developers/resources/message#create-message (enforce_nonce)
func isMessageCreate(c *effect.Call) bool {
	parts := pathParts(c)
	return c.Method == "POST" && len(parts) == 3 && parts[0] == "channels" && parts[2] == "messages"
}

// isCallback: Discord refuses the second answer to an interaction.
func isCallback(c *effect.Call) bool {
	parts := pathParts(c)
	return c.Method == "POST" && len(parts) == 4 && parts[0] == "interactions" && parts[3] == "callback"
}

// alreadyAcknowledged is Discord's answer to a repeated callback.
// https://docs.discord.com/developers/topics/opcodes-and-status-codes#json (40060)
func alreadyAcknowledged(r rest.Response) bool {
	var e struct {
		Code int `json:"code"`
	}
	return json.Unmarshal(r.Body, &e) == nil && e.Code == 40060
}

func pathParts(c *effect.Call) []string {
	path, _, _ := strings.Cut(c.Path, "?")
	return strings.Split(strings.Trim(path, "/"), "/")
}

// withNonce gives a message create a nonce derived from the effect's stable id,
// unless the guest has chosen one itself.
func withNonce(c *effect.Call, id string) []byte {
	if !isMessageCreate(c) {
		return c.Body
	}
	var body map[string]json.RawMessage
	if json.Unmarshal(c.Body, &body) != nil || body == nil {
		return c.Body
	}
	if _, own := body["nonce"]; own {
		return c.Body
	}
	sum := sha256.Sum256([]byte(id))
	nonce := base64.RawURLEncoding.EncodeToString(sum[:])[:25] // Discord takes at most 25 characters
	body["nonce"], _ = json.Marshal(nonce)
	body["enforce_nonce"] = json.RawMessage("true")
	out, err := json.Marshal(body)
	if err != nil {
		return c.Body
	}
	return out
}
