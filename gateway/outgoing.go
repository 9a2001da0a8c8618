package gateway

import (
	"context"
	"fmt"
	"time"

	"github.com/gorilla/websocket"
)

// write sends an urgent message: a heartbeat, IDENTIFY or RESUME. It waits for
// the window only if even the reserved slots are used up, which takes a service
// that asks for a beat again and again.
func (c *connection) write(text []byte) error {
	for {
		c.mu.Lock()
		wait := c.window.wait(time.Now(), true)
		if wait == 0 {
			err := c.writeLocked(text)
			c.mu.Unlock()
			return err
		}
		c.mu.Unlock()
		if err := sleep(c.ctx, wait); err != nil {
			return errOver
		}
	}
}

// writeLocked sends one text message and counts it. The caller holds c.mu.
func (c *connection) writeLocked(text []byte) error {
	if c.closing.Load() {
		return errOver
	}
	c.ws.SetWriteDeadline(time.Now().Add(writeLimit))
	err := c.ws.WriteMessage(websocket.TextMessage, text)
	c.window.add(time.Now())
	if err != nil {
		return fmt.Errorf("%w: %w", errWrite, err)
	}
	return nil
}

// send sends a command when the window allows it. Commands go in the order in
// which they were given; heartbeats overtake them. errOver says that it was not
// sent because the connection is over.
func (c *connection) send(ctx context.Context, cmd command) error {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return ctx.Err()
	case <-c.over:
		return errOver
	}
	for {
		c.mu.Lock()
		wait := c.window.wait(time.Now(), false)
		if wait == 0 {
			err := c.writeLocked(cmd.text)
			c.mu.Unlock()
			if err != nil {
				// Whether it arrived is not known, and all commands may be
				// repeated: they say how something is to be, or ask for something.
				return errOver
			}
			return nil
		}
		c.mu.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-c.over:
			timer.Stop()
			return errOver
		}
	}
}
