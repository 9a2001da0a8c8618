package build

import (
	"os"
	"slices"
	"strings"
)

// environ is the environment of a build: the host's own without the token and
// the variables named.
func environ(withhold []string, more ...string) []string {
	hidden := slices.Concat([]string{"DISCORD_TOKEN"}, withhold, more)
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(hidden, name)
	})
}
