package gateway

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if compress := os.Getenv("GATEWAY_TEST_IDLE_SERVER"); compress != "" {
		idleServe(compress)
		return
	}
	goleak.VerifyTestMain(m)
}
