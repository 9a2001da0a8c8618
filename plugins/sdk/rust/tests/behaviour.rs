//! What handlers may rely on, by the host for `cargo test`.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use shardhost::testing::{Bot, Setup, CHANNEL, GUILD};
use shardhost::*;

fn said(bot: &Bot) -> Vec<String> {
    bot.requests().iter().map(|asked| format!("{} {}", asked.method, asked.path.replace(&CHANNEL.to_string(), "C"))).collect()
}

#[test]
fn an_error_takes_everything_with_it() {
    fn setup(p: &mut Plugin) {
        p.on_message(|c, m| {
            c.kv().put("a", "1")?;
            c.reply(&m, "hello")?;
            let number: i64 = m.content().parse()?;
            c.kv().put("b", &number)
        });
    }
    let mut bot = Bot::start(setup);
    bot.say("seven");
    let failure = bot.failure().unwrap();
    assert!(failure.starts_with("MESSAGE_CREATE: on_message at tests/behaviour.rs:17: invalid digit"), "{}", failure);
    assert!(failure.ends_with("(tests/behaviour.rs:20)"), "{}", failure);
    assert_eq!((bot.value("a"), bot.requests().len()), (None, 0));
    bot.say("7");
    assert_eq!(bot.value("b").as_deref(), Some("7"));
}

async fn vote(c: &Ctx, m: Message<'_>) -> Result {
    if m.content() != "!vote" {
        return Ok(());
    }
    c.kv().put("kept", "back")?;
    let post = c.create_message(m.channel_id(), "Are you for it?").await?;
    c.react(m.channel_id(), post.id(), "👍").await?;
    c.edit_message(m.channel_id(), post.id(), "Vote now.").await?;
    c.kv().put("post", &post.id())
}

fn voting(p: &mut Plugin) {
    p.on_message_async(vote);
    p.on_message(|c, m| c.kv().put("last", &*m.content()));
}

#[test]
fn a_handler_waits_in_a_straight_line() {
    let mut bot = Bot::start(voting);
    bot.answer("POST", "/channels/*", 200, &json!({ "id": "77" }));
    bot.say("!vote");
    assert_eq!(said(&bot), ["POST /channels/C/messages", "PUT /channels/C/messages/77/reactions/%F0%9F%91%8D/@me", "PATCH /channels/C/messages/77"]);
    assert_eq!(bot.value("post").as_deref(), Some("77"));
    assert_eq!(bot.value("last").as_deref(), Some("!vote"), "the handlers after one that waits have their turn");
    bot.say("other");
    assert_eq!(bot.requests().len(), 3);
}

#[test]
fn a_handler_that_fails_later_leaves_only_what_was_awaited() {
    let mut bot = Bot::start(voting);
    bot.answer("POST", "/channels/*", 200, &json!({ "id": "77" }));
    bot.answer("PUT", "*", 403, &json!({ "message": "Missing Permissions", "code": 50013 }));
    bot.say("!vote");
    let failure = bot.failure().unwrap();
    assert!(failure.contains("on_message_async at tests/behaviour.rs:46: discord answered 403: Missing Permissions (50013) (tests/behaviour.rs:40)"), "{}", failure);
    assert_eq!((bot.requests().len(), bot.value("kept"), bot.value("last")), (2, None, None));
}

#[test]
fn several_wait_at_once() {
    async fn topic(c: &Ctx, m: Message<'_>) -> Result {
        let channel = c.call(Request::get(format!("/channels/{}", m.content()))).await?;
        c.kv().put(&m.content(), &*channel.json().get("topic").text())
    }
    fn setup(p: &mut Plugin) {
        p.on_message_async(topic);
    }
    let mut bot = Bot::start(setup);
    bot.answer("GET", "/channels/2", 200, &json!({ "topic": "two" }));
    bot.answer("GET", "/channels/1", 200, &json!({ "topic": "one" }));
    bot.say("1");
    bot.say("2");
    assert_eq!((bot.value("1").as_deref(), bot.value("2").as_deref()), (Some("one"), Some("two")));
}

#[test]
fn what_never_comes_fails() {
    async fn never(_: &Ctx, _: Message<'_>) -> Result {
        std::future::pending().await
    }
    fn setup(p: &mut Plugin) {
        p.on_message_async(never);
    }
    let mut bot = Bot::start(setup);
    bot.say("x");
    assert!(bot.failure().unwrap().contains("would wait for ever"));
}

