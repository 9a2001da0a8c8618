package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// A ledger is what the guest's keys say, read from the host's store.
type ledger struct {
	logs    map[string][]string // message ids in the order in which they were handled, by guild
	counts  map[string]int      // by guild
	booked  map[string]int      // how often a timer has fired or a question was answered: "fired 17"
	all     map[string]int      // the same together, by kind
	left    int                 // calls, timers and handlers that wait
	letters int                 // dead
}

// readLedger reads the store of a host that has ended.
func readLedger(ctx context.Context, b *bench) (l *ledger, err error) {
	s, err := store.OpenFile(filepath.Join(b.data(), "shardhost.db"), store.FileOptions{})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	space, err := effect.OpenSpace(ctx, s, "ledger", time.Now)
	if err != nil {
		return nil, err
	}
	l = &ledger{logs: make(map[string][]string), counts: make(map[string]int), booked: make(map[string]int), all: make(map[string]int)}
	err = eachKey(ctx, space, "log/", func(name []string, value string) error {
		l.logs[name[1]] = append(l.logs[name[1]], value)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for prefix, into := range map[string]map[string]int{"count/": l.counts, "all/": l.all, "fired/": l.booked, "answered/": l.booked, "waited/": l.booked, "refused/": l.booked} {
		err := eachKey(ctx, space, prefix, func(name []string, value string) (err error) {
			key := name[1]
			if name[0] != "count" && name[0] != "all" {
				key = name[0] + " " + key
			}
			into[key], err = strconv.Atoi(value)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for _, prefix := range []string{"out/ledger/", "timer/ledger/", "parked/ledger/"} {
		entries, err := s.List(ctx, prefix, "", 0)
		if err != nil {
			return nil, err
		}
		l.left += len(entries)
	}
	letters, err := s.List(ctx, "dead/ledger/", "", 0)
	l.letters = len(letters)
	return l, err
}

// eachKey calls f for every key with a prefix, in their order, with the parts of
// its name.
func eachKey(ctx context.Context, space *effect.Space, prefix string, f func(name []string, value string) error) error {
	for after := ""; ; {
		keys, last, err := space.List(ctx, prefix, after, 1000)
		if err != nil {
			return err
		}
		for _, key := range keys {
			v, _, err := space.Get(ctx, key)
			if err != nil {
				return err
			}
			if err := f(strings.Split(key, "/"), string(v.Data)); err != nil {
				return fmt.Errorf("key %q: %w", key, err)
			}
		}
		if after = last; after == "" {
			return nil
		}
	}
}

// contradictions are counters that do not say what they count.
func (l *ledger) contradictions() (found []string) {
	for guild, ids := range l.logs {
		if l.counts[guild] != len(ids) {
			found = append(found, fmt.Sprintf("guild %s: its counter is %d, its log has %d lines", guild, l.counts[guild], len(ids)))
		}
	}
	sums := make(map[string]int)
	for booking, n := range l.booked {
		kind, _, _ := strings.Cut(booking, " ")
		sums[kind] += n
	}
	for kind, n := range l.all {
		if n != sums[kind] {
			found = append(found, fmt.Sprintf("%d were %s, but %d are booked together", sums[kind], kind, n))
		}
	}
	return found
}

// compareLedger compares the guest's ledger with the books of the server and of
// the load. Every effect of a message that was taken must have happened once. It
// returns the sessions of which any was taken.
func (r *report) compareLedger(l *ledger, load *ledgerLoad) (known map[string]bool) {
	known = make(map[string]bool)
	kvWrong := l.contradictions()
	wishes := make(map[string]string)
	lines, ours := load.lines()
	var taken []discordtest.Delivery
	for guild, ids := range l.logs {
		for _, id := range ids {
			w := load.written[id]
			if w == nil {
				kvWrong = append(kvWrong, fmt.Sprintf("guild %s: its log has a message %q that nobody wrote", guild, id))
				continue
			}
			at := lines[w.event]
			taken = append(taken, at)
			known[at.Session] = true
			w.into(wishes)
		}
	}
	audit := load.server.Audit(taken, func(s discordtest.Sent) bool { return ours[s.Number] && known[s.Session] })
	r.figures["events"], r.figures["lost"], r.figures["doubled"], r.figures["reordered"] = audit.Events, audit.Lost+audit.Unknown, audit.Doubled, audit.Reordered
	r.figures["refused_by_server"] = audit.Forgone
	r.expect(audit.Sound(), "the books and what was handled differ: %+v", audit)

	messages, books := load.botMessages()
	missing, doubled, timersWrong := 0, 0, 0
	for text, booking := range wishes {
		n, booked := messages[text], l.booked[booking]
		missing += max(0, 1-n)
		doubled += max(0, n-1)
		switch timer := booking == text; {
		case timer && (n != 1 || booked != 1):
			timersWrong++
			r.expect(false, "%q was written %d times and booked %d times", text, n, booked)
		case booking != "" && booked != 1:
			kvWrong = append(kvWrong, fmt.Sprintf("%q was booked %d times", booking, booked))
		}
		r.expect(n == 1, "%q was written %d times", text, n)
		delete(messages, text)
		delete(l.booked, booking)
	}
	for text, n := range messages {
		doubled += n
		r.expect(false, "%q was written %d times, and nobody asked for it", text, n)
	}
	for booking := range l.booked {
		kvWrong = append(kvWrong, fmt.Sprintf("%q is booked, and nobody asked for it", booking))
	}
	for _, g := range load.server.Guilds() {
		if id := g.ID.String(); books[g.ID] != strconv.Itoa(l.counts[id]) {
			kvWrong = append(kvWrong, fmt.Sprintf("guild %s said that it has handled %s, its counter is %d", id, books[g.ID], l.counts[id]))
		}
	}
	r.figures["messages"], r.figures["messages_missing"], r.figures["messages_doubled"] = len(wishes), missing, doubled
	r.figures["messages_repeated"] = repeated(load.server)
	r.figures["timers_wrong"], r.figures["kv_wrong"] = timersWrong, len(kvWrong)
	r.figures["left_over"], r.figures["dead_letters"] = l.left, l.letters
	for _, wrong := range kvWrong {
		r.expect(false, "%s", wrong)
	}
	r.expect(l.left == 0, "%d calls, timers and handlers were never done", l.left)
	r.expect(l.letters == 0, "%d dead letters", l.letters)
	return known
}

// connectionFigures says which IDENTIFYs and violations there were. An IDENTIFY
// must be explained by a strike at the session before it, or by a kill before
// that session was known to be stored.
func (r *report) connectionFigures(server *discordtest.Server, known map[string]bool, shards int, killed []time.Time) {
	sent, _ := server.Books()
	strikes, stats := server.Faults(), server.Stats()
	explained, unexplained := explain(sent, append(killedAtReady(sent, killed), strikes...), known, stats.Identifies)
	needed := shards
	for _, n := range explained {
		needed += n
	}
	byKind, byRule, violations := make(map[string]int), make(map[discordtest.Rule]int), 0
	for _, s := range strikes {
		byKind[nameOf(s)]++
	}
	for _, v := range server.Violations() {
		byRule[v.Rule]++
		if v.Rule != discordtest.RuleResumeURL { // the only way back while nobody answers there
			violations++
		}
	}
	r.figures["struck"], r.figures["faults"] = len(strikes), byKind
	r.figures["identifies"], r.figures["identifies_needed"], r.figures["identifies_why"] = stats.Identifies, needed, explained
	r.figures["resumes"], r.figures["violations"], r.figures["violations_by_rule"] = stats.Resumes, violations, byRule
	r.expect(len(unexplained) == 0, "%d IDENTIFYs that nothing explains: %v", len(unexplained), unexplained)
	r.expect(violations == 0, "violations: %v", server.Violations())
}

// lines finds each event of the load in the server's books; an event that no
// session got is not there. One that went to several was taken from the newest:
// the host has left the others.
func (load *ledgerLoad) lines() (lines map[uint64]discordtest.Delivery, ours map[uint64]bool) {
	lines, ours = make(map[uint64]discordtest.Delivery), make(map[uint64]bool, len(load.written))
	age := make(map[string]int) // of sessions: the newest has the highest
	sent, _ := load.server.Books()
	for i, s := range sent {
		if s.Type == "READY" {
			age[s.Session] = i
		}
		if at, twice := lines[s.Number]; !twice || age[s.Session] > age[at.Session] {
			lines[s.Number] = discordtest.Delivery{Session: s.Session, Seq: s.Seq}
		}
	}
	for _, w := range load.written {
		ours[w.event] = true
	}
	return lines, ours
}

// killedAtReady are the sessions that a host was killed with a moment after their
// READY went out: it may not have stored them.
func killedAtReady(sent []discordtest.Sent, killed []time.Time) (strikes []discordtest.Strike) {
	for _, s := range sent {
		if s.Type != "READY" {
			continue
		}
		for _, at := range killed {
			if after := at.Sub(s.Time); after > 0 && after < 3*time.Second {
				strikes = append(strikes, discordtest.Strike{Time: at, Kind: "kill", At: discordtest.AtReady, Session: s.Session, Shard: s.Shard})
			}
		}
	}
	return strikes
}

// into notes what the message asks for: the text to be written, and with it
// what is to be booked; "" for nothing.
func (w *wish) into(wishes map[string]string) {
	switch w.word {
	case "send":
		wishes[fmt.Sprintf("sent %d", w.number)] = ""
	case "trap":
		wishes[fmt.Sprintf("trapped %d", w.number)] = ""
	case "ask":
		wishes[fmt.Sprintf("asked %d", w.number)] = fmt.Sprintf("answered %d", w.number)
	case "wait":
		wishes[fmt.Sprintf("awaited %d", w.number)] = fmt.Sprintf("waited %d", w.number)
	case "timer":
		text := fmt.Sprintf("fired %d", w.number)
		wishes[text] = text
	}
}

// repeated is how often a message was sent again that had been made already:
// without its nonce it would be there twice.
func repeated(server *discordtest.Server) (n int) {
	made := make(map[string]bool)
	for _, q := range server.RESTRequests(0) {
		var body struct {
			Nonce   string `json:"nonce"`
			Enforce bool   `json:"enforce_nonce"`
		}
		if q.Status != 200 || q.Method != "POST" || json.Unmarshal(q.Body, &body) != nil || !body.Enforce {
			continue
		}
		if made[body.Nonce] {
			n++
		}
		made[body.Nonce] = true
	}
	return n
}
