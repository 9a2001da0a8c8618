//go:build wasip1

// A Go guest with strings, maps, sorting and regular expressions.
package main

import (
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shardhost/shardhost/host/wasm/testdata/corpus/go/guest"
)

var invite = regexp.MustCompile(`(?i)disc[o0]rd\.gg/(\w+)|<@!?(\d+)>`)

func work(body []byte) uint32 {
	text := string(body)
	_, text, _ = strings.Cut(text, `"content":"`)
	text, _, _ = strings.Cut(text, `","components"`)
	counts := make(map[string]int)
	for _, w := range strings.Fields(text) {
		counts[strings.ToLower(strings.Trim(w, ".,;!?"))]++
	}
	words := make([]string, 0, len(counts))
	for w := range counts {
		words = append(words, w)
	}
	slices.Sort(words)
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w + " " + strconv.Itoa(counts[w]) + "\n")
	}
	for _, m := range invite.FindAllStringSubmatch(text, -1) {
		b.WriteString(m[1] + m[2])
	}
	h := fnv.New32a()
	h.Write([]byte(b.String()))
	return h.Sum32()
}

func init() { guest.Work = work }

func main() {}
