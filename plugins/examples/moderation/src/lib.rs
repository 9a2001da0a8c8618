//! Moderation keeps a server's channels clean: it deletes messages with words or
//! links that are not welcome, tells their author, counts strikes, and at the last
//! one gives a timeout. Moderators look with /strikes, and forgive with /forgive.
//!
//! ```hcl
//! config {
//!   words         = ["free nitro", "darn"]   # whole words, in any case
//!   allow_links   = ["discord.com"]          # all others are deleted; without it, none
//!   exempt_roles  = ["41771983423143936"]    # who may write what they want
//!   strikes       = 3                        # the last one gives a timeout
//!   timeout_hours = 1
//!   forget_days   = 30                       # after the last strike
//!   log_channel   = "197038439483310086"     # where moderators read of it
//! }
//! ```

mod filter;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use filter::Filter;
use shardhost::*;

plugin!(setup);

/// MODERATE_MEMBERS: <https://docs.discord.com/developers/topics/permissions>.
const MODERATE_MEMBERS: u64 = 1 << 40;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The configuration, ready for use.
struct Rules {
    filter: Filter,
    exempt: Vec<Id>,
    strikes: i64,
    timeout: Duration,
    forget: Duration,
    log: Id,
}

fn setup(p: &mut Plugin) {
    let rules: Rc<RefCell<Option<Rules>>> = Rc::default();
    let (read, edited) = (rules.clone(), rules.clone());
    p.on_start(move |c| {
        *read.borrow_mut() = Some(Rules::read(c.config())?);
        Ok(())
    });
    p.on_message(move |c, m| match &*rules.borrow() {
        Some(rules) => rules.judge(c, m),
        None => Ok(()),
    });
    p.on("MESSAGE_UPDATE", move |c, e| match &*edited.borrow() {
        Some(rules) => rules.judge(c, Message::from(e.data())),
        None => Ok(()),
    });
    p.command("strikes", "How many strikes somebody has", strikes)
        .option(Choice::user("user", "Who").required())
        .permissions(MODERATE_MEMBERS);
    p.command("forgive", "Take somebody's strikes back", forgive)
        .option(Choice::user("user", "Who").required())
        .permissions(MODERATE_MEMBERS);
}

impl Rules {
    fn read(config: Json<'_>) -> Result<Rules> {
        let number = |key: &str, default: i64| config.get(key).some().map_or(default, Json::int);
        let texts = |key: &str| config.get(key).items().map(|text| text.text().into_owned()).collect::<Vec<_>>();
        let (strikes, hours, days) = (number("strikes", 3), number("timeout_hours", 1), number("forget_days", 30));
        let links = config.get("allow_links").some().map(|_| texts("allow_links"));
        if texts("words").is_empty() && links.is_none() {
            bail!("config: there is nothing to look for: write words = [\"...\"], or allow_links = [\"...\"]");
        }
        if strikes < 1 || !(1..=28 * 24).contains(&hours) || !(1..=365).contains(&days) {
            bail!("config: strikes must be at least 1, timeout_hours from 1 to 672, forget_days from 1 to 365");
        }
        Ok(Rules {
            filter: Filter::new(&texts("words"), links),
            exempt: config.get("exempt_roles").items().map(Json::id).collect(),
            strikes,
            timeout: Duration::from_secs(hours as u64 * 3600),
            forget: DAY * days as u32,
            log: config.get("log_channel").id(),
        })
    }

