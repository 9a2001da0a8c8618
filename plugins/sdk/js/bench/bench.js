// The guest of the bench languages: the handler that every SDK has there, as an
// author would write it.
import { log, on } from "shardhost";

let hits = 0;
let sum = 0;

// What begins with the prefix is counted, and something of each field added up:
// what it has read can be checked.
on("MESSAGE_CREATE", async (m) => {
  if (m.content === "!sum") {
    log.info(`${hits} ${sum}`);
    return;
  }
  if (m.content.startsWith("!ping")) hits++;
  sum += Number(m.author.id.slice(-3)) + Number(m.channel_id.slice(-3)) + Number(m.guild_id.slice(-3));
  if (m.content) sum += m.content.charCodeAt(m.content.length - 1);
});
