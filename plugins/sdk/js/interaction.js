import { reserve } from "shardhost:host";
import { need } from "./host.js";
import { messageBody, Message } from "./message.js";
import { registry, shape } from "./registry.js";
import { Call } from "./rest.js";

const webhook = (interaction) => `/webhooks/${interaction.application_id}/${interaction.token}`;

/** A person's use of a command, a button, a menu or a form. Discord waits three seconds for the first answer. */
export class Interaction {
  get user() {
    return this.member?.user; // in direct messages it is a field
  }
  get customId() {
    return this.data?.custom_id;
  }
  /** What stands behind the prefix of a handler registered with "prefix*". */
  get argument() {
    return handlers.match(this.type, this.customId)?.rest;
  }
  get values() {
    return this.data?.values ?? [];
  }
  get options() {
    const options = {};
    for (const option of leaves(this)) options[option.name] = option.value;
    return options;
  }
  get subcommand() {
    let names = [];
    for (let o = this.data?.options?.[0]; o && (o.type === 1 || o.type === 2); o = o.options?.[0]) names.push(o.name);
    return names.join(" ") || undefined;
  }
  /** The option that a person is filling in. */
  get focused() {
    return leaves(this).find((option) => option.focused);
  }
  /** What was written into a form, by custom_id. */
  get fields() {
    const fields = {};
    const walk = (components) => {
      for (const c of components ?? []) {
        if (c.custom_id !== undefined) fields[c.custom_id] = c.value ?? c.values;
        walk(c.components);
        if (c.component) walk([c.component]);
      }
    };
    walk(this.data?.components);
    return fields;
  }

  reply(body) {
    return this.respond(4, messageBody(body));
  }
  /** Answers with a message that only the person sees. */
  whisper(body) {
    return this.respond(4, messageBody(body, { flags: 64 }));
  }
  /** Says that an answer follows: editReply gives it. */
  defer(options) {
    return this.respond(5, options?.whisper ? { flags: 64 } : undefined);
  }
  /** Changes the message of the button or menu. */
  update(body) {
    return this.respond(7, typeof body === "string" ? { content: body } : body);
  }
  deferUpdate() {
    return this.respond(6);
  }
  suggest(choices) {
    return this.respond(8, { choices: choices.map((c) => (typeof c === "object" ? c : { name: String(c), value: c })) });
  }
  showModal(form) {
    return this.respond(9, form);
  }
  respond(type, data) {
    return new Call("POST", `/interactions/${this.id}/${this.token}/callback`, data === undefined ? { type } : { type, data });
  }
  editReply(body) {
    return new Call("PATCH", `${webhook(this)}/messages/@original`, messageBody(body), { resend: true }, Message.prototype);
  }
  deleteReply() {
    return new Call("DELETE", `${webhook(this)}/messages/@original`);
  }
  followUp(body) {
    return new Call("POST", webhook(this), messageBody(body), undefined, Message.prototype);
  }
}

for (const name of ["reply", "whisper", "defer", "update", "suggest", "respond"]) reserve(name);
shape("INTERACTION_CREATE", Interaction.prototype);

// leaves are the options of a command, those of a subcommand as its own.
function leaves(interaction) {
  let options = interaction.data?.options ?? [];
  while (options[0]?.type === 1 || options[0]?.type === 2) options = options[0].options ?? [];
  return options;
}

const handlers = {
  2: new Map(), // commands, by name
  3: new Map(), // components, by custom_id or its prefix and *
  4: new Map(), // autocomplete, by command
  5: new Map(), // forms, as components

  /** Finds the handler of a custom_id, or of its longest prefix. */
  match(type, id) {
    const known = this[type];
    if (!known || typeof id !== "string") return;
    if (known.has(id)) return { call: known.get(id), rest: "" };
    for (let n = id.length; n >= 0; n--) {
      const call = known.get(`${id.slice(0, n)}*`);
      if (call) return { call, rest: id.slice(n) };
    }
  },
  add(type, kind, name, call) {
    need(typeof name === "string" && name !== "", `${kind}: it needs a name`);
    need(typeof call === "function", `${kind} ${name}: the handler is no function`);
    need(!this[type].has(name), `${kind}: another handler has the name ${name}`);
    if (![2, 3, 4, 5].some((t) => this[t].size)) registry.events.push({ pattern: "INTERACTION_CREATE", call: interact });
    this[type].set(name, call);
  },
};

function interact(interaction, context) {
  const { type, data } = interaction;
  const call = type === 2 || type === 4 ? handlers[type].get(data?.name) : handlers.match(type, data?.custom_id)?.call;
  if (!call) return;
  if (type !== 4) return call(interaction, context);
  const choices = call(interaction, context);
  if (choices instanceof Promise) return choices.then((list) => {
    if (list) interaction.suggest(list);
  });
  if (choices) interaction.suggest(choices);
}

/** Registers a slash command. Discord learns of it by `shardhost commands sync`. */
export function command(name, description, options, handler) {
  if (typeof name === "object") {
    handlers.add(2, "command", name.name, description);
    registry.commands.push({ type: 1, ...name });
    return;
  }
  if (handler === undefined) [options, handler] = [undefined, options];
  need(typeof description === "string" && description !== "", `command ${name}: it needs a description`);
  handlers.add(2, "command", name, handler);
  const definition = { name, description, type: 1 };
  const list = Object.entries(options ?? {}).map(([name, option]) => ({ name, ...option }));
  // Discord wants the required ones first.
  if (list.length) definition.options = [...list.filter((o) => o.required), ...list.filter((o) => !o.required)];
  registry.commands.push(definition);
}

const kind = (type) => (description, more) => {
  const { min, max, choices, ...rest } = more ?? {};
  const option = { type, description, ...rest };
  if (min !== undefined) option[type === 3 ? "min_length" : "min_value"] = min;
  if (max !== undefined) option[type === 3 ? "max_length" : "max_value"] = max;
  if (choices) option.choices = choices.map((c) => (typeof c === "object" ? c : { name: String(c), value: c }));
  return option;
};

/** The kinds of options that commands have. */
export const option = {
  text: kind(3), integer: kind(4), boolean: kind(5), user: kind(6), channel: kind(7), role: kind(8), mentionable: kind(9), number: kind(10), attachment: kind(11),
};

/** Registers a handler for a button or menu by its custom_id, or for several by a prefix and *. */
export const component = (id, handler) => handlers.add(3, "component", id, handler);

/** Registers a handler for a form, as component does. */
export const modal = (id, handler) => handlers.add(5, "modal", id, handler);

/** Registers what proposes values while a person fills in a command's option. */
export const autocomplete = (command, handler) => handlers.add(4, "autocomplete", command, handler);
