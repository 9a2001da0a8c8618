// Package admin is the HTTP API of a running host: what `shardhost status` and
// `shardhost reload` talk to, and what a supervisor's probes ask.
//
// A [Server] listens on a unix socket that only its owner may open, on a loopback
// address, or elsewhere with TLS. It holds no state: everything it tells comes from a
// [Backend], which the host implements. A [Client] is the other end.
//
//	GET  /v1/status   the host's Status
//	GET  /v1/events   the same, as Server-Sent Events, whenever it changes
//	POST /v1/reload   a ReloadRequest; answers a ReloadReport
//	POST /v1/rollback a RollbackRequest; answers a Rollback
//	GET  /v1/plugin?name=NAME  a PluginDetail
//	POST /v1/plugin/enable   an EnableRequest; answers a Switched
//	POST /v1/plugin/disable  a DisableRequest; answers a Switched
//	GET  /v1/config   the Configuration that is in effect
//	GET  /v1/rest     a REST: limits and invalid requests
//	GET  /v1/history  a History, while the dashboard is served
//	GET  /v1/tail?plugin=NAME&event=PATTERN&raw=true    TailLines, as Server-Sent Events
//	GET  /v1/record?plugin=NAME&event=PATTERN&raw=true  the same frames as a recording
//	GET  /v1/logs?level=LEVEL&plugin=NAME&follow=true   LogLines, as Server-Sent Events
//	GET  /v1/deadletters?plugin=NAME&limit=N  a DeadLetterList
//	GET  /v1/deadletter?id=ID&raw=true        a DeadLetter with its frame
//	POST /v1/deadletters/replay, drop         a DeadLetterRequest; answers a DeadLetterReport
//	GET  /            the dashboard, where it is served
//	GET  /openapi.json  the description of all routes
//	GET  /healthz     200 while the process works, whatever Discord does
//	GET  /readyz      200 when every shard is ready, else 503 and the reason
//
// An answer that is not 2xx is {"error": {"code", "message", …}}, an [Error].
//
// Who may call: on a unix socket the file's permissions decide (0600). On
// loopback every local user may, but no web page: requests must name a
// loopback Host, so that a foreign name that resolves to 127.0.0.1 gets
// nothing, and what changes something must not come from another origin.
// Elsewhere it is served with TLS only, to who has the token.
package admin
