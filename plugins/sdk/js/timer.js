import { log, timer, timerOff } from "shardhost:host";
import { NOT_FOUND, check, need } from "./host.js";
import { kv } from "./kv.js";
import { registry } from "./registry.js";

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a time: milliseconds, or text such as "90s", "10m" or "1h30m". */
export function milliseconds(time) {
  if (typeof time === "number" && time >= 0) return Math.ceil(time);
  const parts = String(time).match(/\d+(?:\.\d+)?(?:ms|s|m|h|d)/g);
  need(parts && parts.join("") === time, `"${time}" is not a time: write milliseconds, or text such as "90s", "10m" or "1h30m"`);
  return Math.ceil(parts.reduce((sum, part) => sum + parseFloat(part) * units[part.replace(/[\d.]/g, "")], 0));
}

// hash is FNV-1a of a name: the upper half of the tags of its timers.
function hash(name) {
  let h = 2166136261;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 16777619) >>> 0;
  return h;
}

function add(name, entry) {
  const h = hash(name);
  const other = registry.timers.get(h);
  need(typeof name === "string" && name !== "", "a timer needs a name");
  need(!other, other?.name === name ? `another timer has the name "${name}"` : `choose another name than "${name}": its hash is that of "${other?.name}"`);
  registry.timers.set(h, { name, ...entry });
  return h;
}

/** Calls a function once in each period, for the plugin as a whole. */
export function every(name, period, call) {
  const ms = milliseconds(period);
  need(ms >= 100 && ms <= 366 * units.d, `every ${name}: the period must be from 100 ms to 366 days`);
  const high = add(name, { call: (_, frame) => call(frame) });
  registry.starts.push((_, { lane }) => {
    if (lane === 0) check(`timer ${name}`, timer(high, 0, ms, ms));
  });
}

/** Registers the handler of the timers that `after` sets under that name. */
export function onTimer(name, call) {
  add(name, {
    call(id, frame) {
      const data = kv.get(key(id));
      if (data === undefined) return; // stopped in the moment it was due
      kv.delete(key(id));
      return call({ id, name, data: JSON.parse(data) }, frame);
    },
  });
}

/** Has the handler of that name called after a time. The timer belongs to the host: it survives reloads and restarts. */
export function after(name, delay, data = null) {
  const high = hash(name);
  need(registry.timers.get(high)?.name === name, `after: nothing is registered with onTimer under the name "${name}"`);
  const text = JSON.stringify(data);
  for (;;) {
    const low = (Math.random() * 0xffffffff + 1) >>> 0;
    const id = tag(high, low);
    if (!kv.swap(key(id), 0n, text)) continue;
    check(`timer ${name}`, timer(high, low, milliseconds(delay), 0));
    return id;
  }
}

/** Stops a timer. That it is not there any more is no error. */
export function stopTimer(id) {
  const code = timerOff(parseInt(id.slice(0, 8), 16), parseInt(id.slice(8), 16));
  if (code !== NOT_FOUND) check("timer off", code);
  kv.delete(key(id));
}

const key = (id) => `sdk/timer/${id.replace(/^0+/, "")}`;

const tag = (high, low) => high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");

// Functions that setTimeout and setInterval have been given, by tag. They are
// gone with the instance, and with them what they were to do.
const pending = new Map();
const shortLived = hash("setTimeout");
let last = 0;

/** What setTimeout and setInterval do. */
export function later(call, delay, repeat, args) {
  need(typeof call === "function", "setTimeout: give it a function");
  const ms = Math.max(1, Math.ceil(Number(delay) || 0));
  if (!last) last = (Math.random() * 0x7fffffff) >>> 0;
  const low = ++last;
  check("setTimeout", timer(shortLived, low, ms, repeat ? Math.max(100, ms) : 0));
  pending.set(low, { call, args, repeat });
  return low;
}

/** What clearTimeout and clearInterval do. */
export function cancel(low) {
  if (!pending.delete(low)) return;
  const code = timerOff(shortLived, low);
  if (code !== NOT_FOUND) check("clearTimeout", code);
}

/** Calls the handler of a timer that is due. */
export function fire(frame) {
  const id = frame.tag;
  const high = parseInt(id.slice(0, 8), 16);
  const low = parseInt(id.slice(8), 16);
  if (high === shortLived) {
    const entry = pending.get(low);
    if (!entry) {
      log(3, "a setTimeout of an instance that is gone was due: what has to happen after a reload too is set with after()");
      timerOff(high, low);
      return;
    }
    if (!entry.repeat) pending.delete(low);
    return entry.call(...entry.args);
  }
  const entry = registry.timers.get(high);
  if (entry) return entry.call(id, frame);
  log(3, `a timer is due whose name is not registered any more tag=${id}`);
  timerOff(high, low); // or a periodic one would come back for ever
}
