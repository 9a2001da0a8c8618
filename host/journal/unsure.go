package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/shardhost/shardhost/internal/store"
)

// A commit that ends with an error may have happened all the same: the disk, or
// a network, has lost the answer and not the question. Trying it again blindly
// would add twice and send twice. So every batch of a lane leaves a number of
// its own under the lane's key, by which it is recognised.

// sign puts the batch's number into it.
func (d *draft) sign() {
	d.number = d.journal.numbers.Add(1)
	d.write(d.numberKey(), binary.BigEndian.AppendUint64(nil, d.number))
}

func (d *draft) numberKey() string {
	return fmt.Sprintf("batch/%s/%d/%d", d.Plugin, d.Lane.Of, d.Lane.Index)
}

// arrived tells whether the batch has reached the store.
func (d *draft) arrived(ctx context.Context) (bool, error) {
	if d.number == 0 {
		return false, nil // it was not made
	}
	e, err := d.journal.store.Get(ctx, d.numberKey())
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && len(e.Value) == 8 && binary.BigEndian.Uint64(e.Value) == d.number, err
}
