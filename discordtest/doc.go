// Package discordtest is a Discord to test against, as net/http/httptest is to
// HTTP: a gateway and a REST API on a port of this machine, with guilds and
// people in them, strict about every documented limit, and with faults on
// request.
package discordtest
