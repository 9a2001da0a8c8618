package host_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/admin"
)

// A plugin that loops, recurses, hoards or panics costs itself its lane's time,
// and nobody else anything.
func TestHostilePluginHurtsItself(t *testing.T) {
	s := newDiscord(t, discordtest.Options{})
	source, err := filepath.Abs("testdata/hostile")
	if err != nil {
		t.Fatal(err)
	}
	b := newBot(t, s, readsContent+example(t, "ping")+"plugin \"hostile\" {\n source = \""+source+"\"\n failure {\n retry = 0\n max = 100\n backoff = \"10ms\"\n }\n"+grantMessages+"}\n")
	b.start()
	defer b.stop()
	channel := channelOf(s, 0)
	hostile := func() admin.Plugin { return b.Status().Plugins[1] }
	for _, deed := range []string{"!spin", "!recurse", "!hoard", "!panic"} {
		t.Run(deed, func(t *testing.T) {
			before := hostile()
			if _, err := s.SendMessage(channel, deed); err != nil {
				t.Fatal(err)
			}
			if got := b.ask(channel, "!ping"); got != "pong" {
				t.Errorf("the other plugin answered %q", got)
			}
			eventually(t, func() bool { return hostile().Buried > before.Buried })
			if now := hostile(); now.Failed == before.Failed || now.LastError == "" {
				t.Errorf("status does not tell of it: %+v", now)
			} else {
				t.Log(strings.SplitN(now.LastError, "\n", 2)[0])
			}
			if got := b.ask(channel, "!alive"); got != "alive" {
				t.Errorf("afterwards the plugin answered %q", got)
			}
		})
	}
	eventually(t, func() bool { return allFinished(b.Status()) })
	if n := s.Stats(); n.Identifies != 2 || n.Resumes != 0 {
		t.Errorf("%d IDENTIFYs and %d RESUMEs", n.Identifies, n.Resumes)
	}
}
