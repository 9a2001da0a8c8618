// How figures are written.
import { number } from "./dom.js";

export const bytes = n => {
  if (n == null) return "–";
  for (const [unit, size] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]]) {
    if (n >= size) return (n / size).toFixed(n >= 10 * size ? 0 : 1) + " " + unit;
  }
  return n + " B";
};
export const perSecond = n => n == null ? "–" : n >= 100 ? number.format(Math.round(n)) : n >= 10 ? n.toFixed(1) : n.toFixed(2);
export const ms = n => !n ? "–" : n < 10 ? n.toFixed(2) + " ms" : Math.round(n) + " ms";
export const count = n => n == null || n < 0 ? "–" : number.format(n); // below 0: not known

/** ago is how long something has been, in the largest unit that fits. */
export function ago(time, now = Date.now()) {
  const s = Math.max(0, (now - new Date(time)) / 1000);
  if (!Number.isFinite(s)) return "–";
  for (const [unit, size] of [["d", 86400], ["h", 3600], ["min", 60]]) if (s >= size) return Math.floor(s / size) + " " + unit;
  return Math.floor(s) + " s";
}

const tones = {
  ready: "good", running: "good", closed: "bad", stopped: "bad", quarantined: "bad",
  "resting after failures": "bad", disabled: "wait",
};
/** tone is how a state is coloured: good, wait or bad. */
export const tone = state => tones[state] || (state?.startsWith("running") ? "good" : "wait");
