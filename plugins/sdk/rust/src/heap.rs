//! The allocator of plugins: smaller and, under the host's meter, several times
//! faster than the one of std, because a guest allocates little, in few sizes, and
//! from one thread.
//!
//! Small blocks come from lists by size and go back there. Large ones are whole
//! pages, which are kept in the order of their addresses, so that neighbours join.
//! Nothing goes back to the host: it takes a guest's memory when the guest ends.

use core::alloc::Layout;
use core::ptr::{self, NonNull};

/// The page of WebAssembly, and the smallest large block.
const PAGE: usize = 64 << 10;
/// The largest small block.
const SMALL: usize = 32 << 10;
/// Blocks of up to FINE bytes are multiples of STEP, larger ones powers of two.
const STEP: usize = 16;
const FINE: usize = 512;
const CLASSES: usize = FINE / STEP + 6;

/// Free memory of one kind: each block begins with the next one.
type List = *mut Free;

struct Free {
    next: List,
    size: usize, // of a large block
}

/// All of a guest's free memory. It has one user.
pub(crate) struct Heap {
    small: [List; CLASSES],
    fresh: (usize, usize), // memory that was never used, for small blocks
    large: List,
    grow: fn(pages: usize) -> Option<NonNull<u8>>,
}

/// The list of blocks for a size, and how large they are.
fn class(size: usize) -> (usize, usize) {
    if size <= FINE {
        let number = (size.max(1) - 1) / STEP;
        return (number, (number + 1) * STEP);
    }
    let block = size.next_power_of_two();
    let over = (block / FINE).trailing_zeros() as usize - 1;
    (FINE / STEP + over, block)
}

fn pages(size: usize) -> Option<usize> {
    Some(size.checked_add(PAGE - 1)? & !(PAGE - 1))
}

fn is_small(layout: &Layout) -> bool {
    layout.size() <= SMALL && layout.align() <= STEP
}

impl Heap {
    /// A heap that gets memory, aligned to pages, from a function. What follows
    /// upon what it gave before joins with that.
    pub(crate) const fn new(grow: fn(usize) -> Option<NonNull<u8>>) -> Heap {
        Heap { small: [ptr::null_mut(); CLASSES], fresh: (0, 0), large: ptr::null_mut(), grow }
    }

    /// Safety: as of GlobalAlloc, here and below.
    pub(crate) unsafe fn allocate(&mut self, layout: Layout) -> *mut u8 {
        if !is_small(&layout) {
            return match pages(layout.size()) {
                Some(size) if layout.align() <= PAGE => self.take(size),
                _ => ptr::null_mut(),
            };
        }
        let (number, size) = class(layout.size());
        let free = self.small[number];
        if !free.is_null() {
            self.small[number] = (*free).next;
            return free.cast();
        }
        if self.fresh.1 - self.fresh.0 < size {
            let more = self.take(PAGE);
            if more.is_null() {
                return more;
            }
            self.spare();
            self.fresh = (more as usize, more as usize + PAGE);
        }
        let block = self.fresh.0;
        self.fresh.0 += size;
        block as *mut u8
    }

    pub(crate) unsafe fn free(&mut self, block: *mut u8, layout: Layout) {
        if is_small(&layout) {
            let (number, _) = class(layout.size());
            let free: List = block.cast();
            (*free).next = self.small[number];
            self.small[number] = free;
        } else if let Some(size) = pages(layout.size()) {
            self.give(block, size);
        }
    }

    pub(crate) unsafe fn resize(&mut self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let wanted = match Layout::from_size_align(size, layout.align()) {
            Ok(wanted) => wanted,
            Err(_) => return ptr::null_mut(),
        };
        let stays = match (is_small(&layout), is_small(&wanted)) {
            (true, true) => class(layout.size()).0 == class(size).0,
            (false, false) => pages(layout.size()) == pages(size),
            _ => false,
        };
        if stays {
            return block;
        }
        let other = self.allocate(wanted);
        if !other.is_null() {
            ptr::copy_nonoverlapping(block, other, layout.size().min(size));
            self.free(block, layout);
        }
        other
    }

    /// Keeps the rest of the fresh memory, in blocks of the finest size.
    unsafe fn spare(&mut self) {
        while self.fresh.1 - self.fresh.0 >= FINE {
            let free = self.fresh.0 as List;
            (*free).next = self.small[FINE / STEP - 1];
            self.small[FINE / STEP - 1] = free;
            self.fresh.0 += FINE;
        }
    }

    /// The first large block that is large enough, or new memory.
    unsafe fn take(&mut self, size: usize) -> *mut u8 {
        let mut at: *mut List = &mut self.large;
        while !(*at).is_null() {
            let free = *at;
            if (*free).size >= size {
                let rest = (*free).size - size;
                if rest == 0 {
                    *at = (*free).next;
                } else {
                    let left: List = free.cast::<u8>().add(size).cast();
                    *left = Free { next: (*free).next, size: rest };
                    *at = left;
                }
                return free.cast();
            }
            at = &mut (*free).next;
        }
        match (self.grow)(size / PAGE) {
            Some(memory) => memory.as_ptr(),
            None => ptr::null_mut(),
        }
    }

