// Package dev is `shardhost dev`: a whole Discord, a host and a page to talk to
// the bot, in one process, from nothing but the plugins' source.
//
// [Run] starts a simulated Discord (package discordtest), builds the plugins of
// a configuration from source, starts the host against it and serves a page on
// loopback. On the page a person writes messages as a Discord user and sees the
// bot's answers, beside the shards, the plugins and their log. Saving a
// plugin's source builds it again and swaps it in the running host; the page
// counts IDENTIFYs, so that one can see that no session was touched.
//
// The parts: a [simulation] is the Discord as the page needs it; the workshop
// builds plugins and knows how each build stands; the notebook keeps the log;
// the page puts them together as one stream of Server-Sent Events. The world is
// new at each start: messages, sessions and the plugins' data go when it ends.
package dev
