// Witness looks at how late messages reach it: their text is a letter for the
// phase of an experiment and the time when they were sent, in nanoseconds. At
// !report it says for each phase how many there were, and in microseconds the
// median, the 99th percentile and the most.
package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

var late = map[string][]int64{}

func init() {
	sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
		if m.Author.Bot || m.Content == "" {
			return nil
		}
		if m.Content == "!report" {
			return c.Reply(m, report())
		}
		sent, err := strconv.ParseInt(m.Content[1:], 10, 64)
		if err != nil {
			return err
		}
		late[m.Content[:1]] = append(late[m.Content[:1]], (time.Now().UnixNano()-sent)/1000)
		return nil
	})
}

func report() string {
	var parts []string
	for phase, v := range late {
		slices.Sort(v)
		parts = append(parts, fmt.Sprintf(`"%s":[%d,%d,%d,%d]`, phase, len(v), v[len(v)/2], v[len(v)*99/100], v[len(v)-1]))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func main() {}