    /// Puts a large block back, and joins it with its neighbours.
    unsafe fn give(&mut self, block: *mut u8, size: usize) {
        let mut before: List = ptr::null_mut();
        let mut after = self.large;
        while !after.is_null() && (after as usize) < block as usize {
            before = after;
            after = (*after).next;
        }
        let free: List = block.cast();
        *free = Free { next: after, size };
        if !after.is_null() && block as usize + size == after as usize {
            *free = Free { next: (*after).next, size: size + (*after).size };
        }
        if before.is_null() {
            self.large = free;
        } else if before as usize + (*before).size == block as usize {
            (*before).size += (*free).size;
            (*before).next = (*free).next;
        } else {
            (*before).next = free;
        }
    }
}

#[cfg(all(feature = "allocator", target_arch = "wasm32"))]
mod global {
    use core::alloc::{GlobalAlloc, Layout};
    use core::arch::wasm32;
    use core::cell::UnsafeCell;
    use core::ptr::NonNull;

    use super::{Heap, PAGE};

    struct Global(UnsafeCell<Heap>);

    /// Safety: a guest has one thread.
    unsafe impl Sync for Global {}

    #[global_allocator]
    static GLOBAL: Global = Global(UnsafeCell::new(Heap::new(grow)));

    fn grow(pages: usize) -> Option<NonNull<u8>> {
        match wasm32::memory_grow(0, pages) {
            usize::MAX => {
                // There is no memory to make a text with.
                crate::host::fail("out of memory: the limit is limits.memory of the plugin's configuration");
                None
            }
            before => NonNull::new((before * PAGE) as *mut u8),
        }
    }

    // Safety: the heap is the only user of the pages that it has grown by.
    unsafe impl GlobalAlloc for Global {
        #[inline]
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            (*self.0.get()).allocate(layout)
        }

        #[inline]
        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            (*self.0.get()).free(block, layout)
        }

        #[inline]
        unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            (*self.0.get()).resize(block, layout, size)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::vec::Vec;

    std::thread_local! {
        static REGION: Cell<(usize, usize)> = Cell::new((0, 0));
    }

    /// Pages of one region, as WebAssembly's memory is one.
    fn region(pages: usize) -> Option<NonNull<u8>> {
        REGION.with(|region| {
            let (at, end) = region.get();
            let next = at + pages * PAGE;
            if next > end {
                return None;
            }
            region.set((next, end));
            NonNull::new(at as *mut u8)
        })
    }

    /// Blocks of all sizes come and go by chance; none overlaps another one, and
    /// what was written stays.
    #[test]
    fn blocks_keep_apart() {
        let memory = std::vec![0u8; 200 * PAGE];
        let start = (memory.as_ptr() as usize + PAGE - 1) & !(PAGE - 1);
        REGION.with(|region| region.set((start, start + 198 * PAGE)));
        let mut heap = Heap::new(region);
        let mut chance = 7u64;
        let mut random = |below: u64| {
            chance = chance.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (chance >> 33) % below
        };
        let mut blocks: Vec<(*mut u8, Layout, u8)> = Vec::new();
        let written = |(block, layout, mark): &(*mut u8, Layout, u8)| unsafe {
            core::slice::from_raw_parts(*block, layout.size()).iter().all(|byte| byte == mark)
        };
        for round in 0..3_000u32 {
            let scale = [32, 600, 40_000, 300_000][random(4) as usize];
            if blocks.len() > 60 || !blocks.is_empty() && random(3) == 0 {
                let block = blocks.swap_remove(random(blocks.len() as u64) as usize);
                assert!(written(&block), "round {}", round);
                unsafe { heap.free(block.0, block.1) };
                continue;
            }
            let size = random(scale) as usize + 1;
            let mark = round as u8;
            if !blocks.is_empty() && random(4) == 0 {
                let at = random(blocks.len() as u64) as usize;
                let (block, layout, old) = blocks[at];
                let other = unsafe { heap.resize(block, layout, size) };
                if other.is_null() {
                    continue;
                }
                let kept = unsafe { core::slice::from_raw_parts(other, size.min(layout.size())) };
                assert!(kept.iter().all(|byte| *byte == old), "round {}", round);
                unsafe { other.write_bytes(mark, size) };
                blocks[at] = (other, Layout::from_size_align(size, layout.align()).unwrap(), mark);
                continue;
            }
            let layout = Layout::from_size_align(size, 1 << random(6)).unwrap();
            let block = unsafe { heap.allocate(layout) };
            if block.is_null() {
                continue;
            }
            assert_eq!(block as usize % layout.align(), 0);
            unsafe { block.write_bytes(mark, size) };
            blocks.push((block, layout, mark));
        }
        for block in blocks {
            assert!(written(&block));
            unsafe { heap.free(block.0, block.1) };
        }
        assert!(!unsafe { heap.allocate(Layout::from_size_align(60 * PAGE, 16).unwrap()) }.is_null(), "neighbours do not join");
    }
}
