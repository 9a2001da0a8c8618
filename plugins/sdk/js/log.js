import { log as line, logLevel, metric } from "shardhost:host";
import { check } from "./host.js";

/** Writes a value for people. */
export function show(value) {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.stack ? `${value}\n${value.stack}`.trimEnd() : String(value);
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? `${value}n` : String(value);
  const seen = [];
  try {
    return JSON.stringify(value, function (_, v) {
      if (typeof v === "bigint") return `${v}n`;
      if (typeof v === "function") return `[function ${v.name}]`;
      if (v instanceof Map) return Object.fromEntries(v);
      if (v instanceof Set) return [...v];
      if (v instanceof Error) return String(v);
      if (typeof v === "object" && v !== null) {
        while (seen.length && seen[seen.length - 1] !== this) seen.pop();
        if (seen.includes(v)) return "[circular]";
        seen.push(v);
      }
      return v;
    });
  } catch (error) {
    return `[${error.message}]`;
  }
}

const quote = (value) => (/^[^\s="]+$/.test(value) ? value : JSON.stringify(value));

const write = (level) => (message, fields) => {
  if (level < logLevel()) return;
  let text = show(message);
  for (const name in fields) text += ` ${name}=${quote(show(fields[name]))}`;
  line(level, text);
};

/** The host's log under the plugin's name: a constant message, and data behind it. */
export const log = { debug: write(1), info: write(2), warn: write(3), error: write(4) };

const print = (level) => (...values) => {
  if (level >= logLevel()) line(level, values.map(show).join(" "));
};

export const console = {
  trace: print(0), debug: print(1), log: print(2), info: print(2), warn: print(3), error: print(4), dir: print(2),
  assert(condition, ...values) {
    if (!condition) print(4)("assertion failed", ...values);
  },
};

/** Adds to a counter of the plugin. */
export const count = (name, n = 1) => void check(`metric ${name}`, metric(name, 0, n));

/** Sets a number that goes up and down. */
export const gauge = (name, value) => void check(`metric ${name}`, metric(name, 1, value));

/** Adds a value to a histogram. */
export const observe = (name, value) => void check(`metric ${name}`, metric(name, 2, value));
