package admin

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

	// Force makes a new generation of these plugins even when nothing about
	// them has changed.
	Force []string `json:"force,omitempty"`
}

// ReloadReport says what a reload did.
type ReloadReport struct {
	FormatVersion int            `json:"format_version"` // filled in by the server
	DryRun        bool           `json:"dry_run,omitempty"`
	Changed       bool           `json:"changed"`
	Identifies    int            `json:"identifies"` // IDENTIFYs that it cost, or would cost
	DurationMS    float64        `json:"duration_ms"`
	Plugins       []PluginReload `json:"plugins"`            // in the order of the configuration, then removed ones
	Warnings      []string       `json:"warnings,omitempty"` // what needs a restart to take effect, and the like
}

// What a reload does with one plugin.
const (
	ActionAdded     = "added"
	ActionRemoved   = "removed"
	ActionSwapped   = "swapped"
	ActionUnchanged = "unchanged"

	// ActionRolledBack: it was swapped, and had to go back at once. Reason says
	// why.
	ActionRolledBack = "rolled back"
)

// PluginReload is a reload's outcome for one plugin.
type PluginReload struct {
	Name    string  `json:"name"`
	Action  string  `json:"action"`             // one of the Action constants
	From    uint64  `json:"from,omitempty"`     // generation before; 0: none
	To      uint64  `json:"to,omitempty"`       // generation after; 0: none
	SHA256  string  `json:"sha256,omitempty"`   // of the module after
	PauseMS float64 `json:"pause_ms,omitempty"` // longest time that a lane stood still
	Reason  string  `json:"reason,omitempty"`   // of ActionRolledBack
}
