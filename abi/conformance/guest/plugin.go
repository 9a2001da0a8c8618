package guest

import "github.com/shardhost/shardhost/abi"

// Plugin is a guest that keeps the contract, but for what is filled in.
type Plugin struct {
	// Frame runs for each frame of a batch. Its locals are those of Frame*
	// below; it must leave the stack as it found it. To fail the frame, return
	// a negative number from it with Return.
	Frame Code

	// Batch replaces the whole body of shard_batch (len, count) -> i32.
	Batch Code

	// Init, Save, Load and Stop are the bodies of these exports. Init answers 0
	// by default; the others are not exported without a body.
	Init, Save, Load, Stop Code

	// Buffer replaces the body of shard_buffer (min) -> i64.
	Buffer Code

	Initialize Code // body of _initialize; not exported without
}

// Locals of Plugin.Frame.
const (
	FrameCount uint32 = 1 // frames in the batch
	FramePtr   uint32 = 2 // address of the frame's header
	FrameIndex uint32 = 3 // its number in the batch
	FrameI32   uint32 = 4 // free for use
	FrameI64   uint32 = 5 // free for use
)

// Offsets in a frame's header.
const (
	offTag, offGuild, offStatus, offName, offBody, offKind = 8, 16, 44, 36, 40, 4
)

// Code for Plugin.Frame that pushes parts of the frame.
var (
	FrameTag     = Seq(Get(FramePtr), Load64(offTag))
	FrameGuild   = Seq(Get(FramePtr), Load64(offGuild))
	FrameStatus  = Seq(Get(FramePtr), Load32(offStatus))
	FrameKind    = Seq(Get(FramePtr), Op(0x2f, 0, offKind)) // i32.load16_u
	FrameNamePtr = Seq(Get(FramePtr), I32(abi.HeaderSize), I32Add)
	FrameNameLen = Seq(Get(FramePtr), Load32(offName))
	FrameBodyPtr = Seq(Get(FramePtr), I32(abi.HeaderSize), I32Add, Get(FramePtr), Load32(offName), I32Add)
	FrameBodyLen = Seq(Get(FramePtr), Load32(offBody))
	FrameBody    = Seq(FrameBodyPtr, FrameBodyLen)
)

// bufferStart is where the default shard_buffer keeps its buffer: behind the
// pages that the module starts with.
func (b *Builder) bufferStart() int32 { return int32(b.Pages) << 16 }

// Plugin adds the exports of the contract.
func (b *Builder) Plugin(p Plugin) {
	b.Func(abi.ExportMarker, "", "", "")
	buffer := p.Buffer
	if buffer == nil {
		buffer = b.growingBuffer()
	}
	b.Func(abi.ExportBuffer, "i", "l", "i", buffer)
	if p.Init == nil {
		p.Init = I32(0)
	}
	b.Func(abi.ExportInit, "i", "i", "", p.Init)
	if p.Batch == nil {
		p.Batch = eachFrame(b.bufferStart(), p.Frame)
	}
	b.Func(abi.ExportBatch, "ii", "i", "iiil", p.Batch)
	if p.Save != nil {
		b.Func(abi.ExportSave, "", "i", "", p.Save)
	}
	if p.Load != nil {
		b.Func(abi.ExportLoad, "ii", "i", "", p.Load)
	}
	if p.Stop != nil {
		b.Func(abi.ExportStop, "i", "i", "", p.Stop)
	}
	if p.Initialize != nil {
		b.Func(abi.ExportInitialize, "", "", "", p.Initialize)
	}
}

// growingBuffer is the body of a shard_buffer that grows the memory and
// answers all of it behind bufferStart; 0 when it cannot grow.
func (b *Builder) growingBuffer() Code {
	const least, need = 0, 1
	start := b.bufferStart()
	size := Seq(MemorySize, I32(16), I32Shl)
	return Seq(
		// need = start + min + a page, less what there is
		I32(start+0xffff), Get(least), I32Add, size, I32Sub, Set(need),
		Get(need), I32(0), Op(0x4a), // i32.gt_s
		If(Empty,
			Get(need), I32(16), I32ShrU, I32(1), I32Add, MemoryGrow, I32(-1), I32Eq,
			If(Empty, I64(0), Return),
		),
		I64(int64(start)<<32), size, I32(start), I32Sub, I64ExtendU, I64Or,
	)
}

// eachFrame is the body of a shard_batch that runs body for each frame.
func eachFrame(buffer int32, body Code) Code {
	return Seq(
		I32(buffer), Set(FramePtr),
		Block(Empty,
			Loop(Empty,
				Get(FrameIndex), Get(FrameCount), I32GeU, BrIf(1),
				body,
				Get(FramePtr), Get(FramePtr), Load32(0), I32Add, Set(FramePtr),
				Get(FrameIndex), I32(1), I32Add, Set(FrameIndex),
				Br(0),
			),
		),
		I32(0),
	)
}

// Batch assembles one plugin of whose functions only the frame handler
// matters: imports by name, in order, given to frame as their indices.
func Batch(imports []string, frame func(b *Builder, f map[string]uint32) Code) []byte {
	b := New()
	f := make(map[string]uint32, len(imports))
	for _, name := range imports {
		f[name] = b.Import(name)
	}
	b.Plugin(Plugin{Frame: frame(b, f)})
	return b.Module()
}
