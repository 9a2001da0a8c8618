// Suite shows what every SDK does alike: plugins/sdk/suite says what that is.
import { after, command, kv, on, onLoad, onSave, onTimer, option, rest, send } from "shardhost";

let visits = 0; // handed over at a reload

on("MESSAGE_CREATE", async (m) => {
  const [, word, text = ""] = /^(\S+)(?: ([^]*))?$/.exec(m.content ?? "") ?? [];
  switch (word) {
    case "!echo":
      m.reply(text);
      break;
    case "!count":
      m.reply(String(kv.add(`count/${m.guild_id}`)));
      break;
    case "!note": {
      const key = `note/${m.guild_id}`;
      m.reply(kv.get(key) ?? "nothing");
      kv.put(key, text);
      break;
    }
    case "!remind": {
      const [ms, ...words] = text.split(" ");
      after("remind", Number(ms), { channel: m.channel_id, text: words.join(" ") });
      break;
    }
    case "!topic":
      try {
        const channel: any = await rest.get(`/channels/${m.channel_id}`);
        m.reply(`Topic: ${channel.topic}`);
      } catch (error: any) {
        m.reply(`No topic: ${error.status}`);
      }
      break;
    case "!fail":
      kv.put("failed", "yes");
      throw new Error(text);
    case "!trap":
      throw new TypeError("trap asked for");
    case "!visits":
      m.reply(String(++visits));
      break;
    case "!who":
      m.reply(m.author?.global_name ?? m.author?.username ?? "nobody");
      break;
    case "!nonce":
      m.reply(String(m.nonce));
      break;
  }
});

command("add", "Add two numbers", {
  a: option.integer("The first", { required: true }),
  b: option.integer("The second", { required: true }),
}, (i) => i.reply(String(i.options.a + i.options.b)));

on("GUILD_CREATE", (guild) => {
  const { members } = guild;
  send(guild.system_channel_id!, `${members.length} members, last ${members.at(-1)!.user.id}`);
});

on("SOMETHING_NEW", (event, ctx) => send(event.channel_id, `${ctx.event} ${ctx.json}`));

onTimer("remind", ({ data }) => send(data.channel, data.text));

onSave(1, () => visits);
onLoad((state) => {
  visits = state;
});
