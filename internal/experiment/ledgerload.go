package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
)

// A ledgerLoad lets people write messages at a rate, some of which ask the bot
// for something, and keeps its own book of them.
type ledgerLoad struct {
	server *discordtest.Server
	random *rand.Rand
	rate   float64
	words  []string // what is asked for; what stands there more often is asked more often

	mu      sync.Mutex
	written map[string]*wish // by message id
	next    int
}

// A wish is a message of the load.
type wish struct {
	event  uint64 // in the server's books
	word   string // "" asks for nothing
	number int
}

func newLedgerLoad(server *discordtest.Server, o options) *ledgerLoad {
	return &ledgerLoad{
		server: server, random: rand.New(rand.NewPCG(o.seed, 0x6c6564676572)), rate: o.rate,
		words: []string{"send", "ask", "timer", "wait"}, written: make(map[string]*wish),
	}
}

// firstMessage is an id that is long past, but one that ids are like.
const firstMessage = 1_200_000_000_000_000_000

// inBackground writes until the function that it returns is called.
func (l *ledgerLoad) inBackground(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		began, done := time.Now(), 0
		for pause(ctx, 5*time.Millisecond) == nil {
			for due := int(l.rate * time.Since(began).Seconds()); done < due; done++ {
				l.write()
			}
		}
	})
	return func() { cancel(); wg.Wait() }
}

func (l *ledgerLoad) write() {
	l.mu.Lock()
	defer l.mu.Unlock()
	word := ""
	if l.random.Float64()*l.rate < ledgerAsking {
		word = l.words[l.random.IntN(len(l.words))]
	}
	l.say(word)
}

// ask writes a message that asks for something.
func (l *ledgerLoad) ask(word string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.say(word)
}

func (l *ledgerLoad) say(word string) {
	guilds := l.server.Guilds()
	g := guilds[l.random.IntN(len(guilds))]
	l.next++
	id := fmt.Sprint(firstMessage + l.next<<12)
	w := &wish{word: word, number: l.next}
	content := "nothing that the bot has to do with"
	if word != "" {
		content = fmt.Sprintf("!%s %d %d", word, w.number, l.random.Int64N(ledgerTimer.Milliseconds()))
	}
	w.event = l.server.Dispatch(g.ID, "MESSAGE_CREATE", json.RawMessage(fmt.Appendf(nil, `{"type":0,"tts":false,"timestamp":"2026-01-02T03:04:05.678000+00:00",`+
		`"pinned":false,"mentions":[],"mention_roles":[],"mention_everyone":false,"member":{"roles":["%d"],"nick":null,"mute":false,"deaf":false,"flags":0,`+
		`"joined_at":"2022-02-02T02:02:02.020000+00:00"},"id":"%s","flags":0,"embeds":[],"edited_timestamp":null,"content":%q,"components":[],"channel_id":"%d",`+
		`"author":{"username":"ada","id":"%d","global_name":"Ada","discriminator":"0","avatar":null},"attachments":[],"guild_id":"%d"}`,
		g.ID, id, content, g.General(), uint64(g.ID)+1, g.ID)))
	l.written[id] = w
}

// booksRound is after how long a guild is asked again that did not answer: the
// question may have met a fault.
const booksRound = 15 * time.Second

// askForBooks asks in every guild and waits for the answers: a guild's messages
// are handled in their order, so all before are done then.
func (l *ledgerLoad) askForBooks(ctx context.Context) error {
	for {
		var silent []*discordtest.Guild
		for _, g := range l.server.Guilds() {
			if !slices.ContainsFunc(l.server.Messages(g.General()), l.isBooks) {
				silent = append(silent, g)
			}
		}
		if len(silent) == 0 {
			return nil
		}
		for _, g := range silent {
			if _, err := l.server.Post(discordtest.Post{Channel: g.General(), Content: "!books"}); err != nil {
				return err
			}
		}
		round, cancel := context.WithTimeout(ctx, booksRound)
		for _, g := range silent {
			_, _ = l.server.WaitForMessage(round, g.General(), l.isBooks) // ends with the round
		}
		cancel()
		if ctx.Err() != nil {
			return fmt.Errorf("%d guilds, %s among them, did not answer !books", len(silent), silent[0].ID)
		}
	}
}

func (l *ledgerLoad) isBooks(m discordtest.Message) bool {
	return m.Author.ID == l.server.Bot().ID && strings.HasPrefix(m.Content, "books ")
}

// botMessages is how often the bot has written what, and which content each
// guild's answer to !books has.
func (l *ledgerLoad) botMessages() (count map[string]int, books map[discord.GuildID]string) {
	count, books = make(map[string]int), make(map[discord.GuildID]string)
	for _, g := range l.server.Guilds() {
		for _, m := range l.server.Messages(g.General()) {
			switch {
			case l.isBooks(m):
				books[g.ID] = strings.TrimPrefix(m.Content, "books ")
			case m.Author.ID == l.server.Bot().ID:
				count[m.Content]++
			}
		}
	}
	return count, books
}
