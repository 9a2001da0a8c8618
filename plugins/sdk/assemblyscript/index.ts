// The SDK: what a plugin imports. docs/sdk/assemblyscript.md tells how.

export { on, onMessage, command, onComponent, onForm, onResponse, onTimer, every, onStart, onTopic, onControl, onSave, onLoad, requireIntent, config, secret, lane } from "./registry";
export { Ctx, Response } from "./ctx";
export { Event, Message, messageBody } from "./message";
export { Interaction, Option } from "./interaction";
export { JSON, Scanner } from "./json";
export { Timer } from "./timer";
export { Body, list, quoted } from "./write";
export { log, count, gauge, observe } from "./log";
import * as kv from "./kv";
export { kv };
export { View, List } from "./view";
import * as discord from "./discord";
export { discord };
