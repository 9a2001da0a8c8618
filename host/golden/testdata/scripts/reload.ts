import { kv, log, on, onLoad, onSave, onTimer, after, rest } from "shardhost";

let seen = 0;
let reviews: Record<string, number> = {};
onSave(2, () => ({ seen, reviews }));
onLoad((state, schema) => {
  if (schema !== 2) return false;
  ({ seen, reviews } = state);
});

onTimer("later", ({ data, id }) => log.info("later", { data, id: id.length }));

on("MESSAGE_CREATE", async (m) => {
  seen++;
  reviews[m.author.id] = (reviews[m.author.id] ?? 0) + 1;
  if (m.content === "timer") after("later", "1m30s", { a: [1, 2] });
  if (m.content === "soon") setTimeout(() => m.reply("soon"), 5000);
  if (m.content === "wait") {
    try {
      await rest.get("/gateway");
      kv.put("gateway", "asked");
    } finally {
      console.log("over", seen);
    }
    return;
  }
  m.reply(`${seen} ${JSON.stringify(reviews)}`);
});
