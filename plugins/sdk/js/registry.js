// What the script has registered, while it was read from top to bottom.
export const registry = {
  events: [], // {pattern, call, prototype}
  intents: new Set(),
  commands: [], // as Discord's API takes them
  timers: new Map(), // by hash of the name: {name, call, period}
  responses: new Map(), // by name
  topics: [], // {pattern, call}
  control: new Map(), // lists by name
  starts: [],
  save: undefined, // {schema, call}
  load: undefined,
};

const prototypes = new Map();

/** Lets bodies of an event be objects of a class. */
export function shape(event, prototype) {
  prototypes.set(event, prototype);
}

export const prototypeOf = (event) => prototypes.get(event);

/** Calls handlers one after the other, and waits only where one is to be waited for. */
export function run(calls, argument, context, from = 0) {
  for (let i = from; i < calls.length; i++) {
    const result = calls[i](argument, context);
    if (result instanceof Promise) return i + 1 < calls.length ? result.then(() => run(calls, argument, context, i + 1)) : result;
  }
}
