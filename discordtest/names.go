package discordtest

import (
	"math/rand/v2"
	"strings"
)

const (
	firstNames = "ada alan anita barbara bjarne claude dennis donald edsger frances grace guido hedy jean john katherine ken larry leslie " +
		"linus margaret marie niklaus radia ritchie rob sophie tim tony vint yukihiro"
	nouns = "anchor badger basalt beacon birch bison cedar comet copper coral crane delta ember falcon fjord glacier harbor heron iris " +
		"jasper juniper kestrel lantern lynx maple meadow meteor nebula oak onyx orchid otter pebble pine quartz raven reef saffron " +
		"sparrow summit thistle tundra violet walnut willow wren zephyr"
	chatter = "did anyone see the release notes yet | good morning | that build is red again, looking into it | lol | thanks! | " +
		"I will be late today, please start without me | can somebody review my change? it is small I promise | 👍 | brb | " +
		"the new map is live, join us in voice | who broke the deploy | yes | no idea, works here | \"quoted\" and \\escaped\\ | " +
		"żółć, 你好, здравствуйте, 🎉🎉 | https://example.com/a/long/link?with=query&and=more#fragment | gg | ok see you tomorrow"
)

// words splits one of the lists above.
func words(list string) []string { return strings.Fields(list) }

// pick returns one of a list.
func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// title makes the first letter a capital.
func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
