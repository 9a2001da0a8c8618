// What every SDK does alike: plugins/sdk/suite says what that is.
import { Ctx, Event, Interaction, Message, Option, Response, Timer, command, kv, on, onLoad, onMessage, onResponse, onSave, onTimer } from "../index";

let visits: i64 = 0; // handed over at a reload

onMessage((c: Ctx, m: Message): void => {
  const content = m.content;
  const space = content.indexOf(" ");
  const word = space < 0 ? content : content.substring(0, space);
  const rest = space < 0 ? "" : content.substring(space + 1);
  if (word == "!echo") return c.reply(m, rest);
  if (word == "!count") return c.reply(m, kv.add("count/" + m.guildId.toString()).toString());
  if (word == "!note") {
    const key = "note/" + m.guildId.toString();
    const old = kv.get(key);
    kv.put(key, rest);
    return c.reply(m, old === null ? "nothing" : old);
  }
  if (word == "!remind") {
    const cut = rest.indexOf(" ");
    return c.after("remind", I64.parseInt(rest.substring(0, cut)), m.channelId.toString() + " " + rest.substring(cut + 1));
  }
  if (word == "!topic") {
    return c.rest("GET", "/channels/" + m.channelId.toString(), "", "topic", m.data.raw());
  }
  if (word == "!fail") {
    kv.put("failed", "yes");
    return c.fail(rest);
  }
  if (word == "!trap") throw new Error("trap asked for");
  if (word == "!visits") return c.reply(m, (++visits).toString());
  if (word == "!who") return c.reply(m, m.authorName != "" ? m.authorName : "nobody");
  if (word == "!nonce") return c.reply(m, m.data.get("nonce").int().toString());
});

onResponse("topic", (c: Ctx, r: Response): void => {
  const m = Message.parse(r.data);
  c.reply(m, r.ok ? "Topic: " + r.body.get("topic").str() : "No topic: " + r.status.toString());
});

onTimer("remind", (c: Ctx, t: Timer): void => {
  const cut = t.data.indexOf(" ");
  c.send(U64.parseInt(t.data.substring(0, cut)), t.data.substring(cut + 1));
});

command("add", "Add two numbers", (c: Ctx, i: Interaction): void => {
  i.reply((i.option("a").int() + i.option("b").int()).toString());
}, [Option.integer("a", "The first", true), Option.integer("b", "The second", true)]);

on("GUILD_CREATE", (c: Ctx, e: Event): void => {
  let n = 0;
  let last: u64 = 0;
  for (let i = e.data.get("members").items(); i.next(); n++) last = i.value().get("user").get("id").id();
  c.send(e.data.get("system_channel_id").id(), n.toString() + " members, last " + last.toString());
});

on("SOMETHING_NEW", (c: Ctx, e: Event): void => {
  c.send(e.data.get("channel_id").id(), e.name + " " + e.data.raw());
});

onSave(1, (): string => visits.toString());
onLoad((schema: i32, state: string): bool => {
  visits = I64.parseInt(state);
  return true;
});
