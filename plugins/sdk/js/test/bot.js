// What the tests of testing.mjs drive.
import { after, command, component, kv, modal, on, onStart, onTimer, option, rest, send, config } from "shardhost";

onStart(() => {
  if (!config.channel) throw new Error("config: channel is missing");
});

on("MESSAGE_CREATE", async (m) => {
  if (m.content === "count") m.reply(String(kv.add(`count/${m.guild_id}`)));
  if (m.content === "fail") {
    kv.put("failed", "yes");
    m.reply("never");
    throw new Error("too bad");
  }
  if (m.content === "topic") {
    const channel = await rest.get(`/channels/${m.channel_id}`).catch((error) => error);
    m.reply(channel.topic ?? `none: ${channel.status}`);
  }
  if (m.content === "remind") after("remind", "1h", m.channel_id);
  if (m.content === "soon") setTimeout(() => m.reply("now"), 1000);
  if (m.content === "edit") (await m.reply("first")).edit("second");
  if (m.content === "web") m.reply((await (await fetch("https://example.com/tea")).json()).name);
});

onTimer("remind", ({ data }) => send(data, "remember"));
command("add", "Add", { a: option.integer("a"), b: option.integer("b") }, (i) => i.reply(String(i.options.a + i.options.b)));
component("vote:*", (i) => i.update(`for ${i.argument}`));
modal("form", (i) => i.whisper(i.fields.name));
