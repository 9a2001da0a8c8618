package sdk

import "testing"

// Register runs registrations on a registry of the test's own.
func Register(t testing.TB, register func()) {
	t.Helper()
	saved := plugin
	t.Cleanup(func() { plugin = saved })
	plugin = registry{}
	register()
}

// ManifestOf is the manifest of what is registered.
func ManifestOf() JSON { return plugin.manifest() }

// AppendJSON is what writes bodies.
var AppendJSON = appendJSON

// ParseMessage reads the field d of a MESSAGE_CREATE.
var ParseMessage = parseMessage
