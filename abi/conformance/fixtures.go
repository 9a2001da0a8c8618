package conformance

import (
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance/guest"
)

// Echo logs the body of every frame at level info and answers 0.
func Echo() []byte {
	return guest.Batch([]string{"log"}, func(_ *guest.Builder, f map[string]uint32) guest.Code {
		return guest.Seq(guest.I32(abi.LogInfo), guest.FrameBody, guest.Call(f["log"]), guest.Drop)
	})
}

// Silent handles every frame and does nothing.
func Silent() []byte {
	return guest.Batch(nil, func(*guest.Builder, map[string]uint32) guest.Code { return nil })
}

// Poison handles frames and says so with done after each, but a frame whose
// body begins with the byte bad makes it trap.
func Poison(bad byte) []byte {
	return guest.Batch([]string{"done"}, func(_ *guest.Builder, f map[string]uint32) guest.Code {
		return guest.Seq(
			guest.FrameBodyPtr, guest.Load8(0), guest.I32(int32(bad)), guest.I32Eq,
			guest.If(guest.Empty, guest.Unreachable),
			guest.Get(guest.FrameIndex), guest.I32(1), guest.I32Add, guest.Call(f["done"]), guest.Drop,
		)
	})
}

// Failing answers code for every batch, after giving reason with fail.
func Failing(code int32, reason string) []byte {
	return guest.Batch([]string{"fail"}, func(b *guest.Builder, f map[string]uint32) guest.Code {
		return guest.Seq(b.Data(reason).Both(), guest.Call(f["fail"]), guest.Drop, guest.I32(code), guest.Return)
	})
}

// Rest calls rest with the document once for every event, with the event's tag,
// and logs the body of every completion.
func Rest(document string) []byte {
	return guest.Batch([]string{"rest", "log"}, func(b *guest.Builder, f map[string]uint32) guest.Code {
		return guest.Seq(
			guest.FrameKind, guest.I32(int32(abi.KindEvent)), guest.I32Eq,
			guest.If(guest.Empty,
				guest.FrameTag, b.Data(document).Both(), guest.Call(f["rest"]), guest.Drop,
			),
			guest.FrameKind, guest.I32(int32(abi.KindCompletion)), guest.I32Eq,
			guest.If(guest.Empty,
				guest.I32(abi.LogInfo), guest.FrameBody, guest.Call(f["log"]), guest.Drop,
			),
		)
	})
}

// Counter counts frames under a key and logs "counted" each time.
func Counter(key string) []byte {
	return guest.Batch([]string{"kv_add", "log"}, func(b *guest.Builder, f map[string]uint32) guest.Code {
		return guest.Seq(
			b.Data(key).Both(), guest.I64(1), guest.I32(guest.Scratch), guest.Call(f["kv_add"]), guest.Drop,
			guest.I32(abi.LogInfo), b.Data("counted").Both(), guest.Call(f["log"]), guest.Drop,
		)
	})
}

// Keep puts the body of every event under a key.
func Keep(key string) []byte {
	return guest.Batch([]string{"kv_put"}, func(b *guest.Builder, f map[string]uint32) guest.Code {
		return guest.Seq(b.Data(key).Both(), guest.FrameBody, guest.I64(0), guest.Call(f["kv_put"]), guest.Drop)
	})
}

// Timer asks for a timer with the event's tag for every event, and logs "due"
// for every timer frame.
func Timer(delayMS, periodMS int64) []byte {
	return guest.Batch([]string{"timer", "log"}, func(b *guest.Builder, f map[string]uint32) guest.Code {
		return guest.Seq(
			guest.FrameKind, guest.I32(int32(abi.KindEvent)), guest.I32Eq,
			guest.If(guest.Empty,
				guest.FrameTag, guest.I64(delayMS), guest.I64(periodMS), guest.Call(f["timer"]), guest.Drop,
			),
			guest.FrameKind, guest.I32(int32(abi.KindTimer)), guest.I32Eq,
			guest.If(guest.Empty,
				guest.I32(abi.LogInfo), b.Data("due").Both(), guest.Call(f["log"]), guest.Drop,
			),
		)
	})
}

// Gateway sends op with the event's body as d, on the frame's own shard.
func Gateway(op int32) []byte {
	return guest.Batch([]string{"gateway"}, func(_ *guest.Builder, f map[string]uint32) guest.Code {
		return guest.Seq(guest.I32(-1), guest.I32(op), guest.FrameBody, guest.Call(f["gateway"]), guest.Drop)
	})
}

// Spin never returns from shard_batch.
func Spin() []byte {
	return guest.Batch(nil, func(*guest.Builder, map[string]uint32) guest.Code {
		return guest.Loop(guest.Empty, guest.Br(0))
	})
}
