//! The exports of the module, which the macro plugin! writes into the plugin's
//! own crate: those of a dependency might be left out.

#[cfg(target_arch = "wasm32")]
mod instance {
    use alloc::boxed::Box;
    use alloc::string::String;
    use core::cell::UnsafeCell;

    use crate::guest::Guest;
    use crate::plugin::Plugin;

    type Setup = fn(&mut Plugin);

    struct Instance(UnsafeCell<Option<Guest>>);

    /// Safety: a guest has one thread, and its exports are never called while
    /// another one runs.
    unsafe impl Sync for Instance {}

    static INSTANCE: Instance = Instance(UnsafeCell::new(None));

    fn instance(setup: Setup) -> &'static mut Guest {
        // Safety: as above; no reference outlives its export.
        let instance = unsafe { &mut *INSTANCE.0.get() };
        instance.get_or_insert_with(|| Guest::new(setup))
    }

    /// A piece of memory as the contract writes it: pointer<<32 | length.
    fn span(bytes: &[u8]) -> i64 {
        (bytes.as_ptr() as i64) << 32 | bytes.len() as i64
    }

    pub fn buffer(setup: Setup, least: i32) -> i64 {
        if least < 0 || least > 1 << 30 {
            return 0;
        }
        span(instance(setup).buffer(least as usize))
    }

    pub fn manifest(setup: Setup) -> i64 {
        let text = String::from(instance(setup).plugin().manifest().as_str());
        span(Box::leak(text.into_boxed_str()).as_bytes()) // the host reads it afterwards
    }

    pub fn init(setup: Setup, len: i32) -> i32 {
        instance(setup).init(len as usize)
    }

    pub fn batch(setup: Setup, len: i32, count: i32) -> i32 {
        instance(setup).batch(len as usize, count as usize)
    }

    pub fn save(setup: Setup) -> i32 {
        instance(setup).save()
    }

    pub fn load(setup: Setup, schema: i32, len: i32) -> i32 {
        instance(setup).load(schema, len as usize)
    }
}

#[cfg(target_arch = "wasm32")]
pub use instance::*;

/// Makes the crate a plugin: names the function that registers what it handles,
/// or writes it there and then.
///
/// ```
/// use shardhost::*;
///
/// plugin!(setup);
///
/// fn setup(p: &mut Plugin) {
///     p.on("GUILD_CREATE", |c, e| {
///         c.log().info("a guild is here", &[("name", &e.data().get("name").text())]);
///         Ok(())
///     });
/// }
/// # fn main() {}
/// ```
///
/// The macro makes the function `plugin`, which tests start: see
/// [`testing`](https://docs.rs/shardhost).
#[macro_export]
macro_rules! plugin {
    ($setup:expr) => {
        /// Registers what the plugin handles.
        pub fn plugin(p: &mut $crate::Plugin) {
            const SETUP: fn(&mut $crate::Plugin) = $setup;
            SETUP(p)
        }

        #[cfg(target_arch = "wasm32")]
        #[doc(hidden)]
        mod shardhost_exports {
            use super::plugin;

            #[no_mangle]
            extern "C" fn shard_abi_1() {}
            #[no_mangle]
            extern "C" fn shard_buffer(least: i32) -> i64 {
                $crate::export::buffer(plugin, least)
            }
            #[no_mangle]
            extern "C" fn shard_manifest() -> i64 {
                $crate::export::manifest(plugin)
            }
            #[no_mangle]
            extern "C" fn shard_init(len: i32) -> i32 {
                $crate::export::init(plugin, len)
            }
            #[no_mangle]
            extern "C" fn shard_batch(len: i32, count: i32) -> i32 {
                $crate::export::batch(plugin, len, count)
            }
            #[no_mangle]
            extern "C" fn shard_save() -> i32 {
                $crate::export::save(plugin)
            }
            #[no_mangle]
            extern "C" fn shard_load(schema: i32, len: i32) -> i32 {
                $crate::export::load(plugin, schema, len)
            }
        }
    };
}
