// Strings, maps and arrays: counts the words of a message and writes a table.
import { each } from "./guest";
export { shard_abi_1, shard_buffer, shard_init } from "./guest";

function work(at: usize, len: i32): u32 {
  const text = String.UTF8.decodeUnsafe(at, len).toLowerCase();
  const counts = new Map<string, i32>();
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : 32;
    if ((c >= 97 && c <= 122) || (c >= 48 && c <= 57) || c == 95 || c >= 128) continue;
    if (i > from) {
      const word = text.substring(from, i);
      counts.set(word, (counts.has(word) ? counts.get(word) : 0) + 1);
    }
    from = i + 1;
  }
  const words = counts.keys();
  words.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  let out = "";
  for (let i = 0; i < min(25, words.length); i++) {
    out += (i + 1).toString() + ". " + words[i] + ": " + counts.get(words[i]).toString() + "\n";
  }
  let sum: u32 = words.length;
  for (let i = 0; i < out.length; i++) sum = sum * 31 + out.charCodeAt(i);
  return sum;
}

export function shard_batch(len: i32, count: i32): i32 {
  return each(count, work);
}
