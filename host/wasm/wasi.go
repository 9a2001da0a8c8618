package wasm

import (
	"context"

	"github.com/tetratelabs/wazero"
)

// wasiModule is the only module besides the host's own that a guest may import
// from: languages with a runtime cannot be built without it.
const wasiModule = "wasi_snapshot_preview1"

// Error numbers of WASI preview 1.
const (
	wasiOK    = 0
	wasiBadf  = 8
	wasiInval = 28
	wasiNosys = 52
)

// A wasiFunc is one function of WASI as this host speaks it: no files, no
// environment, no arguments, no sockets. What has no code answers `otherwise`.
type wasiFunc struct {
	name      string
	params    string // as in abi.Function
	otherwise uint64
	call      HostFunc
}

// wasiFunctions is the whole of WASI preview 1.
// Source: https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
var wasiFunctions = [...]wasiFunc{
	{"args_get", "ii", wasiOK, nil},
	{"args_sizes_get", "ii", 0, wasiZeroSizes},
	{"environ_get", "ii", wasiOK, nil},
	{"environ_sizes_get", "ii", 0, wasiZeroSizes},
	{"clock_res_get", "ii", 0, wasiClockRes},
	{"clock_time_get", "ili", 0, wasiClockTime},
	{"fd_advise", "illi", wasiBadf, nil},
	{"fd_allocate", "ill", wasiBadf, nil},
	{"fd_close", "i", 0, wasiClose},
	{"fd_datasync", "i", wasiBadf, nil},
	{"fd_fdstat_get", "ii", 0, wasiFdstat},
	{"fd_fdstat_set_flags", "ii", wasiBadf, nil},
	{"fd_fdstat_set_rights", "ill", wasiBadf, nil},
	{"fd_filestat_get", "ii", wasiBadf, nil},
	{"fd_filestat_set_size", "il", wasiBadf, nil},
	{"fd_filestat_set_times", "illi", wasiBadf, nil},
	{"fd_pread", "iiili", wasiBadf, nil},
	{"fd_prestat_get", "ii", wasiBadf, nil},
	{"fd_prestat_dir_name", "iii", wasiBadf, nil},
	{"fd_pwrite", "iiili", wasiBadf, nil},
	{"fd_read", "iiii", 0, wasiRead},
	{"fd_readdir", "iiili", wasiBadf, nil},
	{"fd_renumber", "ii", wasiBadf, nil},
	{"fd_seek", "ilii", wasiBadf, nil},
	{"fd_sync", "i", wasiBadf, nil},
	{"fd_tell", "ii", wasiBadf, nil},
	{"fd_write", "iiii", 0, wasiWrite},
	{"path_create_directory", "iii", wasiBadf, nil},
	{"path_filestat_get", "iiiii", wasiBadf, nil},
	{"path_filestat_set_times", "iiiilli", wasiBadf, nil},
	{"path_link", "iiiiiii", wasiBadf, nil},
	{"path_open", "iiiiillii", wasiBadf, nil},
	{"path_readlink", "iiiiii", wasiBadf, nil},
	{"path_remove_directory", "iii", wasiBadf, nil},
	{"path_rename", "iiiiii", wasiBadf, nil},
	{"path_symlink", "iiiii", wasiBadf, nil},
	{"path_unlink_file", "iii", wasiBadf, nil},
	{"poll_oneoff", "iiii", 0, wasiPoll},
	{"proc_raise", "i", wasiNosys, nil},
	{"random_get", "ii", 0, wasiRandom},
	{"sched_yield", "", wasiOK, nil},
	{"sock_accept", "iii", wasiBadf, nil},
	{"sock_recv", "iiiiii", wasiBadf, nil},
	{"sock_send", "iiiii", wasiBadf, nil},
	{"sock_shutdown", "ii", wasiBadf, nil},
}

// linkWASI offers WASI to the guests of a runtime.
func linkWASI(ctx context.Context, r wazero.Runtime) error {
	b := r.NewHostModuleBuilder(wasiModule)
	for _, f := range wasiFunctions {
		call := f.call
		if call == nil {
			otherwise := f.otherwise
			call = func(_ *Guest, stack []uint64) { stack[0] = otherwise }
		}
		b.NewFunctionBuilder().
			WithGoModuleFunction(hostCall(call), valueTypes(f.params), valueTypes("i")).
			Export(f.name)
	}
	b.NewFunctionBuilder().
		WithGoModuleFunction(hostCall(wasiExit), valueTypes("i"), nil).
		Export("proc_exit")
	_, err := b.Instantiate(ctx)
	return err
}
