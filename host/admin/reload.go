package admin

import "time"

// ReloadRequest asks the host to read its configuration again and to put it
// into effect: the same path as SIGHUP and the file watcher. The zero value is
// a plain reload.
type ReloadRequest struct {
	// DryRun stops after everything was prepared: the report says what would
	// have happened.
	DryRun bool `json:"dry_run,omitempty"`

	// AllowIdentify permits changes that need new sessions, such as other
	// intents. Without it such a reload is refused and its price is named.
	AllowIdentify bool `json:"allow_identify,omitempty"`

	// Plan refuses unless the reload is exactly the one that a dry run, which
	// named this, has shown; "": whatever is to be done.
	Plan string `json:"plan,omitempty"`

	// Force makes a new generation of these plugins even when nothing about
	// them has changed.
	Force []string `json:"force,omitempty"`
}

// ReloadReport says what a reload did.
type ReloadReport struct {
	FormatVersion int            `json:"format_version"` // filled in by the server
	DryRun        bool           `json:"dry_run,omitempty"`
	Changed       bool           `json:"changed"`
	Plan          string         `json:"plan"`       // names what is done: the same again, the same name
	Identifies    int            `json:"identifies"` // IDENTIFYs that it cost, or would cost
	DurationMS    float64        `json:"duration_ms"`
	Plugins       []PluginReload `json:"plugins"` // in the order of the configuration, then removed ones
	Sessions      SessionReload  `json:"sessions"`
	Warnings      []string       `json:"warnings,omitempty"` // what needs a restart to take effect, and the like
}

// SessionReload is what a reload does with the gateway sessions. It replaces all
// of them or none: new ones are opened beside the old, so that no event is lost.
// Where none is replaced, this process may take shards on or give some away.
type SessionReload struct {
	Replaced   bool      `json:"replaced"` // all shards get new sessions
	ShardsFrom int       `json:"shards_from"`
	ShardsTo   int       `json:"shards_to"`
	Added      []string  `json:"intents_added,omitempty"`
	Removed    []string  `json:"intents_removed,omitempty"`
	Seconds    float64   `json:"seconds,omitempty"`           // that it takes at least, by Discord's pace of IDENTIFYs
	Left       int       `json:"left"`                        // IDENTIFYs left in the period before it
	Taken      []int     `json:"shards_taken,omitempty"`      // that this process is to run from now on
	GivenAway  []int     `json:"shards_given_away,omitempty"` // that it is to leave to others
	NotBefore  time.Time `json:"not_before,omitzero"`         // the budget does not allow it before; zero: now
}

// What a reload does with one plugin.
const (
	ActionAdded     = "added"
	ActionRemoved   = "removed"
	ActionSwapped   = "swapped"
	ActionUnchanged = "unchanged"
	ActionDisabled  = "disabled" // it stays so: see EnableRequest

	// ActionRolledBack: it was swapped, and had to go back at once. Reason says
	// why.
	ActionRolledBack = "rolled back"
)

// PluginReload is a reload's outcome for one plugin.
type PluginReload struct {
	Name   string `json:"name"`
	Action string `json:"action"`         // one of the Action constants
	From   uint64 `json:"from,omitempty"` // generation before; 0: none
	To     uint64 `json:"to,omitempty"`   // generation after; 0: none

	// Changes names what is new of a plugin that is swapped: module, or
	// arguments and blocks of the configuration such as grant.
	Changes []string `json:"changes,omitempty"`

	SHA256  string  `json:"sha256,omitempty"`   // of the module after
	PauseMS float64 `json:"pause_ms,omitempty"` // longest time that a lane stood still
	Reason  string  `json:"reason,omitempty"`   // of ActionRolledBack
}
