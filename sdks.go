// Package shardhost carries the SDKs for plugins in its binary, so that a new
// plugin builds without a registry and without a clone of this repository. Who
// asks for them is host/scaffold; the host itself is in cmd/host.
package shardhost

import "embed"

// SDKs are the sources of the SDKs, by their paths in the repository: for every
// language what a plugin is built with, and no more.
//
//go:embed plugins/sdk/assemblyscript/*.ts
//go:embed plugins/sdk/c/*.c plugins/sdk/c/*.h plugins/sdk/c/*.hpp
//go:embed plugins/sdk/rust/Cargo.toml plugins/sdk/rust/src/*.rs plugins/sdk/rust/src/testing/*.rs
//go:embed abi/*.go abi/index/*.go abi/scan/*.go plugins/sdk/go/*.go plugins/sdk/go/sdktest/*.go
//go:embed plugins/sdk/js/*.js plugins/sdk/js/*.mjs plugins/sdk/js/*.ts
//go:embed plugins/sdk/zig/*.zig plugins/sdk/zig/*.zon plugins/sdk/zig/src/*.zig
var SDKs embed.FS
