package rest

import (
	"context"
	"sync"
)

// A turnstile lets one caller pass at a time. Callers of one owner pass in the
// order in which they came, owners take turns: a plugin that floods delays
// itself.
type turnstile struct {
	mu     sync.Mutex
	held   bool
	queues map[string][]chan struct{} // waiting callers by owner; a closed channel has been let in
	turns  []string                   // owners that wait, the next one first
}

// enter waits for the caller's turn. Whoever entered must leave.
func (t *turnstile) enter(ctx context.Context, owner string) error {
	t.mu.Lock()
	if !t.held {
		t.held = true
		t.mu.Unlock()
		return nil
	}
	if t.queues == nil {
		t.queues = make(map[string][]chan struct{})
	}
	turn := make(chan struct{})
	if len(t.queues[owner]) == 0 {
		t.turns = append(t.turns, owner)
	}
	t.queues[owner] = append(t.queues[owner], turn)
	t.mu.Unlock()

	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		if !t.abandon(owner, turn) {
			t.leave() // the turn came at the same moment
		}
		return ctx.Err()
	}
}

// leave lets the next caller in.
func (t *turnstile) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.turns) == 0 {
		t.held = false
		return
	}
	owner := t.turns[0]
	t.turns = t.turns[1:]
	queue := t.queues[owner]
	close(queue[0])
	if queue = queue[1:]; len(queue) > 0 {
		t.queues[owner] = queue
		t.turns = append(t.turns, owner)
	} else {
		delete(t.queues, owner)
	}
}

// abandon takes a waiting caller out; it reports false when it was let in.
func (t *turnstile) abandon(owner string, turn chan struct{}) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	queue := t.queues[owner]
	for i, waiting := range queue {
		if waiting != turn {
			continue
		}
		if queue = append(queue[:i:i], queue[i+1:]...); len(queue) > 0 {
			t.queues[owner] = queue
			return true
		}
		delete(t.queues, owner)
		for j, o := range t.turns {
			if o == owner {
				t.turns = append(t.turns[:j:j], t.turns[j+1:]...)
				break
			}
		}
		return true
	}
	return false
}

// waiting is how many callers wait outside.
func (t *turnstile) waiting() (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, queue := range t.queues {
		n += len(queue)
	}
	return n
}

// busy reports whether somebody is inside or waits.
func (t *turnstile) busy() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held
}
