package shard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/internal/store"
)

const (
	// askLimit is how long the answer of gateway/bot is waited for, repeats
	// included.
	askLimit = time.Minute

	// resumeAskLimit is how long it is when there are sessions to resume and an
	// earlier answer to go on with: a RESUME needs no other, and soon is too late.
	resumeAskLimit = 3 * time.Second

	// answerLife is how old an earlier answer may be so that Discord is not asked
	// at all when there are sessions to resume: a bot that is started again and
	// again must not be kept waiting by the limit of the question.
	answerLife = time.Minute
)

// An answerRecord is what Discord said last about where and how to connect. It
// lies at gateway.APP.
type answerRecord struct {
	Base   string `json:"base"` // which service said so, "": not known
	URL    string `json:"url"`
	Shards int    `json:"shards"`
	At     int64  `json:"at"` // unix milliseconds
}

// parseAnswer reads a record; one that nobody could go on with is an error.
func parseAnswer(text []byte) (answerRecord, error) {
	var r answerRecord
	if err := json.Unmarshal(text, &r); err != nil {
		return answerRecord{}, err
	}
	if u, err := url.Parse(r.URL); err != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "" {
		return answerRecord{}, errors.New("no gateway URL")
	}
	if r.Shards < 1 {
		return answerRecord{}, fmt.Errorf("%d shards", r.Shards)
	}
	return r, nil
}

// firstAnswer returns where and how to connect when a process starts. What was
// stored helps while Discord does not say: what it allows is then known from the
// ledger alone.
func (m *Manager) firstAnswer(ctx context.Context) (rest.GatewayBot, error) {
	stored, known := m.storedAnswer(ctx)
	if !known {
		return m.ask(ctx)
	}
	earlier := rest.GatewayBot{URL: stored.URL, Shards: stored.Shards}
	age, limit := time.Since(time.UnixMilli(stored.At)), askLimit
	if m.sessions.count(time.Now()) > 0 {
		if age >= 0 && age < answerLife {
			return earlier, nil
		}
		limit = resumeAskLimit
	}
	asking, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	bot, err := m.ask(asking)
	if err == nil || ctx.Err() != nil || errors.Is(err, rest.ErrUnauthorized) {
		return bot, err
	}
	m.log.Warn("Discord does not say where to connect; going on with what it said last", "url", stored.URL, "shards", stored.Shards, "said", age.Round(time.Second), "error", err)
	return earlier, nil
}

// storedAnswer returns what the same service said last.
func (m *Manager) storedAnswer(ctx context.Context) (r answerRecord, ok bool) {
	if m.opts.Store == nil || m.opts.Fresh {
		return answerRecord{}, false
	}
	entry, err := m.opts.Store.Get(ctx, m.answerKey())
	if err != nil {
		return answerRecord{}, false
	}
	if r, err = parseAnswer(entry.Value); err != nil {
		aside := asideKey(entry.Key)
		m.log.Warn("what Discord said last is stored, but damaged; asking again, and the record is kept aside", "key", entry.Key, "aside", aside, "error", err)
		if _, err := m.opts.Store.Commit(ctx, store.Batch{Writes: []store.Write{{Key: aside, Value: entry.Value}}}); err != nil {
			m.log.Warn("it could not be kept aside", "error", err)
		}
		return answerRecord{}, false
	}
	base, err := m.baseURL()
	return r, err == nil && r.Base == base
}

// noteAnswer stores what Discord said.
func (m *Manager) noteAnswer(ctx context.Context, bot rest.GatewayBot) {
	base, err := m.baseURL()
	if m.opts.Store == nil || err != nil {
		return
	}
	text, err := json.Marshal(answerRecord{Base: base, URL: bot.URL, Shards: bot.Shards, At: time.Now().UnixMilli()})
	if err == nil {
		_, err = m.opts.Store.Commit(ctx, store.Batch{Writes: []store.Write{{Key: m.answerKey(), Value: text}}})
	}
	if err != nil && !errors.Is(err, store.ErrClosed) {
		m.log.Warn("what Discord said could not be stored; the next start has to ask", "error", err)
	}
}

func (m *Manager) answerKey() string { return "gateway." + appOf(m.opts.Identify.Token) }

// baseURL is which service is asked, "" when the asker does not tell.
func (m *Manager) baseURL() (string, error) {
	asker, err := m.askWhom()
	if err != nil {
		return "", err
	}
	if b, ok := asker.(interface{ BaseURL() string }); ok {
		return b.BaseURL(), nil
	}
	return "", nil
}

// askWhom returns the asker, which is made when none was given.
func (m *Manager) askWhom() (Asker, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asker == nil {
		client, err := rest.New(rest.Options{BaseURL: m.opts.BaseURL, Token: m.opts.Identify.Token, Logger: m.log})
		if err != nil {
			return nil, err
		}
		m.asker, m.client = client, client
	}
	return m.asker, nil
}

// ask asks Discord where and how to connect.
func (m *Manager) ask(ctx context.Context) (rest.GatewayBot, error) {
	asker, err := m.askWhom()
	if err != nil {
		return rest.GatewayBot{}, err
	}
	asking, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	bot, err := asker.GatewayBot(asking)
	if err != nil {
		return rest.GatewayBot{}, fmt.Errorf("shard: where to connect is not known: %w", err)
	}
	bot.Shards = max(bot.Shards, 1)
	m.noteAnswer(ctx, bot)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.recommended = bot
	return bot, nil
}
