package host_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/shardhost/shardhost/discordtest"
)

// A collector takes traces as OpenTelemetry's does.
type collector struct {
	*httptest.Server
	mu      sync.Mutex
	bodies  []byte
	spans   []*otlp.Span
	refused string // why a request was no OTLP
}

func newCollector(t *testing.T, key string) *collector {
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var data otlp.TracesData
		if err == nil {
			err = proto.Unmarshal(body, &data)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/traces" || r.Header.Get("X-Key") != key {
			c.refused = fmt.Sprint(err, r.Method, r.URL, r.Header)
		}
		c.bodies = append(c.bodies, body...)
		for _, rs := range data.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				c.spans = append(c.spans, ss.Spans...)
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// tree draws what descends from a span, in the order in which it began: two
// blanks a generation, names, and of calls the status.
func (c *collector) tree(span *otlp.Span, indent string) string {
	line := indent + span.Name
	for _, a := range span.Attributes {
		if a.Key == "http.response.status_code" {
			line += fmt.Sprint(" ", a.Value.GetIntValue())
		}
	}
	text := line + "\n"
	slices.SortStableFunc(c.spans, func(a, b *otlp.Span) int { return int(int64(a.StartTimeUnixNano) - int64(b.StartTimeUnixNano)) })
	for _, s := range c.spans {
		if bytes.Equal(s.ParentSpanId, span.SpanId) {
			text += c.tree(s, indent+"  ")
		}
	}
	return text
}

// An event's road is one trace: through the mailbox, the guest and the commit,
// to Discord, and with each answer again through the lane of the handler that
// waits for it.
func TestTraces(t *testing.T) {
	const key = "key-of-the-collector"
	c := newCollector(t, key)
	t.Setenv("OTLP_KEY", key)
	s := newDiscord(t, discordtest.Options{})
	poll, err := filepath.Abs("../plugins/examples/poll")
	if err != nil {
		t.Fatal(err)
	}
	b := newBot(t, s, readsContent+fmt.Sprintf(`
tracing {
  endpoint = %q
  sample   = "100%%"
  headers {
    x-key = env("OTLP_KEY")
  }
}
plugin "poll" {
  source = %q
  events = ["MESSAGE_CREATE"]
  filter {
    ignore_bots = true
  }
  grant {
    kv {}
    discord {
      allow = ["* /channels/**"]
    }
  }
}
`, c.URL, poll))
	b.start()
	if got := b.ask(channelOf(s, 0), "!poll Tea or coffee? | tea"); !strings.Contains(got, "Write it as") {
		t.Fatal(got)
	}
	channel := channelOf(s, 1)
	b.ask(channel, "!poll Tea or coffee? | tea | coffee")
	eventually(t, func() bool { return strings.Contains(b.answers(channel)[0], "The poll is open.") })
	const frames = 2 + 4 // messages, and answers of the second
	eventually(t, func() bool { return b.Status().Plugins[0].Handled == frames })
	b.stop() // which sends what is left

	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused != "" {
		t.Error("not OTLP: ", c.refused)
	}
	const lane = "plugin poll\n  mailbox\n  guest\n  commit\n"
	under := func(n int, text string) string { // n generations down
		blanks := strings.Repeat("  ", n)
		return blanks + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+blanks) + "\n"
	}
	react := "PUT /channels/{channel.id}/messages/{message.id}/reactions/{emoji}/@me"
	short := "MESSAGE_CREATE\n" + under(1, lane) + under(2, "POST /channels/{channel.id}/messages 200\n  POST 200\n")
	long := "MESSAGE_CREATE\n" + under(1, lane) +
		under(2, "POST /channels/{channel.id}/messages 200\n  POST 200\n") + under(3, lane) +
		under(4, react+" 204\n  PUT 204\n") + under(5, lane) +
		under(6, react+" 204\n  PUT 204\n") + under(7, lane) +
		under(8, "PATCH /channels/{channel.id}/messages/{message.id} 200\n  PATCH 200\n") + under(9, lane)
	var got []string
	traces := map[string]bool{}
	for _, s := range slices.Clone(c.spans) {
		traces[hex.EncodeToString(s.TraceId)] = true
		if s.EndTimeUnixNano < s.StartTimeUnixNano || s.Status.GetCode() == otlp.Status_STATUS_CODE_ERROR {
			t.Errorf("span %v", s)
		}
		if len(s.ParentSpanId) == 0 {
			got = append(got, c.tree(s, ""))
		}
	}
	if len(traces) != 2 || !slices.Contains(got, short) || !slices.Contains(got, long) {
		t.Errorf("%d traces:\n%s\nwant\n%s\n%s", len(traces), strings.Join(got, "\n"), short, long)
	}
	for _, private := range []string{s.Token, key, "coffee", "The poll"} {
		if bytes.Contains(c.bodies, []byte(private)) {
			t.Errorf("%q was sent to the collector", private)
		}
	}
}
