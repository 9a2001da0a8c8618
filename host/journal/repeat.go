package journal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/rest"
)

// nonceWindow is how long a nonce is relied on: Discord compares it with those
// of "the past few minutes".
// https://docs.discord.com/developers/resources/message#create-message (enforce_nonce)
const nonceWindow = 2 * time.Minute

// again tells whether a call that may have been sent before the restart can be
// sent again without a second effect.
func (o *Outbox) again(out *Outgoing, repeatable, nonce bool) bool {
	switch out.Call.Method {
	case http.MethodGet, http.MethodPut, http.MethodDelete:
		return true
	}
	if nonce && !out.Call.Resend {
		return o.journal.now().Sub(time.UnixMilli(out.Made)) < nonceWindow
	}
	return repeatable
}

// isMessageCreate: a message with a nonce is made once.
func isMessageCreate(c *effect.Call) bool {
	parts := pathParts(c)
	return c.Method == http.MethodPost && len(parts) == 3 && parts[0] == "channels" && parts[2] == "messages"
}

// isCallback: Discord refuses the second answer to an interaction.
func isCallback(c *effect.Call) bool {
	parts := pathParts(c)
	return c.Method == http.MethodPost && len(parts) == 4 && parts[0] == "interactions" && parts[3] == "callback"
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
// unless the guest has chosen one itself. once tells whether the body makes
// sure that the message is created once however often it is sent.
func withNonce(c *effect.Call, id string) (body []byte, once bool) {
	if !isMessageCreate(c) {
		return c.Body, false
	}
	var message map[string]json.RawMessage
	if json.Unmarshal(c.Body, &message) != nil || message == nil {
		return c.Body, false
	}
	if _, own := message["nonce"]; own {
		return c.Body, string(message["enforce_nonce"]) == "true"
	}
	sum := sha256.Sum256([]byte(id))
	nonce := base64.RawURLEncoding.EncodeToString(sum[:])[:25] // Discord takes at most 25 characters
	message["nonce"], _ = json.Marshal(nonce)
	message["enforce_nonce"] = json.RawMessage("true")
	body, err := json.Marshal(message)
	if err != nil {
		return c.Body, false
	}
	return body, true
}