    fn judge(&self, c: &Ctx, m: Message<'_>) -> Result {
        let author = m.author();
        if m.guild_id().is_none() || author.bot() || author.id().is_none() || m.member().roles().iter().any(|role| self.exempt.contains(&role)) {
            return Ok(());
        }
        let reason = match self.filter.look(&m.content()) {
            Some(reason) => reason,
            None => return Ok(()),
        };
        c.rest(Request::delete(format!("/channels/{}/messages/{}", m.channel_id(), m.id())).reason(&reason))?;
        let key = key(m.guild_id(), author.id());
        let strikes = c.kv().get::<i64>(&key)?.unwrap_or(0) + 1;
        if strikes < self.strikes {
            c.kv().put_for(&key, &strikes, self.forget)?;
            c.send(m.channel_id(), format!("{}, your message had {reason} in it. Strike {strikes} of {}.", author.mention(), self.strikes))?;
        } else {
            c.kv().delete(&key)?;
            // The time of the event, so that the same comes of it whenever it is
            // handled.
            let until = timestamp(c.received() + self.timeout);
            c.rest(
                Request::patch(format!("/guilds/{}/members/{}", m.guild_id(), author.id()))
                    .body(json!({ "communication_disabled_until": until }))
                    .reason(format!("{} strikes, the last for {reason}", self.strikes)),
            )?;
            c.send(m.channel_id(), format!("{}, that was strike {strikes}: you may write again <t:{}:R>.", author.mention(), (c.received() + self.timeout).as_secs()))?;
        }
        c.count("strikes", 1.0)?;
        match self.log.some() {
            Some(log) => c.send(log, json!({
                "allowed_mentions": { "parse": [] },
                "embeds": [{
                    "title": format!("Strike {strikes} of {}", self.strikes),
                    "description": m.content(),
                    "fields": [
                        { "name": "Who", "value": author.mention(), "inline": true },
                        { "name": "Where", "value": format!("<#{}>", m.channel_id()), "inline": true },
                        { "name": "Why", "value": reason, "inline": true },
                    ],
                }],
            })),
            None => Ok(()),
        }
    }
}

fn key(guild: Id, user: Id) -> String {
    format!("strikes/{guild}/{user}")
}

fn strikes(c: &Ctx, i: Interaction<'_>) -> Result {
    let user = i.id_of("user").unwrap_or_default();
    match c.kv().get::<i64>(&key(i.guild_id(), user))? {
        Some(strikes) => i.whisper(&format!("{} has {strikes}.", user.mention())),
        None => i.whisper(&format!("{} has none.", user.mention())),
    }
}

fn forgive(c: &Ctx, i: Interaction<'_>) -> Result {
    let user = i.id_of("user").unwrap_or_default();
    c.kv().delete(&key(i.guild_id(), user))?;
    c.log().info("forgiven", &[("user", &user), ("by", &i.user().id())]);
    i.whisper(&format!("{} begins anew.", user.mention()))
}

#[cfg(test)]
mod tests {
    use shardhost::testing::{Bot, Setup, GUILD, PERSON};
    use shardhost::*;

    fn bot(config: Body) -> Bot {
        Bot::with(super::plugin, Setup { config, ..Setup::default() })
    }

    #[test]
    fn the_last_strike_gives_a_timeout() {
        let mut bot = bot(json!({ "words": ["darn"], "strikes": 2 }));
        bot.say("oh dear");
        bot.say("oh DARN!");
        assert_eq!(bot.sent(), [format!("<@{PERSON}>, your message had a word in it. Strike 1 of 2.").replace("a word", "the word \"darn\"")]);
        bot.say("darn again");
        let last = &bot.requests()[3];
        assert_eq!((last.method.as_str(), last.path.as_str()), ("PATCH", format!("/guilds/{GUILD}/members/{PERSON}").as_str()));
        assert_eq!(last.body, r#"{"communication_disabled_until":"2026-01-01T13:00:00Z"}"#);
        assert_eq!(bot.value(&super::key(GUILD, PERSON)), None);
    }

    #[test]
    fn strikes_are_forgotten_and_forgiven() {
        let mut bot = bot(json!({ "words": ["darn"] }));
        bot.say("darn");
        bot.advance(super::DAY * 31);
        bot.say("darn");
        bot.command("forgive", &json!({ "user": PERSON }));
        bot.command("strikes", &json!({ "user": PERSON }));
        assert!(bot.sent()[1].ends_with("Strike 1 of 3."));
        assert_eq!(bot.value(&super::key(GUILD, PERSON)), None);
    }

    #[test]
    fn moderators_are_left_alone() {
        let mut bot = bot(json!({ "words": ["darn"], "exempt_roles": ["7"] }));
        bot.write(&json!({ "content": "darn", "member": { "roles": ["6", "7"] } }));
        bot.write(&json!({ "content": "darn", "guild_id": null }));
        bot.write(&json!({ "content": "darn", "author": { "id": "5", "bot": true } }));
        assert!(bot.requests().is_empty());
    }

    #[test]
    fn a_configuration_without_rules_is_refused() {
        let mut bot = bot(json!({}));
        assert!(bot.failure().unwrap().contains("there is nothing to look for"));
    }
}
