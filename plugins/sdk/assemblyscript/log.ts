import * as host from "./host";
import { Bytes } from "./text";

/** Writes to the host's log, as the plugin: level 0 trace, 1 debug, 2 info, 3 warn, 4 error. */
export function log(text: string, level: i32 = 2): void {
  if (level < host.log_level()) return;
  const b = new Bytes(text);
  host.log(level, b.at, b.length);
}

/** Adds to a counter among the host's metrics. */
export function count(name: string, n: f64 = 1): void { metric(name, 0, n); }
/** Sets a gauge. */
export function gauge(name: string, value: f64): void { metric(name, 1, value); }
/** Notes a value in a histogram. */
export function observe(name: string, value: f64): void { metric(name, 2, value); }

function metric(name: string, kind: i32, value: f64): void {
  const b = new Bytes(name);
  host.metric(b.at, b.length, kind, value);
}
