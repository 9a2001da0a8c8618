package discordtest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// FuzzClient feeds the gateway what clients send. Whatever comes, the server
// answers it or closes with a documented code, and its own books stay sound.
func FuzzClient(f *testing.F) {
	for _, seed := range []string{
		`{"op":1,"d":null}`, `{"op":1,"d":5}`, `{"op":1,"d":-1}`, `{"op":2,"d":{"token":"Bot T","intents":513,"shard":[0,1],"properties":{}}}`,
		`{"op":2,"d":{"token":"T","intents":53608447,"shard":[3,5],"compress":true,"large_threshold":9}}`, `{"op":3,"d":{"status":"idle","since":91}}`,
		`{"op":4,"d":{"guild_id":"1","channel_id":null}}`, `{"op":6,"d":{"token":"T","session_id":"x","seq":0}}`,
		`{"op":8,"d":{"guild_id":"1","query":"","limit":0,"nonce":"n"}}`, `{"op":8,"d":{"guild_id":["1"],"user_ids":["1",2]}}`,
		`{"op":31,"d":{"guild_ids":["1"]}}`, `{"op":43,"d":{"guild_id":"1","fields":["status"]}}`, `{"op":99}`, `{"op":"1"}`, `[]`, `{"op":2}`,
		`{"op":2,"d":{"token":"T","intents":18446744073709551615}}`, `{"op":2,"d":{"token":"T","intents":0,"shard":[0,9223372036854775807]}}`,
	} {
		f.Add([]byte(seed), []byte(`{"op":2,"d":{"token":"T","intents":513}}`))
		f.Add([]byte(`{"op":2,"d":{"token":"T","intents":53608447,"properties":{}}}`), []byte(seed))
	}
	codes := map[discord.CloseCode]bool{4001: true, 4002: true, 4003: true, 4004: true, 4005: true, 4007: true, 4008: true, 4010: true, 4011: true, 4013: true, 4014: true}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		o := Options{Token: "T", Guilds: 3, Clock: NewManualClock(epoch)}.withDefaults()
		w, err := newWorld(o)
		if err != nil {
			t.Fatal(err)
		}
		h := newHub(o, w, newRecord(o), newStream(), func(time.Duration, func()) Timer { return NewManualClock(epoch).AfterFunc(0, nil) })
		c := &conn{
			hub: h, codec: &plainCodec{}, wake: make(chan struct{}, 1), gone: make(chan struct{}), opened: epoch,
			sends: newWindow(120, time.Minute), presences: newWindow(5, 20*time.Second),
		}
		for _, data := range [][]byte{first, second} {
			if r := h.handle(c, data); r != nil {
				if !codes[r.code] || r.rule == "" || r.detail == "" {
					t.Fatalf("refused with %+v", r)
				}
				h.refuse(c, r)
			}
		}
		seq := int64(0)
		for _, it := range c.take(nil) {
			if it.do != nil {
				continue
			}
			data := it.frame
			if data == nil {
				if data = appendDispatch(nil, it.name, it.seq, it.d); it.seq <= seq {
					t.Fatalf("sequence %d after %d", it.seq, seq)
				}
				seq = it.seq
			}
			if !json.Valid(data) {
				t.Fatalf("sends %s", data)
			}
		}
	})
}

// FuzzREST feeds the REST API with requests. It always answers JSON with the
// status of an answer, and never 500.
func FuzzREST(f *testing.F) {
	s := NewServer(Options{Token: "T", Guilds: 3, NoRateLimits: true, Clock: NewManualClock(epoch)})
	f.Cleanup(s.Close)
	channel := "/channels/" + s.Guilds()[0].General().String()
	message, err := s.SendMessage(s.Guilds()[0].General(), "hi")
	if err != nil {
		f.Fatal(err)
	}
	app := "/applications/" + s.Bot().ID.String()
	for _, seed := range []struct{ method, path, kind, body string }{
		{"POST", channel + "/messages", "application/json", `{"content":"x","nonce":1,"embeds":[{}],"message_reference":{"message_id":"1"}}`},
		{"PATCH", channel + "/messages/" + message.ID.String(), "application/json", `{"content":null}`},
		{"PUT", channel + "/messages/" + message.ID.String() + "/reactions/%zz/@me", "", ``},
		{"POST", channel + "/messages", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{}\r\n--b--"},
		{"POST", channel + "/messages", "application/x-www-form-urlencoded", "content=x&%"},
		{"PUT", app + "/commands", "application/json", `[{"name":"a","description":"b","options":[]}]`},
		{"POST", app + "/commands", "application/json", `{"name":"a","name":"b","description":"b","type":"1"}`},
		{"POST", "/interactions/1/t/callback", "application/json", `{"type":4,"data":{"content":"x"}}`},
		{"GET", channel + "/messages?limit=5&before=1&after=x", "", ``},
		{"GET", "//", "", ``},
	} {
		f.Add(seed.method, seed.path, seed.kind, []byte(seed.body))
	}
	f.Fuzz(func(t *testing.T, method, path, kind string, body []byte) {
		q, err := http.NewRequest(method, "http://discord.test/", strings.NewReader(string(body)))
		if err != nil {
			return // no request can be made of it
		}
		if q.URL.Path, q.URL.RawQuery, _ = strings.Cut("/api"+path, "?"); len(kind) > 0 {
			q.Header.Set("Content-Type", kind)
		}
		q.Header.Set("Authorization", "Bot T")
		w := httptest.NewRecorder()
		s.rest.ServeHTTP(w, q)
		if w.Code >= 500 || w.Code < 200 {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		if w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
	})
}