#[test]
fn the_web_is_asked() {
    async fn weather(c: &Ctx, m: Message<'_>) -> Result {
        let page = c.fetch(Fetch::get("https://weather.test/today?key=secret").header("accept", "text/plain")).await?;
        c.reply(&m, format!("{} {}", page.status(), String::from_utf8_lossy(page.body())))
    }
    fn setup(p: &mut Plugin) {
        p.on_message_async(weather);
    }
    let mut bot = Bot::start(setup);
    bot.answer("GET", "https://weather.test/*", 503, &Body::finished("rain"));
    bot.say("x");
    assert_eq!(bot.sent(), ["503 rain"]);
    let mut bot = Bot::with(setup, Setup { deny: vec!["http".into()], ..Setup::default() });
    bot.say("x");
    let failure = bot.failure().unwrap();
    assert!(failure.contains("fetch GET https://weather.test: denied") && !failure.contains("secret"), "{}", failure);
}

#[test]
fn answers_find_their_handler_by_name() {
    fn setup(p: &mut Plugin) {
        p.on_message(|c, m| c.rest(Request::put("/bans/1").reason("why").then("banned", m.content())));
        p.on_response("banned", |c, r| c.send(r.data().parse()?, format!("{}", r.status())));
    }
    let mut bot = Bot::start(setup);
    bot.say("5");
    assert_eq!(said(&bot), ["PUT /bans/1", "POST /channels/5/messages"]);
    assert_eq!(bot.requests()[0].reason, "why");
}

