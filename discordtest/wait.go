package discordtest

import (
	"context"
	"fmt"

	"github.com/shardhost/shardhost/discord"
)

// WaitFor returns once f is true. It is asked again after each change of
// sessions, messages, requests, heartbeats and violations, not after each
// event of a load. The error is the context's.
func (s *Server) WaitFor(ctx context.Context, f func() bool) error { return s.rec.until(ctx, f) }

// WaitForSessions returns once n sessions are connected.
func (s *Server) WaitForSessions(ctx context.Context, n int) error {
	err := s.WaitFor(ctx, func() bool { return s.Stats().Sessions == n })
	if err != nil {
		return fmt.Errorf("discordtest: waiting for %d sessions, %d are connected: %w", n, s.Stats().Sessions, err)
	}
	return nil
}

// WaitForMessage returns the first message of a channel for which f is true.
func (s *Server) WaitForMessage(ctx context.Context, channel discord.ChannelID, f func(Message) bool) (Message, error) {
	var found Message
	err := s.WaitFor(ctx, func() bool {
		for _, m := range s.Messages(channel) {
			if f(m) {
				found = m
				return true
			}
		}
		return false
	})
	if err != nil {
		return Message{}, fmt.Errorf("discordtest: waiting for a message in channel %s: %w", channel, err)
	}
	return found, nil
}

// WaitForRequest returns the first REST request after number since for which f
// is true.
func (s *Server) WaitForRequest(ctx context.Context, since int, f func(Request) bool) (Request, error) {
	var found Request
	err := s.WaitFor(ctx, func() bool {
		for _, q := range s.RESTRequests(since) {
			if f(q) {
				found = q
				return true
			}
		}
		return false
	})
	if err != nil {
		return Request{}, fmt.Errorf("discordtest: waiting for a request: %w", err)
	}
	return found, nil
}

// WaitForAcks returns once the heartbeats of all connected sessions have
// acknowledged all that was sent to them.
func (s *Server) WaitForAcks(ctx context.Context) error {
	err := s.WaitFor(ctx, func() bool {
		for _, session := range s.Sessions() {
			if session.Connected && session.Acked < session.Sequence {
				return false
			}
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("discordtest: waiting for heartbeats to acknowledge everything: %w", err)
	}
	return nil
}
