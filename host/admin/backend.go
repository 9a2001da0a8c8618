package admin

import "context"

// Backend is the host, as the API sees it. Its methods are called from many
// goroutines at once.
type Backend interface {
	// Status returns a snapshot. FormatVersion, Ready and Reason are filled in
	// by the server.
	Status() Status

	// Ready tells whether every shard is ready, else why not, in one line.
	// Shards start slowly by design: not ready is no reason to restart.
	Ready() (ok bool, reason string)

	// Reload puts the configuration into effect, all or nothing. An error
	// means that nothing has changed; an *Error reaches the client as it is,
	// with its diagnostics, any other as its text.
	Reload(context.Context, ReloadRequest) (ReloadReport, error)

	// Rollback puts a plugin's generation before the last swap back, while it
	// is kept.
	Rollback(context.Context, RollbackRequest) (Rollback, error)

	// Enable starts a plugin that was disabled; Disable stops one until it is
	// enabled again, also over restarts.
	Enable(context.Context, EnableRequest) (Switched, error)
	Disable(context.Context, DisableRequest) (Switched, error)

	// Plugin returns what a status leaves out of one plugin.
	Plugin(name string) (PluginDetail, error)

	// Configuration is what is in effect.
	Configuration() Configuration

	// REST tells what the client of Discord's REST API is doing.
	REST() REST

	Letters
	Watching
	Logging
}