#[test]
fn commands_components_and_forms() {
    fn setup(p: &mut Plugin) {
        p.command("role", "Roles", |_, i| {
            i.reply(format!("{:?} {:?} {:?}", i.subcommand(), i.text("name"), i.flag("loud")))
        })
        .option(Choice::group("member", "Of members").option(Choice::subcommand("add", "Add one").option(Choice::text("name", "Its name").required().range(1, 20))))
        .permissions(0);
        p.component("vote:*", |_, i| i.update(json!({ "content": i.behind("vote:"), "components": [] })));
        p.component_async("menu", chosen);
        p.form("report", |_, i| i.whisper(&i.field("why").unwrap_or_default()));
        p.autocomplete("role", |_, i| i.respond(8, &json!({ "choices": [{ "name": "a", "value": "a" }] })));
    }
    async fn chosen(_: &Ctx, i: Interaction<'_>) -> Result {
        i.acknowledge().await?;
        let values: Vec<_> = i.values().collect();
        i.edit_reply(values.join(" ")).await?;
        Ok(())
    }
    let mut bot = Bot::start(setup);
    bot.interact(2, &json!({ "name": "role", "options": [{ "name": "member", "type": 2, "options": [{ "name": "add", "type": 1, "options": [
        { "name": "name", "type": 3, "value": "mod\"s" }, { "name": "loud", "type": 5, "value": true },
    ] }] }] }));
    bot.click("vote:12");
    bot.click("other");
    bot.choose("menu", &["a", "b"]);
    bot.submit("report", &[("what", "x"), ("why", "because")]);
    bot.interact(4, &json!({ "name": "role" }));
    assert_eq!(bot.sent(), ["Some(\"member add\") Some(\"mod\\\"s\") Some(true)", "12", "a b", "because"]);
    assert!(bot.requests().last().unwrap().body.contains("\"choices\""));
    let manifest = bot.manifest();
    let command = manifest.json().get("commands").index(0);
    assert_eq!(command.get("default_member_permissions").text(), "0");
    let option = command.get("options").index(0).get("options").index(0).get("options").index(0);
    assert_eq!(option.as_bytes(), br#"{"type":3,"name":"name","description":"Its name","required":true,"min_length":1,"max_length":20}"#);
    assert_eq!(manifest.json().get("events").as_bytes(), br#"["INTERACTION_CREATE"]"#);
}

#[test]
fn timers_ring_once_and_again() {
    fn setup(p: &mut Plugin) {
        p.every("tick", Duration::from_secs(60), |c| c.kv().add("ticks", 1).map(|_| ()));
        p.on_timer("later", |c, data| c.kv().put("rang", data));
        p.on_message(|c, m| match &*m.content() {
            "stop" => c.stop_timer(TimerId(c.kv().get::<u64>("id")?.unwrap_or(0))),
            text => {
                let id = c.after("later", Duration::from_secs(90), text)?;
                c.kv().put("id", &id.0)
            }
        });
    }
    let mut bot = Bot::start(setup);
    bot.say("hello");
    assert_eq!(bot.timers(), [Duration::from_secs(60), Duration::from_secs(90)]);
    bot.restart();
    bot.advance(Duration::from_secs(125));
    assert_eq!((bot.value("ticks").as_deref(), bot.value("rang").as_deref()), (Some("2"), Some("hello")));
    bot.say("again");
    bot.say("stop");
    bot.advance(Duration::from_secs(300));
    assert_eq!(bot.value("rang").as_deref(), Some("hello"));
}

#[test]
fn memory_goes_over_in_a_reload_only() {
    fn setup(p: &mut Plugin) {
        let seen = Rc::new(Cell::new(0u32));
        let (saved, loaded) = (seen.clone(), seen.clone());
        p.on_message(move |c, m| {
            seen.set(seen.get() + 1);
            c.reply(&m, seen.get().to_string())
        });
        p.on_save(2, move |_| Ok(saved.get().to_le_bytes().to_vec()));
        p.on_load(move |_, schema, state| match (schema, state.try_into()) {
            (2, Ok(bytes)) => {
                loaded.set(u32::from_le_bytes(bytes));
                Ok(())
            }
            _ => Err(Error::unknown_schema()),
        });
    }
    let mut bot = Bot::start(setup);
    bot.say("x");
    bot.reload();
    bot.say("x");
    bot.restart();
    bot.say("x");
    assert_eq!(bot.sent(), ["1", "2", "1"]);
}

#[test]
fn the_rest_of_the_host() {
    fn setup(p: &mut Plugin) {
        p.on_start(|c| {
            if c.secret("key").is_none() {
                bail!("the secret {} is missing", "key");
            }
            c.log().info("started", &[("of", &c.lanes()), ("name", &"a b")]);
            Ok(())
        });
        p.on("GUILD_*", |c, e| {
            c.log().warn("guild", &[("event", &e.name()), ("id", &c.guild())]);
            c.publish("guilds.seen", &json!({ "id": c.guild() }))?;
            c.set_presence("idle", &[Activity { kind: 0, name: "chess" }])?;
            c.gauge("guilds", 2.5)
        });
        p.on_topic("guilds.*", |c, e| c.kv().put(e.name(), &e.data().get("id").id()));
        p.on_cold_start(|c, reason| c.kv().put("cold", reason));
        p.on_gap(|c, gap| c.kv().put("gap", &format!("{} of {} after {:?}", gap.shard, gap.of, gap.after)));
        p.on_stale(|c, when| c.kv().put("stale", &when.as_millis().to_string()));
    }
    let mut refused = Bot::start(setup);
    assert!(refused.failure().unwrap().starts_with("on_start at tests/behaviour.rs:"));
    let mut bot = Bot::with(setup, Setup { secrets: json!({ "key": "x" }), lanes: 4, ..Setup::default() });
    bot.event("GUILD_ROLE_CREATE", &json!({ "guild_id": GUILD }));
    bot.publish("guilds.new", &json!({ "id": "7" }));
    bot.publish("other.new", &json!({}));
    bot.control("cold", &json!({ "reason": "crash" }));
    bot.control("gap", &json!({ "shard": 1, "of": 2 }));
    bot.control("stale", &json!({ "saved_at": 1767268800000u64 }));
    bot.control("of a later host", &json!({}));
    assert_eq!(bot.log(), ["info started of=4 name=\"a b\"".to_string(), format!("warn guild event=GUILD_ROLE_CREATE id={}", GUILD)]);
    assert_eq!(bot.published(), [("guilds.seen".to_string(), format!("{{\"id\":\"{}\"}}", GUILD))]);
    assert_eq!(bot.gateway(), [(3, r#"{"activities":[{"name":"chess","state":null,"type":0}],"afk":false,"since":null,"status":"idle"}"#.to_string())]);
    assert_eq!(bot.metrics(), [("guilds".to_string(), 2.5)]);
    let values = ["guilds.new", "cold", "gap", "stale"].map(|key| bot.value(key).unwrap_or_default());
    assert_eq!(values, ["7", "crash", "1 of 2 after None", "1767268800000"]);
}

#[test]
fn keys_are_listed_and_swapped() {
    fn setup(p: &mut Plugin) {
        p.on_message(|c, m| {
            let kv = c.kv();
            for i in 0..700 {
                kv.put(&format!("list/{:04}", i), &i)?;
            }
            kv.put("long", &"x".repeat(10_000))?;
            let keys = kv.keys("list/").collect::<Result<Vec<_>>>()?;
            let long: String = kv.get("long")?.unwrap_or_default();
            let fresh = kv.swap("new", 0, "1", Duration::ZERO)?;
            c.reply(&m, format!("{} {} {} {fresh} {}", keys.len(), keys[699], long.len(), kv.version("new")?))
        });
    }
    let mut bot = Bot::start(setup);
    bot.say("x");
    bot.say("x");
    let sent = bot.sent();
    assert_eq!((sent[0].as_str(), &sent[1][..26]), ("700 list/0699 10000 true 0", "700 list/0699 10000 false "));
}
