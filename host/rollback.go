package host

import (
	"context"
	"errors"
	"fmt"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/plugin"
)

// Rollback puts a plugin's earlier generation back while it is kept.
func (h *Host) Rollback(ctx context.Context, req admin.RollbackRequest) (admin.Rollback, error) {
	p := h.plugin(req.Plugin)
	if p == nil {
		return admin.Rollback{}, h.absent(req.Plugin)
	}
	done, err := p.Rollback(ctx, errors.New("somebody asked for it"))
	switch {
	case errors.Is(err, plugin.ErrNothingKept):
		return admin.Rollback{}, &admin.Error{Code: admin.CodeFailed, Message: fmt.Sprintf(
			"no earlier generation of plugin %q is kept: that lasts as long as reload.probation after a swap; put the earlier file back and reload", req.Plugin)}
	case err != nil:
		return admin.Rollback{}, &admin.Error{Code: admin.CodeFailed, Message: err.Error()}
	}
	return rollback(req.Plugin, done), nil
}

func rollback(name string, b plugin.RolledBack) admin.Rollback {
	return admin.Rollback{
		Plugin: name, Generation: uint64(b.Generation), SHA256: b.SHA256, To: uint64(b.To), At: b.At, Reason: b.Reason,
		PauseMS: milliseconds(b.Pause),
	}
}
