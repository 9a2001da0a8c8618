package host_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/shardhost/shardhost/discordtest"
)

const oneShard = `
gateway {
  shards {
    count = 1
  }
}
`

// What a plugin has in its variables outlives the host, and where sessions or
// memory are lost the plugin is told.
func TestMemoryOutlivesTheHost(t *testing.T) {
	s := newDiscord(t, discordtest.Options{})
	b := newBot(t, s, "")
	source := filepath.Join(b.dir, "remembers.wasm")
	if err := os.WriteFile(source, module(t, "remembers"), 0o600); err != nil {
		t.Fatal(err)
	}
	plugin := func(name string) string {
		return "plugin \"" + name + "\" {\n source = \"" + source + "\"\n grant {\n discord {\n allow = [\"POST /channels/*/messages\"]\n }\n" +
			" bus {\n publish = [\"told.*\"]\n subscribe = [\"told.*\"]\n }\n }\n}\n"
	}
	b.configure(oneShard + readsContent + plugin("remembers"))
	channel := channelOf(s, 0)
	want := func(question, answer string) {
		t.Helper()
		if got := b.ask(channel, question); got != answer {
			t.Errorf("%s: %q, want %q", question, got, answer)
		}
	}
	b.start()
	want("!count", "1")
	want("!count", "2")
	want("!tell", "told.it")
	want("!news", "news: ") // the session is new: Discord has named the guilds
	b.stop()
	b.start()
	want("!count", "3")
	want("!news", "news: ")
	b.stop()

	// Out of the configuration for a while, it has missed what happened; and other
	// intents take other sessions.
	b.configure(oneShard + readsContent)
	b.start()
	b.stop()
	b.configure(oneShard + readsContent + plugin("remembers"))
	b.start()
	want("!count", "1")
	want("!news", "news: gap of shard 0 of 1")
	b.stop()
	b.start()
	want("!count", "2")
	want("!news", "news: ")

	// Added while sessions go on, it starts cold.
	b.configure(oneShard + readsContent)
	b.reload()
	b.configure(oneShard + readsContent + plugin("remembers"))
	b.reload()
	want("!count", "1")
	want("!news", "news: cold new")
	b.stop()
}
