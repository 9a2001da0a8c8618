package store_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/shardhost/shardhost/internal/store"
	"github.com/shardhost/shardhost/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemoryConformance(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return store.NewMemory() })
}
