package wasm

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// Bounds of one call. What asks for more gets a part, or an error.
const (
	wasiMaxVectors       = 1024
	wasiMaxSubscriptions = 256
	wasiMaxWrite         = 64 << 10
)

func wasiExit(_ *Guest, stack []uint64) {
	panic(&stop{TrapExit, fmt.Sprintf("it exited with code %d", uint32(stack[0]))})
}

// wasiZeroSizes says that there are no arguments and no environment.
func wasiZeroSizes(g *Guest, stack []uint64) {
	g.putUint32(uint32(stack[0]), 0)
	g.putUint32(uint32(stack[1]), 0)
	stack[0] = wasiOK
}

func wasiClockRes(g *Guest, stack []uint64) {
	if uint32(stack[0]) > 3 {
		stack[0] = wasiInval
		return
	}
	g.putUint64(uint32(stack[1]), 1)
	stack[0] = wasiOK
}

func wasiClockTime(g *Guest, stack []uint64) {
	now, ok := g.clock(uint32(stack[0]))
	if !ok {
		stack[0] = wasiInval
		return
	}
	g.putUint64(uint32(stack[2]), uint64(now))
	stack[0] = wasiOK
}

// clock reads the wall clock (0) or the time since the guest began (others),
// in nanoseconds.
func (g *Guest) clock(id uint32) (int64, bool) {
	now, epoch := time.Now(), g.born
	if g.time != nil {
		now, epoch = g.time.Now, g.epoch
	}
	switch id {
	case 0:
		return now.UnixNano(), true
	case 1, 2, 3:
		return int64(now.Sub(epoch)) + 1, true
	}
	return 0, false
}

func wasiClose(_ *Guest, stack []uint64) {
	if uint32(stack[0]) > 2 {
		stack[0] = wasiBadf
		return
	}
	stack[0] = wasiOK
}

// wasiFdstat describes standard input, output and error as terminals.
func wasiFdstat(g *Guest, stack []uint64) {
	fd := uint32(stack[0])
	if fd > 2 {
		stack[0] = wasiBadf
		return
	}
	const characterDevice, appendFlag = 2, 1
	const rightRead, rightWrite = 1 << 1, 1 << 6
	b := g.Bytes(uint32(stack[1]), 24)
	clear(b)
	b[0] = characterDevice
	if fd == 0 {
		binary.LittleEndian.PutUint64(b[8:], rightRead)
	} else {
		b[2] = appendFlag
		binary.LittleEndian.PutUint64(b[8:], rightWrite)
	}
	stack[0] = wasiOK
}

// wasiRead finds standard input at its end.
func wasiRead(g *Guest, stack []uint64) {
	if uint32(stack[0]) != 0 {
		stack[0] = wasiBadf
		return
	}
	g.putUint32(uint32(stack[3]), 0)
	stack[0] = wasiOK
}

// wasiWrite takes what the guest prints. It may take less than offered, as
// POSIX allows; languages then call it again.
func wasiWrite(g *Guest, stack []uint64) {
	fd, vectors, n := uint32(stack[0]), uint32(stack[1]), uint32(stack[2])
	if fd != 1 && fd != 2 {
		stack[0] = wasiBadf
		return
	}
	if n > wasiMaxVectors {
		stack[0] = wasiInval
		return
	}
	list := g.Bytes(vectors, n*8)
	written := 0
	for ; len(list) > 0 && written < wasiMaxWrite; list = list[8:] {
		part := g.Bytes(binary.LittleEndian.Uint32(list), binary.LittleEndian.Uint32(list[4:]))
		part = part[:min(len(part), wasiMaxWrite-written)]
		_, _ = g.output.Write(part)
		written += len(part)
	}
	g.spend(written)
	g.putUint32(uint32(stack[3]), uint32(written))
	stack[0] = wasiOK
}

func wasiRandom(g *Guest, stack []uint64) {
	b := g.Bytes(uint32(stack[0]), uint32(stack[1]))
	for len(b) > 0 {
		part := b[:min(len(b), 4096)]
		if g.random != nil {
			_, _ = io.ReadFull(g.random, part)
		} else {
			_, _ = rand.Read(part) // never fails
		}
		b = b[len(part):]
		g.spend(4 * len(part))
	}
	stack[0] = wasiOK
}

// wasiPoll waits for clocks, as sleeping does. The wait ends with the guest's
// deadline. Every file is ready at once, or bad.
func wasiPoll(g *Guest, stack []uint64) {
	const subscription, event = 48, 32
	n := uint32(stack[2])
	if n == 0 || n > wasiMaxSubscriptions {
		stack[0] = wasiInval
		return
	}
	in, out := g.Bytes(uint32(stack[0]), n*subscription), g.Bytes(uint32(stack[1]), n*event)
	wait := int64(-1)
	for ; len(in) > 0; in = in[subscription:] {
		if in[8] != 0 {
			wait = 0
			break
		}
		if d := g.clockWait(in); wait < 0 || d < wait {
			wait = d
		}
	}
	g.sleep(time.Duration(wait))

	in, events := g.Bytes(uint32(stack[0]), n*subscription), uint32(0)
	for ; len(in) > 0; in = in[subscription:] {
		kind := in[8]
		if kind == 0 && g.clockWait(in) > wait {
			continue
		}
		e := out[events*event:][:event]
		copy(e, in[:8])
		clear(e[8:])
		e[10] = kind
		if fd := binary.LittleEndian.Uint32(in[16:]); kind != 0 && fd > 2 {
			e[8] = wasiBadf
		}
		events++
	}
	g.putUint32(uint32(stack[3]), events)
	stack[0] = wasiOK
}

// clockWait is how long a subscription to a clock still waits.
func (g *Guest) clockWait(sub []byte) int64 {
	timeout := int64(min(binary.LittleEndian.Uint64(sub[24:]), 1<<62))
	if sub[40]&1 != 0 { // an instant, not a duration
		now, _ := g.clock(binary.LittleEndian.Uint32(sub[16:]))
		timeout -= now
	}
	return max(timeout, 0)
}

func (g *Guest) putUint32(ptr, v uint32) {
	binary.LittleEndian.PutUint32(g.Bytes(ptr, 4), v)
}

func (g *Guest) putUint64(ptr uint32, v uint64) {
	binary.LittleEndian.PutUint64(g.Bytes(ptr, 8), v)
}
