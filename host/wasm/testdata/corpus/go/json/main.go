//go:build wasip1

// A Go guest that decodes a message with encoding/json, as most bots do first.
package main

import (
	"encoding/json"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/shardhost/shardhost/host/wasm/testdata/corpus/go/guest"
)

type user struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Bot      bool   `json:"bot"`
}

type message struct {
	ID       string `json:"id"`
	Channel  string `json:"channel_id"`
	Guild    string `json:"guild_id"`
	Content  string `json:"content"`
	Author   user   `json:"author"`
	Mentions []user `json:"mentions"`
	Member   struct {
		Nick  string   `json:"nick"`
		Roles []string `json:"roles"`
	} `json:"member"`
}

func work(body []byte) uint32 {
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		return 1
	}
	answer, err := json.Marshal(map[string]string{"content": "pong, " + m.Author.Username, "guild": m.Guild})
	if err != nil {
		return 2
	}
	h := fnv.New32a()
	h.Write(answer)
	h.Write([]byte(strings.ToUpper(m.Content) + m.Member.Nick + strconv.Itoa(len(m.Mentions)+len(m.Member.Roles))))
	return h.Sum32()
}

func init() { guest.Work = work }

func main() {}
