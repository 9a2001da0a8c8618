//! The guest of the bench languages: the handler that every SDK has there, as an
//! author would write it.

use std::cell::Cell;

use shardhost::*;

/// Counts what begins with the prefix, and adds up something of each field: what
/// it has read can be checked.
fn setup(p: &mut Plugin) {
    let (hits, sum) = (Cell::new(0u64), Cell::new(0u64));
    p.on_message(move |c, m| {
        let content = m.content();
        if content == "!sum" {
            c.log().info(&format!("{} {}", hits.get(), sum.get()), &[]);
            return Ok(());
        }
        if content.starts_with("!ping") {
            hits.set(hits.get() + 1);
        }
        let ids = m.author().id().0 % 1000 + m.channel_id().0 % 1000 + m.guild_id().0 % 1000;
        sum.set(sum.get() + ids + content.bytes().last().map_or(0, u64::from));
        Ok(())
    });
}

plugin!(setup);
