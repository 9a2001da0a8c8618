package plugin

import (
	"fmt"
	"strings"

	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/wasm"
)

// Validate checks the module file of a plugin without running any of it, and
// adds what is wrong to diags, at the line of the configuration to change.
func Validate(c *config.Config, spec config.Plugin, diags *config.Diagnostics) {
	wrong := func(at config.Location, detail string) {
		diags.Add(config.SeverityError, at, "Plugin cannot run", detail)
	}
	module, err := ReadModule(spec)
	if err != nil {
		wrong(spec.At, sentence(strings.TrimPrefix(err.Error(), place(spec.At))))
		return
	}
	info, err := wasm.Inspect(module)
	if err != nil {
		wrong(spec.At, sentence(fmt.Sprintf("%s: %s", spec.Source, err)))
		return
	}
	if spec.SHA256 != "" && spec.SHA256 != info.SHA256 {
		wrong(spec.At, fmt.Sprintf("%s is not the module that sha256 names: its sum is %s.", spec.Source, info.SHA256))
	}
	var faults []string // of the module itself
	for _, p := range info.Check(spec.Limits.Memory, func(grant string) bool { return granted(spec.Grant, grant) }) {
		if p.Grant != "" {
			wrong(spec.Grant.At, sentence(p.String()))
			continue
		}
		faults = append(faults, "- "+p.String())
	}
	if faults != nil {
		wrong(spec.At, fmt.Sprintf("%s does not keep the contract:\n%s", spec.Source, strings.Join(faults, "\n")))
	}
	if spec.Events != nil || info.Manifest == nil {
		return // what the configuration lists was checked when it was loaded
	}
	if _, err := c.Discord.Subscription(info.Manifest.Events); err != nil {
		wrong(spec.At, sentence(fmt.Sprintf("%s declares events that cannot be had: %s", spec.Source, err)))
	}
}

// sentence makes an error's text one.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
