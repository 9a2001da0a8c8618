package rest

import (
	"fmt"
	"sync"
	"time"
)

// Discord bans an address that causes 10,000 invalid requests (401, 403, 429
// unless of shared scope) in ten minutes:
// https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
const (
	invalidLimit  = 10_000
	invalidWindow = 10 * time.Minute
	invalidSlots  = 10 // the window slides in steps of a minute

	// ownerShare is how many of them one plugin may cause before its requests
	// are refused here; allShare stops every plugin. The rest is the host's own.
	ownerShare = 1_000
	allShare   = 8_000

	// From slowFrom on a plugin's requests leave slowStep apart, whatever they
	// ask for: it has minutes left in which somebody may notice.
	slowFrom = ownerShare / 2
	slowStep = invalidWindow / ownerShare
)

// An invalidLedger counts invalid requests by owner.
type invalidLedger struct {
	mu     sync.Mutex
	began  time.Time // of slot 0
	owners map[string]*[invalidSlots]int
	next   map[string]time.Time // of owners that are slowed: when their next request may leave
	slot   int64                // steps since began of the newest slot
}

// charge counts one invalid request.
func (l *invalidLedger) charge(owner string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.advance(now)
	counts := l.owners[owner]
	if counts == nil {
		if l.owners == nil {
			l.owners = make(map[string]*[invalidSlots]int)
		}
		counts = new([invalidSlots]int)
		l.owners[owner] = counts
	}
	counts[l.slot%invalidSlots]++
}

// permit refuses a plugin that has used up its share, or any plugin when
// together they have used up theirs. The host itself is never refused.
func (l *invalidLedger) permit(owner string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.used(owner, now)
	return err
}

// place says when the next request of a plugin may leave, and takes that place.
func (l *invalidLedger) place(owner string, now time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if own, _ := l.used(owner, now); own < slowFrom {
		return now
	}
	at := now
	if next := l.next[owner]; next.After(now) {
		at = next
	}
	if l.next == nil {
		l.next = make(map[string]time.Time)
	}
	l.next[owner] = at.Add(slowStep)
	return at
}

// used counts a plugin's invalid requests; err says that it may send no more.
func (l *invalidLedger) used(owner string, now time.Time) (own int, err error) {
	if owner == "" {
		return 0, nil
	}
	l.advance(now)
	all := 0
	for o, counts := range l.owners {
		n := sum(counts)
		all += n
		if o == owner {
			own = n
		}
	}
	if own < ownerShare && all < allShare {
		return own, nil
	}
	return own, &InvalidRequestsError{Owner: owner, Own: own, All: all}
}

// counts returns the invalid requests of the last ten minutes by owner.
func (l *invalidLedger) counts(now time.Time) map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.advance(now)
	counts := make(map[string]int, len(l.owners))
	for owner, slots := range l.owners {
		counts[owner] = sum(slots)
	}
	return counts
}

// advance empties the slots that have left the window.
func (l *invalidLedger) advance(now time.Time) {
	if l.began.IsZero() {
		l.began = now
	}
	newest := int64(now.Sub(l.began) / (invalidWindow / invalidSlots))
	steps := min(newest-l.slot, invalidSlots)
	if steps <= 0 {
		return
	}
	l.slot = newest
	for owner, counts := range l.owners {
		for i := range steps {
			counts[(newest-i)%invalidSlots] = 0
		}
		if sum(counts) == 0 {
			delete(l.owners, owner)
			delete(l.next, owner)
		}
	}
}

func sum(counts *[invalidSlots]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// An InvalidRequestsError refuses a request because too many of the last ten
// minutes were answered with 401, 403 or 429. Nothing was sent.
type InvalidRequestsError struct {
	Owner string // the plugin that is refused
	Own   int    // its invalid requests
	All   int    // everyone's
}

func (e *InvalidRequestsError) Error() string {
	if e.Own >= ownerShare {
		return fmt.Sprintf("rest: plugin %q caused %d invalid requests (401, 403 or 429) in ten minutes and is cut off until fewer than %d are left in that time; "+
			"look at what it is refused and give it the permissions, or stop asking", e.Owner, e.Own, ownerShare)
	}
	return fmt.Sprintf("rest: all plugins together caused %d invalid requests (401, 403 or 429) in ten minutes; "+
		"they wait, because Discord bans the address at %d", e.All, invalidLimit)
}
