import { defer, send } from "shardhost:host";
import { HostError, UNSUPPORTED, need } from "./host.js";

/**
 * A call whose answer comes later. Whoever awaits it gets the answer, and it
 * leaves at once; if nobody does, it leaves with the handler's other effects.
 */
export class Deferred {
  #id;
  #label;
  #answer;
  #at;
  #promise;

  constructor(label, document, web, answer) {
    this.#label = label;
    this.#answer = answer;
    this.#at = new Error();
    if (document) this.#id = defer(JSON.stringify(document), label, web);
  }

  #begin() {
    need(this.#id !== undefined, `${this.#label}: its answer goes to onResponse and cannot be awaited`);
    const promise = send(this.#id);
    if (typeof promise === "number") throw new HostError(`${this.#label}${promise === UNSUPPORTED ? ": no answer can be awaited in onStart" : ""}`, promise);
    return promise.then(this.#answer);
  }

  // The place to look at is where the call was made.
  #throw(error) {
    if (error instanceof Error) error.stack = this.#at.stack;
    throw error;
  }

  then(fulfilled, rejected) {
    this.#promise ??= new Promise((resolve) => resolve(this.#begin())).catch((error) => this.#throw(error));
    return this.#promise.then(fulfilled, rejected);
  }
  catch(rejected) {
    return this.then(undefined, rejected);
  }
  finally(always) {
    return this.then().finally(always);
  }
}
