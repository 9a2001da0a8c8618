// Plugins for Shardhost in JavaScript and TypeScript: what "shardhost" is in an
// import. Its types are in shardhost.d.ts, its documentation in docs/sdk/js.md.
import "./globals.js";
import "./frame.js";

export { on, intents } from "./event.js";
export { command, option, component, modal, autocomplete, Interaction } from "./interaction.js";
export { Message, send } from "./message.js";
export { rest, onResponse, DiscordError } from "./rest.js";
export { kv } from "./kv.js";
export { every, after, onTimer, stopTimer } from "./timer.js";
export { config, secrets, plugin, onStart, onSave, onLoad, onColdStart, onStale, onGap } from "./life.js";
export { publish, onTopic } from "./bus.js";
export { setPresence, requestMembers, gateway } from "./gateway.js";
export { log, count, gauge, observe } from "./log.js";
export { HostError } from "./host.js";
