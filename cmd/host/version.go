package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/shardhost/shardhost/abi"
)

// versionInfo is what is known about the binary.
type versionInfo struct {
	FormatVersion int    `json:"format_version"`
	Version       string `json:"version"` // of the module; "(devel)" when built from a working tree
	Commit        string `json:"commit,omitempty"`
	Modified      bool   `json:"modified,omitempty"` // the working tree had changes
	Go            string `json:"go"`
	OS            string `json:"os"`
	Arch          string `json:"arch"`
	Wazero        string `json:"wazero"`
	ABI           string `json:"abi"`
}

// release is the version of a release, for builds that know it better than the
// Go command: -ldflags "-X main.release=v1.2.3".
var release string

// build reads what the linker noted.
func buildInfo() versionInfo {
	v := versionInfo{
		FormatVersion: formatVersion, Version: "unknown", Wazero: "unknown",
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, ABI: fmt.Sprintf("%d.%d", abi.Version, abi.Minor),
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	if release != "" {
		v.Version = release
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	for _, dep := range info.Deps {
		if dep.Path == "github.com/tetratelabs/wazero" {
			v.Wazero = dep.Version
		}
	}
	return v
}

func newVersion(g *globals) *cobra.Command {
	cmd := &cobra.Command{Use: "version", Short: "Print the version of the host and of what it is made with", Args: exactly(0, "")}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		v := buildInfo()
		if *asJSON {
			return printJSON(g.Out, v)
		}
		commit := ""
		if v.Commit != "" {
			commit = " " + v.Commit[:min(12, len(v.Commit))]
			if v.Modified {
				commit += " with changes"
			}
		}
		_, err := fmt.Fprintf(g.Out, "shardhost %s%s\ncontract %s, wazero %s, %s %s/%s\n", v.Version, commit, v.ABI, v.Wazero, v.Go, v.OS, v.Arch)
		return err
	}
	return cmd
}
