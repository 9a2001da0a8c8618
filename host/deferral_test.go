package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/discordtest"
)

// TestLateInteraction uses a command while the plugin's lane is busy for longer
// than the host waits: the host defers, and the plugin's answer fills it in.
func TestLateInteraction(t *testing.T) {
	s := newDiscord(t, discordtest.Options{})
	b := newBot(t, s, "")
	if err := os.WriteFile(filepath.Join(b.dir, "late.wasm"), module(t, "late"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.configure(readsContent + `
plugin "late" {
  source = "./late.wasm"
  grant {
    discord {
      allow = ["POST /interactions/*/*/callback"]
    }
  }
  limits {
    deadline         = "3s"
    instructions     = "1000G"
    auto_defer_after = "1s"
  }
  failure {
    retry = 0
  }
}
`)
	b.start()
	defer b.stop()
	channel := channelOf(s, 0)
	use := func() discordtest.Interaction {
		t.Helper()
		i, err := s.Interact(discordtest.Use{Channel: channel, Command: "late"})
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	callback := func(i discordtest.Interaction) int {
		now, _ := s.Interaction(i.ID)
		return now.Callback
	}
	// In time, the plugin's own answer is the first.
	prompt := use()
	eventually(t, func() bool { return len(b.answers(channel)) == 1 })
	if kind := callback(prompt); kind != 4 {
		t.Errorf("answered in time with a callback of type %d", kind)
	}
	before := b.Status().Shards[0].Events
	if _, err := s.SendMessage(channel, "!busy"); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { // or the interaction goes first
		now := b.Status()
		return now.Shards[0].Events > before && now.Plugins[0].Queued == 0
	})
	late := use()
	eventually(t, func() bool { return len(b.answers(channel)) == 2 })
	if kind := callback(late); kind != 5 {
		t.Errorf("answered late with a callback of type %d", kind)
	}
	if got := b.answers(channel)[1]; got != "here I am" {
		t.Errorf("the answer is %q", got)
	}
	if e := b.Status().Plugins[0].LastError; !strings.Contains(e, "limits.") {
		t.Errorf("the lane was not busy: %q", e)
	}
}
