// The guest of the bench languages: the handler that every SDK has there, as an author would write it.
import { Ctx, Message, log, onMessage } from "../index";

let hits: u64 = 0;
let sum: u64 = 0;

onMessage((c: Ctx, m: Message): void => {
  const content = m.content;
  if (content == "!sum") return log(hits.toString() + " " + sum.toString());
  if (content.startsWith("!ping")) hits++;
  sum += (m.authorId % 1000) + (m.channelId % 1000) + (m.guildId % 1000);
  if (content.length > 0) sum += u64(content.charCodeAt(content.length - 1));
});
