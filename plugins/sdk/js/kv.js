import { kvAdd, kvDelete, kvGet, kvList, kvPut, kvSwap, kvVersion } from "shardhost:host";
import { EXISTS, HostError, NOT_FOUND, check } from "./host.js";

const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));

function get(key) {
  const value = kvGet(key);
  if (typeof value === "string") return value;
  if (value !== NOT_FOUND) throw new HostError(`kv get ${key}`, value);
}

/** The plugin's own store of keys and values, which survives reloads and restarts. */
export const kv = {
  get,
  json(key) {
    const value = get(key);
    return value === undefined ? undefined : JSON.parse(value);
  },
  put(key, value, options) {
    check(`kv put ${key}`, kvPut(key, text(value), Math.ceil(options?.ttl ?? 0)));
  },
  delete(key) {
    const code = kvDelete(key);
    if (code !== NOT_FOUND) check(`kv delete ${key}`, code);
  },
  add(key, delta = 1) {
    const [code, sum] = kvAdd(key, delta);
    check(`kv add ${key}`, code);
    return sum;
  },
  version(key) {
    const version = kvVersion(key);
    if (version < 0n && Number(version) !== NOT_FOUND) throw new HostError(`kv version ${key}`, Number(version));
    return version < 0n ? 0n : version;
  },
  swap(key, version, value, options) {
    const code = kvSwap(key, text(value), version, Math.ceil(options?.ttl ?? 0));
    if (code === EXISTS) return false;
    check(`kv swap ${key}`, code);
    return true;
  },
  *keys(prefix = "") {
    for (let after = "", page; ; after = page[page.length - 1]) {
      page = kvList(prefix, after);
      if (typeof page === "number") throw new HostError(`kv keys ${prefix}`, page);
      if (page.length === 0) return;
      yield* page;
    }
  },
};
