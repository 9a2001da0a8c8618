//! The plugin of plugins/sdk/suite: what every SDK does alike.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use shardhost::*;

plugin!(setup);

fn setup(p: &mut Plugin) {
    p.on_message(message);
    p.on_message_async(topic);
    p.command("add", "Adds two numbers", add)
        .option(Choice::integer("a", "The first").required())
        .option(Choice::integer("b", "The second").required());
    p.on_timer("remind", |c, data| match data.split_once(' ') {
        Some((channel, text)) => c.send(channel.parse()?, text),
        None => bail!("the timer carries {data:?}"),
    });
    p.on("GUILD_CREATE", |c, e| {
        let guild = discord::Guild(e.data());
        let (mut members, mut last) = (0, Id::NONE);
        for member in guild.0.get("members").items() {
            members += 1;
            last = member.get("user").get("id").id();
        }
        c.send(guild.system_channel_id(), format!("{members} members, last {last}"))
    });
    p.on("SOMETHING_NEW", |c, e| {
        let text = format!("{} {}", e.name(), e.data().text());
        c.send(e.data().get("channel_id").id(), text)
    });
    visits(p);
}

fn message(c: &Ctx, m: Message<'_>) -> Result {
    let content = m.content();
    let (command, rest) = content.split_once(' ').unwrap_or((&content, ""));
    let guild = m.guild_id();
    match command {
        "!echo" => c.reply(&m, rest),
        "!count" => {
            let count = c.kv().add(&format!("count/{guild}"), 1)?;
            c.reply(&m, count.to_string())
        }
        "!note" => {
            let key = format!("note/{guild}");
            let before: Option<String> = c.kv().get(&key)?;
            c.kv().put(&key, rest)?;
            c.reply(&m, before.as_deref().unwrap_or("nothing"))
        }
        "!remind" => {
            let (ms, text) = rest.split_once(' ').unwrap_or((rest, ""));
            c.after("remind", Duration::from_millis(ms.parse()?), format!("{} {text}", m.channel_id()))?;
            Ok(())
        }
        "!fail" => {
            c.kv().put("failed", "yes")?;
            bail!("{rest}")
        }
        "!trap" => panic!("trap asked for"),
        "!who" => {
            let name = m.author().name();
            c.reply(&m, if name.is_empty() { "nobody" } else { &name })
        }
        "!nonce" => c.reply(&m, m.nonce().text()),
        _ => Ok(()),
    }
}

async fn topic(c: &Ctx, m: Message<'_>) -> Result {
    if m.content() != "!topic" {
        return Ok(());
    }
    match c.call(Request::get(format!("/channels/{}", m.channel_id()))).await {
        Ok(channel) => c.reply(&m, format!("Topic: {}", channel.json().get("topic").text())),
        Err(e) if e.status() != 0 => c.reply(&m, format!("No topic: {}", e.status())),
        Err(e) => Err(e),
    }
}

fn add(_: &Ctx, i: Interaction<'_>) -> Result {
    match (i.int("a"), i.int("b")) {
        (Some(a), Some(b)) => i.reply((a + b).to_string()),
        _ => bail!("an option is missing"),
    }
}

/// A variable in memory, which goes over to the next instance.
fn visits(p: &mut Plugin) {
    let visits = Rc::new(Cell::new(0));
    let (saved, loaded) = (visits.clone(), visits.clone());
    p.on_message(move |c, m| {
        if m.content() != "!visits" {
            return Ok(());
        }
        visits.set(visits.get() + 1);
        c.reply(&m, visits.get().to_string())
    });
    p.on_save(1, move |_| Ok(saved.get().to_string().into_bytes()));
    p.on_load(move |_, schema, state| {
        if schema != 1 {
            return Err(Error::unknown_schema());
        }
        loaded.set(std::str::from_utf8(state)?.parse()?);
        Ok(())
    });
}

/// The code of the guide, which `cargo test` builds and runs.
#[cfg(doctest)]
#[doc = include_str!("../../../../../docs/sdk/rust.md")]
pub struct Guide;
