import { kv, on } from "shardhost";
import { deeper } from "./lib/deeper";

let alive = 0;
let kept: any;

on("MESSAGE_CREATE", async (m) => {
  alive++;
  switch (m.content) {
    case "endless":
      for (;;) alive++;
    case "recurse":
      return deeper(1);
    case "recurse json": {
      let list: any = [];
      for (let i = 0; i < 100_000; i++) list = [list];
      return JSON.stringify(list);
    }
    case "memory": {
      const all: string[] = [];
      for (;;) all.push("x".repeat(1 << 20) + all.length);
    }
    case "forever":
      return new Promise(() => {});
    case "sleep":
      return new Promise((done) => setTimeout(done, 1000));
    case "unhandled":
      Promise.reject(new RangeError("nobody looks"));
      return;
    case "later":
      setTimeout(() => m.reply("later"), 60_000);
      return;
    case "null":
      return (null as any).content;
    case "thrown":
      throw { code: 7 };
    case "regexp":
      return /^(a+)+$/.test("a".repeat(60) + "b");
    case "kept":
      kept = m;
      return;
    case "read":
      m.reply(`${kept.author.username} ${kept.mentions[0].id} ${JSON.stringify(kept)}`);
      return;
    default:
      m.reply(`alive ${alive}`);
  }
});
