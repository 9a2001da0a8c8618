// Package effect is what a handler may do: one file a capability, with its
// grant, its host functions and its limits.
//
// Nothing a guest asks for happens while it runs. Each host function checks the
// grant and the limits, records an Effect of the frame being handled and
// returns. When the frame is finished, the lane takes its effects from the
// Recorder and the journal makes them happen, all or none. The exceptions are
// log and metric, which are about the handler and not an effect of it.
package effect
