// Result codes of the host's functions, and the errors that are made of them.
export const NOT_FOUND = -4;
export const EXISTS = -6;
export const UNSUPPORTED = -9;

const words = {
  [-1]: "invalid", [-2]: "denied: the configuration does not grant it", [-3]: "try again: a quota is used up or too much is in flight",
  [-4]: "not found", [-5]: "too big", [-6]: "exists", [-7]: "the host shuts down", [-8]: "internal error", [-9]: "unsupported", [-10]: "uncertain",
};

/** What the host has refused. */
export class HostError extends Error {
  constructor(call, code) {
    super(`${call}: ${words[code] ?? `result ${code}`}`);
    this.code = code;
  }
}
HostError.prototype.name = "HostError";

/** Returns a result that is not negative and throws any other. */
export function check(call, code) {
  if (code < 0) throw new HostError(call, code);
  return code;
}

/** Refuses what a script registers, while it is read. */
export function need(condition, message) {
  if (!condition) throw new TypeError(message);
}
