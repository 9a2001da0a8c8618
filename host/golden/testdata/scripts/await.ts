import { every, kv, on, rest, send } from "shardhost";

let topic: Promise<any> | undefined;

// work waits by itself: nobody awaits it.
async function work(channel: string) {
  await rest.get(`/channels/${channel}`);
  kv.put("worked", "yes");
  await rest.get(`/channels/${channel}/pins`);
  send(channel, "worked");
}

on("MESSAGE_CREATE", async (m) => {
  switch (m.content) {
    case "forgotten":
      work(m.channel_id);
      return;
    case "shared": { // two events wait for one promise
      topic ??= rest.get(`/channels/${m.channel_id}`).then((c: any) => c.topic);
      const text = await topic;
      m.reply(`${m.id} ${text}`);
      return;
    }
    case "both": {
      const [a, b] = await Promise.all([m.reply("one"), m.reply("two")]);
      kv.put("ids", [a.id, b.id]);
      return;
    }
    case "denied": {
      const error = await rest.delete(`/guilds/${m.guild_id}`).catch((e) => e);
      m.reply(String(error));
      return;
    }
    case "edit": {
      const sent = await m.reply("first");
      sent.edit("second");
      return;
    }
    case "unexpected":
      await rest.get("/nothing");
  }
});

every("hourly", "1h", () => send("5", "tick"));

on("GUILD_CREATE", async (guild) => {
  const answer = await fetch(`https://example.com/guilds?id=${guild.id}`, { method: "post", headers: { "X-Key": "1" }, body: "text" });
  const { name } = await answer.json();
  send("5", `${answer.status} ${answer.headers.get("Content-Type")} ${name} ${(await answer.arrayBuffer()).byteLength}`);
});
