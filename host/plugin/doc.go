// Package plugin is a plugin's life: its generations and its lanes.
//
// A Plugin has one or more lanes. A lane is one goroutine that owns one guest
// and one bounded mailbox: it takes what waits there as one batch, gives it to
// the guest in one call, has the journal commit what came of it and ends the
// hold on the events. Nothing else ever calls the guest, so state inside it
// needs no locks.
//
// A generation is one module with one configuration. Reload, rollback and
// configuration change are the same: Prepare makes a new generation beside the
// running one, and Swap puts each lane onto it between two batches. The mailbox
// belongs to the lane and outlives generations, so no event is lost in a swap.
// A guest that traps is discarded; its lane makes a new one of the same
// generation, later and later, until the plugin rests.
package plugin
